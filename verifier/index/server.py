"""The index as the sandbox sees it: a Unix socket that serves pages and files of the configured index, nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from verifier.errors import WorldError
from verifier.index.catalogue import Catalogue, Request
from verifier.index.refusal import Limits
from verifier.index.source import IndexSource
from verifier.index.store import Store
from verifier.index.unix_server import UnixServer
from verifier.index.upstream import Upstream
from verifier.model import Cause
from verifier.words import say

CACHE_BYTES = 5 * 1024**3


class IndexServer:
    """What was asked while the server ran."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @property
    def requests(self) -> tuple[Request, ...]:
        """Each different answer once, sorted. uv fetches ahead as time allows, so pages may differ between two runs."""
        return self._catalogue.requests

    @property
    def trouble(self) -> str | None:
        """Why an answer failed, in one sentence, when it is not for want of a project or file (404).

        The installation may have succeeded all the same: this explains one that failed, and judges none.
        """
        first = self._catalogue.trouble
        return first and first[1]

    @property
    def cause(self) -> Cause | None:
        """NETWORK, LIMIT or TOOL, when there is a trouble."""
        first = self._catalogue.trouble
        return first and first[0]

    @property
    def undated(self) -> tuple[str, ...]:
        """Projects of which no files could be left out for their age, because the index does not tell it."""
        return self._catalogue.undated


@contextmanager
def serve(
    source: IndexSource,
    socket_path: Path,
    *,
    cache: Path,
    before: datetime | None = None,
    limits: Limits | None = None,
    cache_bytes: int = CACHE_BYTES,
    environ: Mapping[str, str] | None = None,
) -> Iterator[IndexServer]:
    """Serves `source` on `socket_path` until the block ends: `/simple/NAME/` and `/files/NAME/FILE`.

        with serve(configured(os.environ), folder / "index.sock", cache=cache) as index: ...

    Anyone who can reach the socket may use it: the sandbox has another uid, so let `folder` be private instead.
    `before` (aware) leaves out files uploaded later. `environ` (default: ours) holds the token that `source` names.
    Raises UsageError without that token and WorldError when the socket or the cache cannot be made.
    """
    if before is not None and before.tzinfo is None:
        raise ValueError("`before` must say its time zone")
    limits = limits or Limits()
    upstream = Upstream(source, os.environ if environ is None else environ, limits)
    try:
        catalogue = Catalogue(upstream, Store(cache, cache_bytes), limits, before)
        server = UnixServer(socket_path, catalogue, limits)
    except OSError as error:
        upstream.close()
        message = say(
            "The package index cannot be served to the sandbox: {error} ({socket}, {cache}).",
            error=error.strerror,
            socket=socket_path,
            cache=cache,
        )
        raise WorldError(message) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield IndexServer(catalogue)
    finally:
        catalogue.close()
        server.shutdown()
        server.server_close()
        thread.join()


def client_environment(port: int, limits: Limits | None = None) -> dict[str, str]:
    """What uv in the sandbox needs to use the relay on this port.

    A file reaches uv only when it is whole, so uv must wait for as long as we may; we ask again ourselves.
    """
    return {
        "UV_DEFAULT_INDEX": f"http://127.0.0.1:{port}/simple/",
        "UV_HTTP_TIMEOUT": str(int((limits or Limits()).seconds) + 60),
        "UV_HTTP_RETRIES": "0",
    }
