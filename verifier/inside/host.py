"""Loads a script and what it needs once, and forks for each piece of work that it is told of: number 1 in a sandbox of its own.

    python -I host.py DESCRIPTOR SCRIPT

The descriptor is a socket. It says `{}` when the script's `warm()` has returned; then gets `{"arguments": [...], "cpu": seconds}`
with three descriptors (input, output and errors) for each piece of work, and says `{"code": n}` when that has ended. The child
does what `python -I SCRIPT ARGUMENTS` does. It reads hostile files with the rights that we have, so that it may

- not see or reach us: this process cannot be traced, its files not be opened, and as number 1 it takes no signal from inside;
- leave nothing: when it has ended everything else here is killed, and what it left in memory is taken away. Where we are not
  as we were then, or something else is left, we end, and with us all that is in here.

Standard library, and `ending.py` beside it.
"""

import ctypes
import gc
import json
import os
import resource
import shutil
import signal
import socket
import stat
import sys
import types
from contextlib import suppress

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # isolated: the folder of this file is not on it

from ending import end

del sys.path[0]  # a script's own path is as if it had been started by itself
FOLDERS = ("/tmp", "/home", "/dev/shm")  # noqa: S108 - the sandbox's own, in memory
LEFT_BEHIND = ("/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg")
LONGEST = 1 << 16  # bytes of a message
DEATH_SIGNAL, DUMPABLE = 1, 4  # of prctl(2)
PRIORITY, PROCESS = {"x86_64": 252, "aarch64": 31}, 1  # ioprio_get, IOPRIO_WHO_PROCESS
LIBC = ctypes.CDLL(None, use_errno=True)


def main(descriptor, script):
    control = socket.socket(fileno=int(descriptor))
    LIBC.prctl(DEATH_SIGNAL, signal.SIGKILL)
    LIBC.prctl(DUMPABLE, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    path = list(sys.path)
    given = [path for folder in FOLDERS for path in laid_out(folder)]
    warm(script)
    sys.path[:] = path
    gc.freeze()
    there, before = made(given), standing(given)
    control.send(b"{}")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, LONGEST, 3)
        if not message:
            return
        work = json.loads(message)
        child = os.fork()
        if not child:
            control.close()
            begin(descriptors, work["cpu"])
            run(script, work["arguments"])
        for one in descriptors:
            os.close(one)
        code = ended(child)
        restore(given, there)
        if standing(given) != before:
            return
        control.send(json.dumps({"code": code}).encode())


def warm(script):
    """Loads the script as a module that is not the main one, and what it says that every run of it needs."""
    made = loaded(script, "warmed")
    if "warm" in made:
        made["warm"]()


def loaded(script, name):
    module = types.ModuleType(name)
    module.__file__ = script
    if name == "__main__":
        sys.modules[name] = module
    with open(script, "rb") as file:
        code = compile(file.read(), script, "exec")
    exec(code, module.__dict__)  # noqa: S102 - one of our own, beside this one
    return module.__dict__


def begin(descriptors, cpu):
    """The child, as a process that has just been started."""
    for number, one in enumerate(descriptors):
        os.dup2(one, number)
    for one in descriptors:
        os.close(one)
    LIBC.prctl(DUMPABLE, 1)
    os.setsid()
    gc.enable()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu + 1, cpu + 1))  # who watches us has its own count, which says why
    resource.setrlimit(resource.RLIMIT_MSGQUEUE, (0, 0))  # a queue would stay when all processes are gone


def run(script, arguments):
    """Does not return."""
    sys.argv[:] = [script, *arguments]
    code = 0
    try:
        loaded(script, "__main__")
    except SystemExit as error:
        code = error.code
    except BaseException as error:
        told(error, script)
        code = 1
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    end(code or 0)


def told(error, script):
    """As Python tells it: from the script's own first line on."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename != script:
        trace = trace.tb_next
    sys.excepthook(type(error), error.with_traceback(trace), trace)


def ended(child):
    """The exit code as a shell has it, once there is nobody but us."""
    code = None
    while code is None:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return 128 - code if code < 0 else code


def standing(given):
    """What a process may change of another one of its uid, and where something may be left that no process holds."""
    left = []
    for name in LEFT_BEHIND:
        if os.path.exists(name):
            with open(name) as file:
                left.append(len(file.readlines()))
    limits = [resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")]
    running = os.sched_getaffinity(0), os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)
    disks = LIBC.syscall(PRIORITY[os.uname().machine], PROCESS, 0)
    folders = [(path, place(path), os.listxattr(path)) for path in given]
    return (
        left,
        limits,
        running,
        disks,
        folders,
        sorted(os.listdir("/proc/self/fd")),
        len(os.listdir("/proc/self/task")),
    )


def place(path):
    found = os.lstat(path)
    return found.st_dev, found.st_ino, found.st_mode, found.st_uid


def laid_out(folder):
    """The folders that the sandbox was made with, and what is mounted in them. Nothing else lies in memory yet."""
    yield folder
    for entry in os.scandir(folder):
        if mounted(entry):
            yield entry.path
        else:
            yield from laid_out(entry.path)


def mounted(entry):
    return entry.stat(follow_symlinks=False).st_dev != os.stat(os.path.dirname(entry.path)).st_dev


def made(given):
    """What lies there beside what was given: path -> (mode, content, or None of a folder)."""
    found = {}
    for folder in given:
        for entry in others(folder, given):
            keep(entry, found)
    return found


def keep(entry, found):
    mode = stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode)
    if not entry.is_dir(follow_symlinks=False):
        with open(entry.path, "rb") as file:
            found[entry.path] = mode, file.read()
        return
    found[entry.path] = mode, None
    for inner in os.scandir(entry.path):
        keep(inner, found)


def others(folder, given):
    """What lies in a folder in memory, but for what was given."""
    if os.stat(folder).st_dev not in {os.stat(one).st_dev for one in FOLDERS}:
        return []
    return [entry for entry in os.scandir(folder) if entry.path not in given]


def restore(given, there):
    """As it was, whatever was made there, changed or taken away."""
    for folder in given:
        for entry in others(folder, given):
            if entry.is_dir(follow_symlinks=False):
                open_up(entry.path)
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
    for path, (mode, content) in there.items():
        if content is None:
            os.mkdir(path)
        else:
            with open(path, "wb") as file:
                file.write(content)
        os.chmod(path, mode)


def open_up(folder):
    """Lets us in, and in what is below."""
    os.chmod(folder, 0o700)
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            open_up(entry.path)


if __name__ == "__main__":
    main(*sys.argv[1:])
