"""Worker processes of tests, whose work is that of `worked`.

with working(database, store) as one:
    one.until("taken")
    one.send(signal.SIGKILL)
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from support.worked import work

from verifier.fleet import log
from verifier.fleet.child import Children
from verifier.fleet.store import Store
from verifier.fleet.worker import Rules, Worker

QUICK = {"beat": 0.2, "stalled": 1.0, "idle": 0.05, "wait": 0.05, "grace": 30}
ROOT = Path(__file__).parents[2]


class Process:
    """A worker, and the lines of its log so far."""

    def __init__(self, command: list[str], **environment: str) -> None:
        paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=os.environ | paths | environment
        )
        self.pid = self._process.pid
        self.lines: list[dict[str, Any]] = []
        self.other: list[str] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                self.other.append(line)

    def events(self, event: str) -> list[dict[str, Any]]:
        return [line for line in list(self.lines) if line["event"] == event]

    def until(self, event: str, number: int = 1, seconds: float = 30) -> list[dict[str, Any]]:
        """The lines of this event, as soon as there are so many."""
        eventually(lambda: len(self.events(event)) >= number, seconds, lambda: (self.lines, self.other))
        return self.events(event)

    def family(self) -> list[psutil.Process]:
        """Every process that it has started and that is there yet."""
        return psutil.Process(self.pid).children(recursive=True)

    def send(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = 30) -> int:
        code = self._process.wait(seconds)
        self._reading.join(seconds)
        return code

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._process.terminate()
            self._process.wait(60)
        self._reading.join(10)


def eventually(told: Callable[[], object], seconds: float = 30, why: Callable[[], object] = lambda: "") -> None:
    until = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < until, why()
        time.sleep(0.02)


def started(address: str, store: Path, environment: Mapping[str, str] | None = None, **rules: Any) -> Process:
    code = "import sys; from support.working import main; main(*sys.argv[1:])"
    words = [sys.executable, "-c", code, address, str(store), json.dumps({**QUICK, **rules})]
    return Process(words, **(environment or {}))


@contextmanager
def working(address: str, store: Path, environment: Mapping[str, str] | None = None, **rules: Any) -> Iterator[Process]:
    process = started(address, store, environment, **rules)
    try:
        yield process
    finally:
        process.end()


def main(address: str, store: str, rules: str) -> None:
    log.to_standard_error()
    children = Children(["support.working"])
    asyncio.run(Worker(address, Store.at(Path(store)), work, Rules(**json.loads(rules)), children=children).run())
