"""A child process that is killed between two of its system calls: before or after any write, sync or lock that it makes."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

TRACE_ME, NEXT_SYSTEM_CALL = 0, 24
_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def started(work: Callable[[Callable[[], None]], None]) -> int:
    """A child that works; the function that it is given stops it where the count begins. Its process id."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return child
    try:
        work(_stop)
    finally:
        os._exit(0)


def killed_at(child: int, stop: int) -> bool:
    """Whether it was killed: at the `stop`th time that it enters or leaves the kernel; False when it was done before."""
    if not all(_stopped_again(child) for _ in range(stop)):
        return False
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def steps(child: int) -> int:
    """How often it enters or leaves the kernel until it is done."""
    number = 0
    while _stopped_again(child):
        number += 1
    return number


def _stopped_again(child: int) -> bool:
    """Lets it run as far as the kernel's next door; False when it was done before."""
    if _LIBC.ptrace(NEXT_SYSTEM_CALL, child, None, None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return not os.WIFEXITED(os.waitpid(child, 0)[1])


def _stop() -> None:
    _LIBC.ptrace(TRACE_ME, 0, None, None)
    os.kill(os.getpid(), signal.SIGSTOP)
