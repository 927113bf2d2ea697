"""Looks at every file of the delivery before any tool does and writes one JSON document to stdout.

    cd /delivery && python -I /inside/inventory.py

Runs in the sandbox on verifier's interpreter, with the standard library only. Nothing delivered is executed, imported
or followed out of the tree. Files are read in a forked worker with limits: one that kills it costs only itself.

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
from look.record import record
from look.steering import shadows

CPU_SECONDS = 30  # for one file
MEMORY = 2 * 1024**3  # bytes of address space, for the worker


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
    done = []
    while len(done) < len(files):
        lines, end = work(files[len(done) :])
        done += lines
        if len(done) < len(files):
            path, kind, size = files[len(done)]
            done.append(json.dumps({"path": path, "kind": kind, "size": size, "failed": died(end)}).encode())
    return done


def died(end):
    """Why a worker ended, from its wait status. No number of seconds or bytes: they may differ between runs."""
    if os.WIFSIGNALED(end) and os.WTERMSIG(end) == signal.SIGXCPU:
        return "took too long to read"
    return "ended the process that read it"


def work(files):
    """The records of as many files as one worker lives to write, and its wait status."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            look_at(files, writing)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, "rb") as pipe:
        lines = [line.removesuffix(b"\n") for line in pipe if line.endswith(b"\n")]
    return lines, os.waitpid(child, 0)[1]


def look_at(files, writing):
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(0, 2)
    gc.disable()  # syntax trees have no cycles, and looking for them takes a tenth of the time
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_AS, MEMORY)
    for path, kind, size in files:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + CPU_SECONDS)
        line = json.dumps(record(path, kind, size)).encode() + b"\n"
        while line:
            line = line[os.write(writing, line) :]


def limit(which, value):
    """Lowers the soft limit, within the hard one."""
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    sys.exit(main())
