"""What those who look after machines watch: whether a process is well, and Prometheus metrics, on a port of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import ThreadingWSGIServer, make_wsgi_app

SECONDS = (0.05, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 2400, 4800)
"""Where the times of assessments are counted apart."""
METHODS = frozenset({"GET", "HEAD", "POST"})
"""Those that are counted apart: whoever invents others would make the metrics grow."""


class Meters:
    """Of one worker."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        told = "How jobs ended on this worker: assessed, again, given-up, lost."
        self._ended = Counter("verifier_jobs", told, ["outcome"], registry=self.registry)
        told = "Seconds that a job took."
        self._seconds = Histogram("verifier_job_seconds", told, registry=self.registry, buckets=SECONDS)
        told = "Submissions in the queue by their state, as this worker saw it last."
        self._queue = Gauge("verifier_queue", told, ["state"], registry=self.registry)

    def ended(self, outcome: str, seconds: float) -> None:
        self._ended.labels(outcome).inc()
        self._seconds.observe(seconds)

    def waiting(self, counted: Mapping[str, int]) -> None:
        for state, number in counted.items():
            self._queue.labels(state).set(number)


class Requests:
    """Of one server of the dashboard."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        told = "Requests that were answered."
        self._answered = Counter("verifier_requests", told, ["method", "status"], registry=self.registry)

    def counted(self, method: str, status: int) -> None:
        self._answered.labels(method if method in METHODS else "other", status).inc()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """The log is for events."""


@contextmanager
def serving(port: int | None, registry: CollectorRegistry, healthy: Callable[[], bool]) -> Iterator[int]:
    """`/health` (200, or 503) and `/metrics` at 127.0.0.1, while it lasts; gives the port, 0 where None is asked."""
    if port is None:
        yield 0
        return
    metrics = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/metrics":
            found: Iterable[bytes] = metrics(environ, start)
            return found
        if environ["PATH_INFO"] != "/health":
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b""]
        well = healthy()
        start("200 OK" if well else "503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"ok\n" if well else b"not well\n"]

    with make_server("127.0.0.1", port, answer, ThreadingWSGIServer, handler_class=_Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
