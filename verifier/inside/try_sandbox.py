"""Tries each promise of the sandbox from inside, and prints what it could do against it: lists by name, empty where it is kept.

Reads from standard input, as JSON, what there is outside to be had: "port", "abstract", "file", "folder", "secret",
"environment", "namespaces", "limits". Runs on verifier's own interpreter, standard library only. Nothing it tries does harm.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import sys

CLOSED = ("/", "/dev", "/etc", "/usr", "/proc/sys/kernel/hostname")
KEYCTL = {"x86_64": 250, "aarch64": 219}
IO_URING_SETUP = 425
NEW_USER = 0x10000000
LIBC = ctypes.CDLL(None, use_errno=True)


def network(told):
    """A server of this machine by TCP and by an abstract name, an interface beside the loopback."""
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", told["port"])),
        (socket.AF_UNIX, "\0" + told["abstract"]),
    ):
        with socket.socket(family) as one:
            one.settimeout(1)
            if one.connect_ex(address) == 0:
                yield str(address)
    yield from (name for _, name in socket.if_nameindex() if name != "lo")


def processes(told):
    """The same namespaces as outside; a process that is not ours."""
    for name, outside in sorted(told["namespaces"].items()):
        if os.readlink("/proc/self/ns/" + name) == outside:
            yield "ns/" + name
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    yield from ("pid %d" % pid for pid in pids if pid not in (1, os.getpid(), os.getppid()))


def environment(told):
    """A variable that was not given, here or in a process that can be seen."""
    yield from sorted(set(os.environ) - set(told["environment"]) - {"PWD", "LC_CTYPE"})
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as handle:
                if told["secret"].encode() in handle.read():
                    yield "/proc/%s/environ" % pid
        except OSError:
            continue


def files(told):
    """Something outside to read, something that was given to read only, or a place of the system's, to write."""
    if os.path.exists(told["file"]):
        yield told["file"]
    for place in (told["folder"] + "/made", *(one + "/made" for one in CLOSED[:-1]), CLOSED[-1]):
        try:
            os.close(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError:
            continue
        yield place


def privileges(_):
    """More than an unprivileged uid, or a way to become more."""
    with open("/proc/self/status") as lines:
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    yield from (name for name in ("CapEff", "CapPrm", "CapInh", "CapAmb") if int(status[name], 16))
    if status["NoNewPrivs"].strip() != "1":
        yield "NoNewPrivs"
    if 0 in os.getresuid():
        yield "uid 0"
    try:
        os.setresuid(0, 0, 0)
        yield "setuid"
    except OSError:
        pass


def calls(_):
    """System calls that the filter refuses, where nothing else would."""
    if LIBC.unshare(NEW_USER) == 0:
        yield "unshare"
    number = KEYCTL.get(os.uname().machine)
    if number and LIBC.syscall(number, 0, -4, 0) != -1:
        yield "keyctl"
    if LIBC.syscall(IO_URING_SETUP, 0, None) != -1 or ctypes.get_errno() != errno.ENOSYS:
        yield "io_uring_setup"
    for family in (16, 38, 40):  # NETLINK beyond routes, ALG, VSOCK
        try:
            socket.socket(
                family, socket.SOCK_RAW if family == 16 else socket.SOCK_STREAM, 15 if family == 16 else 0
            ).close()
            yield "socket family %d" % family
        except OSError as error:
            if error.errno != errno.EAFNOSUPPORT:
                yield "socket family %d" % family


def limits(told):
    """A limit that the kernel does not have as it was asked for; a file that grows past its own."""
    for name, value in sorted(told["limits"].items()):
        if resource.getrlimit(getattr(resource, name)) != (value, value):
            yield name
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with open("/tmp/large", "wb") as handle:  # noqa: S108 - the sandbox's own
            handle.truncate(told["limits"]["RLIMIT_FSIZE"] + 1)
        yield "file size"
    except OSError:
        pass


def main():
    told = json.load(sys.stdin)
    tried = (network, processes, environment, files, privileges, calls, limits)
    print(json.dumps({one.__name__: list(one(told)) for one in tried}))


if __name__ == "__main__":
    main()
