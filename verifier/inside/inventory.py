"""Looks at every file of the delivery before any tool does and writes one JSON document to stdout.

    cd /delivery && python -I /inside/inventory.py

Runs in the sandbox on verifier's interpreter, with the standard library only. Nothing delivered is executed, imported
or followed out of the tree. Files are read in forked workers with limits: one that kills its worker costs only itself.

The document: `schema`, `python` (whose grammar decided), `files` (one record each, by path), `steering` and `community`
of the tree. Paths are UTF-8 with surrogate escapes, written as JSON escapes.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import stat
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from look.community import community
from look.record import record, unread
from look.steering import shadows

CPU_SECONDS = 30  # for one file
MEMORY = 2 * 1024**3  # bytes of address space, for one worker
MOST_WORKERS = 2
READY = b"ready"


def main() -> int:
    files = sorted(walk())
    sizes = {path: size for path, kind, size in files if kind == "file"}
    steering = [{"path": path, **steer.to_dict()} for path, steer in shadows(set(sizes)).items()]
    rest = {"community": community(sizes), "steering": steering}
    out = sys.stdout.buffer
    out.write(b'{"schema": "inventory/1", "python": "%d.%d.%d", "files": [\n' % sys.version_info[:3])
    out.write(b",\n".join(records(files)))
    out.write(b"\n], " + json.dumps(rest).encode().removeprefix(b"{") + b"\n")
    out.flush()
    return 0


def walk():
    """Every entry below the working folder but folders: (path, "file" | "link" | "other", bytes), in no order.

    Own loop: `os.walk` recurses. A folder that cannot be listed is left out, and the caller misses its files.
    """
    folders = [b""]
    while folders:
        folder = folders.pop()
        with contextlib.suppress(OSError), os.scandir(folder or b".") as entries:
            for entry in entries:
                path = os.path.join(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                    continue
                found = entry.stat(follow_symlinks=False)
                kind = {stat.S_IFREG: "file", stat.S_IFLNK: "link"}.get(stat.S_IFMT(found.st_mode), "other")
                yield path.decode("utf-8", "surrogateescape"), kind, found.st_size


def records(files):
    """One JSON object (bytes) a file, in order. After a worker's death the next goes on behind the file it died of."""
    count = min(len(os.sched_getaffinity(0)), MOST_WORKERS)
    shares = [files[first::count] for first in range(count)]
    done = [[] for _ in shares]
    running = {start(share): number for number, share in enumerate(shares)}
    while running:
        child, end = os.wait()
        (child, output), number = next(item for item in running.items() if item[0][0] == child)
        del running[child, output]
        done[number] += written(output)
        if len(done[number]) < len(shares[number]):
            culprit = shares[number][len(done[number])]
            done[number].append(json.dumps(unread(*culprit, died(end))).encode())
            running[start(shares[number][len(done[number]) :])] = number
    return [done[place % count][place // count] for place in range(len(files))]


def start(files):
    """Forks a worker for the files; its process id and the anonymous file that it writes to, one line a record."""
    output = os.memfd_create("records")
    child = os.fork()
    if child:
        return child, output
    status = 1
    try:
        look_at(files, output)
        status = 0
    finally:
        os._exit(status)


def written(output):
    """The whole lines that a worker wrote. One that never became ready is our trouble, not the first file's."""
    os.lseek(output, 0, os.SEEK_SET)
    with open(output, "rb") as file:
        ready, *lines = [line.removesuffix(b"\n") for line in file if line.endswith(b"\n")] or [b""]
    if ready != READY:
        raise SystemExit("the process that reads the files could not be started")
    return lines


def died(end):
    """Why a worker ended, from its wait status. No number of seconds or bytes: they may differ between runs."""
    if os.WIFSIGNALED(end) and os.WTERMSIG(end) == signal.SIGXCPU:
        return "took too long to read"
    return "ended the process that read it"


def look_at(files, output):
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(0, 2)
    gc.disable()  # syntax trees have no cycles, and looking for them takes a tenth of the time
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_AS, MEMORY)
    os.write(output, READY + b"\n")
    for path, kind, size in files:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + CPU_SECONDS)
        line = json.dumps(record(path, kind, size)).encode() + b"\n"
        while line:
            line = line[os.write(output, line) :]


def limit(which, value):
    """Lowers the soft limit, within the hard one."""
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    sys.exit(main())
