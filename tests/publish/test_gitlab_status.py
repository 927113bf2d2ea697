"""GitLab's commit status, against a stand-in that takes what its documentation names and nothing else."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from verifier.publish import Order, Posted
from verifier.publish.gitlab import GitLab

RECORDED = Path(__file__).parents[1] / "fixtures" / "reports"
TAKEN = {"state", "ref", "name", "context", "target_url", "description", "coverage", "pipeline_id"}
"""Attributes of POST /projects/:id/statuses/:sha."""
STATES = {"pending", "running", "success", "failed", "canceled", "skipped"}


@pytest.fixture(scope="session")
def report() -> dict[str, Any]:
    return json.loads((RECORDED / "dvpwa" / "report.json").read_text())


@pytest.fixture
def lab() -> Iterator[Any]:
    """Its statuses, and the address of its API."""
    statuses: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            assert re.fullmatch(r"/api/v4/projects/group%2Fname/repository/commits/[0-9a-f]{40}/statuses", parts.path)
            name = parse_qs(parts.query)["name"][0]
            self._answer(200, [one for one in statuses if one["name"] == name])

        def do_POST(self) -> None:
            assert re.fullmatch(r"/api/v4/projects/group%2Fname/statuses/[0-9a-f]{40}", self.path)
            if self.headers["PRIVATE-TOKEN"] != "glpat":
                self._answer(401, {"message": "401 Unauthorized"})
                return
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert sent.keys() <= TAKEN
            assert sent["state"] in STATES
            statuses.append({"name": sent["name"], "status": sent["state"], "description": sent["description"]})
            self._answer(201, {"id": len(statuses), **statuses[-1]})

        def _answer(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield statuses, f"http://127.0.0.1:{server.server_port}/api/v4"
    server.shutdown()
    server.server_close()


def post(lab: Any, report: dict[str, Any], *, known: bool = True) -> Posted:
    given = {"CI_API_V4_URL": lab[1], "CI_JOB_URL": "https://gitlab.com/group/name/-/jobs/1"}
    order = Order(
        kinds=("status",),
        environment=given,
        report=report,
        repository="group/name",
        token="glpat" if known else "other",
    )
    (told,) = GitLab().publish(order)
    return told


def test_the_status_is_posted_once(lab, report):
    assert [post(lab, report).missing for _ in range(2)] == [False, False]
    (status,) = lab[0]
    assert (status["status"], status["name"]) == ("failed", "verifier (self-check)")
    assert status["description"].startswith("Would be REJECTED.")


def test_an_unknown_token_is_told(lab, report):
    told = post(lab, report, known=False)
    assert told.missing
    assert "GitLab does not know the token (401)" in told.words
