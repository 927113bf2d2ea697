"""Small programs that take more than their share. Run inside the sandbox, with limits that are low.

    greedy.py NAME LIMIT FOLDER

Standard library only. LIMIT is in bytes, or in whatever the program counts; FOLDER is on a disk. Where the program knows that it
has gone over the limit it prints `over` with the time: the clock is the same inside and outside.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

PIECE = 10_000_000
PROGRAMS = {}


def program(function):
    PROGRAMS[function.__name__.replace("_", "-")] = function
    return function


def over():
    print("over", time.monotonic(), flush=True)


def more_and_more(limit, take):
    """Takes pieces without end, and says when they are more than the limit."""
    kept, said = [], False
    while True:
        kept.append(take(len(kept)))
        if not said and len(kept) * PIECE > limit:
            said = True
            over()


def touched(room):
    for place in range(0, PIECE, 4096):
        room[place] = 1
    return room


@program
def memory(limit, folder):
    more_and_more(limit, lambda _: touched(bytearray(PIECE)))


@program
def shared_memory(limit, folder):
    """Pages of MAP_SHARED are nobody's own."""
    more_and_more(limit, lambda _: touched(mmap.mmap(-1, PIECE)))


@program
def memory_of_many(limit, folder):
    """No process goes over the limit alone."""
    for _ in range(limit // PIECE + 2):
        if os.fork() == 0:
            kept = touched(bytearray(PIECE))
            time.sleep(60)
            del kept
    over()
    time.sleep(60)


@program
def files_in_memory(limit, folder):
    more_and_more(limit, lambda number: Path("/tmp/%d" % number).write_bytes(bytes(PIECE)))


@program
def files_in_memory_without_a_name(limit, folder):
    def take(number):
        descriptor = os.memfd_create("unseen")
        os.write(descriptor, bytes(PIECE))
        return descriptor

    more_and_more(limit, take)


@program
def memory_that_is_shared_once(limit, folder):
    """No greed: ten processes of which each sees the same half of the limit."""
    kept = bytearray(limit // 2)
    for place in range(0, len(kept), 4096):
        kept[place] = 1
    for _ in range(9):
        if os.fork() == 0:
            time.sleep(60)
    time.sleep(1)
    print("fair")


@program
def disk(limit, folder):
    more_and_more(limit, lambda number: Path(folder, str(number)).write_bytes(bytes(PIECE)))


@program
def disk_in_folders_that_nobody_may_enter(limit, folder):
    def take(number):
        place = Path(folder, str(number))
        place.mkdir()
        (place / "file").write_bytes(bytes(PIECE))
        place.chmod(0)

    more_and_more(limit, take)


@program
def disk_in_files_without_a_name(limit, folder):
    def take(number):
        handle = Path(folder, str(number)).open("wb", buffering=0)
        handle.write(bytes(PIECE))
        Path(folder, str(number)).unlink()
        return handle

    more_and_more(limit, take)


@program
def many_small_files(limit, folder):
    """So many that the disk can name no more; half of them below folders deeper than a path can be long."""
    os.chdir(folder)
    for _ in range(limit // 2):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    made = limit // 2
    while True:
        Path(str(made)).touch()
        made += 1
        if made == limit + 1:
            over()


@program
def one_large_file(limit, folder):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Path(folder, "large").open("wb") as handle:
        while True:
            handle.write(bytes(PIECE))


@program
def output(limit, folder):
    """Over the errors, where `over` is not in the way."""
    said = 0
    while True:
        said += os.write(2, bytes(PIECE))
        if said > limit:
            over()
            limit = 1 << 60


@program
def output_into_the_input(limit, folder):
    """Standard input is a file, which can be opened again."""
    said = 0
    try:
        target = os.open("/proc/self/fd/0", os.O_WRONLY)
    except OSError:
        print("closed", flush=True)
        return
    while True:
        said += os.write(target, bytes(PIECE))
        if said > limit:
            over()
            limit = 1 << 60


@program
def processor(limit, folder):
    """Four at once, each of which would not be stopped for what it alone took."""
    for _ in range(3):
        if os.fork() == 0:
            break
    while True:
        pass


@program
def processes(limit, folder):
    """A fork bomb: every process makes more, as long as it can."""
    over()
    while True:
        try:
            os.fork()
        except OSError:
            time.sleep(0.05)  # the uid may have had its number by another job


@program
def threads(limit, folder):
    over()
    while True:
        try:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except RuntimeError:
            time.sleep(0.05)  # the uid may have had its number by another job


@program
def ended_processes(limit, folder):
    """Nobody waits for them: each keeps its number."""
    over()
    while True:
        try:
            if os.fork() == 0:
                os._exit(0)
        except OSError:
            time.sleep(0.05)  # the uid may have had its number by another job


@program
def descriptors(limit, folder):
    opened = []
    try:
        while True:
            opened.append(os.dup(0))
    except OSError:
        print("descriptors", len(opened), flush=True)


@program
def watches(limit, folder):
    """inotify instances, of which a uid has few."""
    libc = ctypes.CDLL(None)
    made = 0
    while libc.inotify_init() >= 0:
        made += 1
    print("watches", made, flush=True)


@program
def what_is_in_transit(limit, folder):
    """Memory of the kernel's: data that was sent and that nobody reads."""

    def take(number):
        sent, pair = 0, socket.socketpair()
        pair[0].setblocking(False)
        try:
            while True:
                sent += pair[0].send(bytes(65536))
        except BlockingIOError:
            return pair

    kept = []
    try:
        while True:
            kept.append(take(0))
    except OSError:
        time.sleep(60)


@program
def time_without_end(limit, folder):
    """With a daemon that took itself out of its session, hears no signal and is stopped."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    time.sleep(60)


@program
def daemon(limit, folder):
    """It is to outlive its parent, which ends well."""
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    print("left", flush=True)


if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
