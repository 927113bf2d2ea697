"""What a host's child may be made to do by a hostile file: run in a host by test_host.py, which says what with the first word."""

import ctypes
import json
import os
import resource
import signal
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
ATTACH, PRIVATE, CREATE = 16, 0, 0o1600
PLACES = ("/tmp", "/home", "/dev/shm", "/out", "/in", "/delivery")


def warm():
    with open("/tmp/warmed", "w") as file:
        file.write("as it was")
    os.makedirs("/home/.cache/tool")


def about():
    print(json.dumps({"words": sys.argv, "given": sys.stdin.read(), "env": dict(os.environ), "cwd": os.getcwd()}))
    print(json.dumps({"open": sorted(os.listdir("/proc/self/fd"))[:-1], "main": sys.modules["__main__"].__name__}))
    with open("/out/answer", "w") as file:
        file.write("made")
    print("to the other stream", file=sys.stderr)
    sys.exit(3)


def fails():
    raise ValueError("not to be done")


def dies():
    os.kill(os.getpid(), signal.SIGSEGV)


def tried(what):
    try:
        what()
        return ctypes.get_errno() or "done"
    except OSError as error:
        return error.errno


def traced():
    if LIBC.ptrace(ATTACH, 1, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "")


def written():
    with open("/proc/1/mem", "r+b"):
        pass


def harm():
    said = {"trace": tried(traced), "memory": tried(written), "files": tried(lambda: os.listdir("/proc/1/fd"))}
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL, signal.SIGHUP, signal.SIGUSR1):
        os.kill(1, one)
    print(json.dumps(said), flush=True)


def limits():
    resource.prlimit(1, resource.RLIMIT_NOFILE, (9, 9))


def slow():
    os.setpriority(os.PRIO_PROCESS, 1, 19)


def segment():
    assert LIBC.shmget(PRIVATE, 4096, CREATE) >= 0


def leave():
    for place in ("/tmp", "/home", "/dev/shm", "/out"):
        os.mkdir(place + "/closed")
        with open(place + "/closed/left", "w") as file:
            file.write("of the delivery before")
        os.symlink("/delivery", place + "/link")
        os.mkfifo(place + "/pipe")
        os.chmod(place + "/closed", 0)
    with open("/tmp/warmed", "w") as file:
        file.write("poisoned")
    os.rename("/home/.cache", "/home/taken")
    for _ in range(3):
        stay()


def stay():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for one in range(1, 32):
                if one not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
                    signal.signal(one, signal.SIG_IGN)
            time.sleep(1000)
        os._exit(0)


def deep():
    os.chdir("/tmp")
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")


def sleep():
    time.sleep(1000)


def spin():
    while True:
        pass


def eat():
    kept = []
    while True:
        kept.append(bytearray(10_000_000))


def look():
    found = {place: sorted(os.path.join(d, n) for d, ds, fs in os.walk(place) for n in ds + fs) for place in PLACES}
    with open("/tmp/warmed") as file:
        warmed = file.read()
    processes = sorted(int(one) for one in os.listdir("/proc") if one.isdigit())
    print(json.dumps({"found": found, "warmed": warmed, "processes": len(processes), "started": HOST}))


HOST = open("/proc/1/stat").read().rpartition(")")[2].split()[19]
if __name__ == "__main__":
    globals()[sys.argv[1]]()
