"""A way out of the sandbox to which its code can add and from which it can take nothing back: a socket, read from outside.

A file that a run writes can be written anew by whatever else runs in the same process, and a pipe can be read there.
"""

from __future__ import annotations

import os
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from verifier.copies import own

CHUNK = 1 << 16
WAIT = 0.05
"""Seconds for which the end of a run may go unnoticed."""
MOST_CONNECTIONS = 64


@contextmanager
def channel(path: Path, most: int) -> Iterator[Callable[[], bytes]]:
    """Listens at `path` for the sandbox's uid. What it gives is called when the run has ended: what came, `most` bytes of it."""
    with _listening(path) as listener:
        reader = _Reader(listener, most)
        reader.start()
        try:
            yield reader.heard
        finally:
            reader.heard()


@contextmanager
def _listening(path: Path) -> Iterator[socket.socket]:
    """The address of a socket is short, and a workspace may lie deep: it is named from its folder."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(f"/proc/self/fd/{folder}/{path.name}")
            path.chmod(0o600)
            own(path)
            listener.listen(MOST_CONNECTIONS)
            listener.setblocking(False)
            yield listener
    finally:
        os.close(folder)


class _Reader(threading.Thread):
    """Takes what comes, in the order in which it comes, from however many connections."""

    def __init__(self, listener: socket.socket, most: int) -> None:
        super().__init__(daemon=True)
        self._listener = listener
        self._most = most
        self._said = bytearray()
        self._ended = threading.Event()
        self._ready = selectors.DefaultSelector()
        self._ready.register(listener, selectors.EVENT_READ)

    def heard(self) -> bytes:
        self._ended.set()
        self.join()
        return bytes(self._said)

    def run(self) -> None:
        with self._ready:
            while True:
                ended = self._ended.is_set()
                found = self._ready.select(0 if ended else WAIT)
                for key, _ in found:
                    self._take(key.fileobj)  # type: ignore[arg-type]
                if ended and not found:
                    break
            for key in [key for key in self._ready.get_map().values() if key.fileobj is not self._listener]:
                key.fileobj.close()  # type: ignore[union-attr]

    def _take(self, ready: socket.socket) -> None:
        if ready is self._listener:
            self._accept()
            return
        content = b""
        with suppress(ConnectionError):
            content = ready.recv(CHUNK)
        self._said += content[: self._most - len(self._said)]
        if not content:
            self._ready.unregister(ready)
            ready.close()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        if len(self._ready.get_map()) > MOST_CONNECTIONS:
            connection.close()
            return
        connection.setblocking(False)
        self._ready.register(connection, selectors.EVENT_READ)
