"""The server. What GitHub refuses by its documentation it refuses as well, with GitHub's status codes."""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from support.hub import caps
from support.hub.description import Description

Entry = dict[str, Any]
BOT = "github-actions[bot]"
RESET = 1030
"""When the hour is over, in the seconds of the tests' clock."""
NEEDS = {
    ("POST", "statuses"): "statuses",
    ("POST", "check-runs"): "checks",
    ("PATCH", "check-runs"): "checks",
    ("POST", "issues"): "pull_requests",
    ("PATCH", "issues"): "pull_requests",
    ("POST", "code-scanning"): "security_events",
    ("GET", "code-scanning"): "security_events",
    ("POST", "releases"): "contents",
    ("POST", "attestations"): "attestations",
}
"""The permission that each kind of request asks for."""


class Answer(Exception):  # noqa: N818 - GitHub's answer
    def __init__(self, status: int, body: Any = None, **headers: str) -> None:
        super().__init__(status)
        self.status, self.body = status, body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Hub:
    """`tokens` may do what is listed for them; `trouble` are answers that the next requests get, whatever they ask."""

    base: str = ""
    repository: str = "buyer/parcel-rates"
    prefix: str = ""  # of every path, as an Enterprise server has one
    page_size: int | None = None
    budget: int | None = None  # requests that it takes until the hour is over
    tokens: dict[str, set[str]] = field(default_factory=lambda: {"all": set(NEEDS.values())})
    trouble: list[Answer | None] = field(default_factory=list)
    statuses: list[Entry] = field(default_factory=list)
    checks: list[Entry] = field(default_factory=list)
    comments: list[Entry] = field(default_factory=list)
    sarifs: list[Entry] = field(default_factory=list)
    assets: list[Entry] = field(default_factory=list)
    attestations: list[Entry] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Every request that reached it, method and path."""
    wrong: list[str] = field(default_factory=list)
    """What did not fit GitHub's description."""

    def __post_init__(self) -> None:
        self.description: Description | None = None

    def writes(self) -> list[str]:
        return [path for method, path in self.asked if method != "GET"]

    def answer(self, method: str, url: str, headers: Any, body: bytes) -> Answer:
        parts = urlsplit(url)
        path = unquote(parts.path.removeprefix(self.prefix).removeprefix("/uploads"))
        if path == "/user":
            self.asked.append((method, path))
            told = {"message": "Resource not accessible by integration", "documentation_url": "", "status": "403"}
            return Answer(403, told)
        self.asked.append((method, path))
        if self.trouble and (first := self.trouble.pop(0)) is not None:
            return first
        rest = path.removeprefix(f"/repos/{self.repository}")
        try:
            self._allowed(method, path, rest, headers)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            return self._done(method, rest, body, query, url)
        except Answer as answer:
            return answer

    def _allowed(self, method: str, path: str, rest: str, headers: Any) -> None:
        if self.budget == 0:
            told = {"message": "API rate limit exceeded", "documentation_url": ""}
            raise Answer(403, told, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(RESET))
        self.budget = self.budget and self.budget - 1
        may = self.tokens.get(headers.get("Authorization", "").removeprefix("Bearer "))
        if may is None:
            raise Answer(401, {"message": "Bad credentials", "documentation_url": "", "status": "401"})
        if rest == path or "User-Agent" not in headers:
            raise Answer(404, {"message": "Not Found", "documentation_url": "", "status": "404"})
        needed = NEEDS.get((method, rest.split("/")[1]))
        if needed and needed not in may:
            told = {"message": "Resource not accessible by integration", "documentation_url": "", "status": "403"}
            level = "write" if method != "GET" else "read"
            raise Answer(403, told, X_Accepted_GitHub_Permissions=f"{needed}={level}")

    def _done(self, method: str, rest: str, body: bytes, query: Entry, url: str) -> Answer:
        for pattern, verb, handler in ROUTES:
            if verb == method and (found := re.fullmatch(pattern, rest)):
                sent = json.loads(body) if body and not rest.endswith("/assets") else body
                return handler(self, *found.groups(), sent=sent, query=query, url=url)
        raise Answer(404, {"message": "Not Found", "documentation_url": "", "status": "404"})

    def like(self, path: str, method: str, status: int) -> Any:
        assert self.description
        return self.description.example(path, method, status)

    def page(self, entries: list[Any], query: Entry, url: str) -> Answer:
        size = min(int(query.get("per_page", 30)), self.page_size or 100)
        number = int(query.get("page", 1))
        start = (number - 1) * size
        link = {}
        if start + size < len(entries):
            there = f"{self.base}{urlsplit(url).path}?per_page={size}&page={number + 1}"
            link = {"Link": f'<{there}>; rel="next"'}
        return Answer(200, entries[start : start + size], **link)


def refuse(problem: str) -> None:
    """As GitHub does what it cannot take."""
    if problem:
        told = {"message": "Validation Failed", "errors": [{"resource": "x", "code": "custom", "message": problem}]}
        raise Answer(422, {**told, "documentation_url": ""})


def _statuses(hub: Hub, ref: str, *, sent: Any, query: Entry, url: str) -> Answer:
    return hub.page([one for one in reversed(hub.statuses) if one["url"].endswith(ref)], query, url)


def _status(hub: Hub, sha: str, *, sent: Any, query: Entry, url: str) -> Answer:
    refuse(caps.status(sent))
    made = hub.like("/statuses/{sha}", "post", 201)
    made |= {"id": len(hub.statuses) + 1, "url": f"https://api.github.com/repos/{hub.repository}/statuses/{sha}"}
    made |= {"description": None, "target_url": None, **sent}
    hub.statuses.append(made)
    return Answer(201, made)


def _checks(hub: Hub, ref: str, *, sent: Any, query: Entry, url: str) -> Answer:
    found = [c for c in hub.checks if c["head_sha"] == ref and c["name"] == query.get("check_name", c["name"])]
    return Answer(200, {"total_count": len(found), "check_runs": [_without(c) for c in found[-1:]]})


def _check(hub: Hub, *, sent: Any, query: Entry, url: str) -> Answer:
    refuse(caps.check(sent))
    made = hub.like("/check-runs", "post", 201) | {"id": len(hub.checks) + 1, "head_sha": sent["head_sha"]}
    made |= {"name": sent["name"], "status": sent["status"], "conclusion": sent["conclusion"]}
    hub.checks.append(made | {"annotations": []})
    return _checked(hub.checks[-1], sent, 201)


def _check_more(hub: Hub, number: str, *, sent: Any, query: Entry, url: str) -> Answer:
    refuse(caps.check(sent))
    return _checked(hub.checks[int(number) - 1], sent, 200)


def _checked(check: Entry, sent: Entry, status: int) -> Answer:
    check["annotations"] += sent["output"].get("annotations", [])
    told = {name: sent["output"].get(name) for name in ("title", "summary", "text")}
    check["output"] = check["output"] | told | {"annotations_count": len(check["annotations"])}
    return Answer(status, _without(check))


def _without(check: Entry) -> Entry:
    return {name: value for name, value in check.items() if name != "annotations"}


def _comments(hub: Hub, number: str, *, sent: Any, query: Entry, url: str) -> Answer:
    return hub.page([c for c in hub.comments if c["issue_url"].endswith(f"/{number}")], query, url)


def _comment(hub: Hub, number: str, *, sent: Any, query: Entry, url: str) -> Answer:
    refuse(caps.comment(sent))
    made = hub.like("/issues/{issue_number}/comments", "post", 201)
    made |= {"id": len(hub.comments) + 1, "body": sent["body"], "issue_url": f"https://api.github.com/issues/{number}"}
    made["user"] = made["user"] | {"login": BOT}
    hub.comments.append(made)
    return Answer(201, made)


def _comment_again(hub: Hub, number: str, *, sent: Any, query: Entry, url: str) -> Answer:
    refuse(caps.comment(sent))
    comment = next((one for one in hub.comments if one["id"] == int(number)), None)
    if comment is None or comment["user"]["login"] != BOT:
        raise Answer(
            403, {"message": "Must have admin rights to Repository.", "documentation_url": "", "status": "403"}
        )
    comment["body"] = sent["body"]
    return Answer(200, comment)


def _sarif(hub: Hub, *, sent: Any, query: Entry, url: str) -> Answer:
    made = caps.sarif(sent["sarif"])
    if made.too_large:
        raise Answer(413)
    hub.sarifs.append({**sent, "log": made.log, "errors": made.errors})
    number = f"47177e22-5596-11eb-80a1-{len(hub.sarifs):012d}"
    return Answer(
        202, {"id": number, "url": f"https://api.github.com/repos/{hub.repository}/code-scanning/sarifs/{number}"}
    )


def _sarif_state(hub: Hub, number: str, *, sent: Any, query: Entry, url: str) -> Answer:
    upload = hub.sarifs[int(number.rpartition("-")[2]) - 1]
    if not upload.setdefault("seen", False):  # it takes GitHub a moment
        upload["seen"] = True
        return Answer(200, {"processing_status": "pending"})
    state = {"processing_status": "failed" if upload["errors"] else "complete"}
    state["analyses_url"] = f"https://api.github.com/repos/{hub.repository}/code-scanning/analyses"
    return Answer(200, state | ({"errors": upload["errors"]} if upload["errors"] else {}))


def _release(hub: Hub, tag: str, *, sent: Any, query: Entry, url: str) -> Answer:
    if tag != "v1.0":
        raise Answer(404, {"message": "Not Found", "documentation_url": "", "status": "404"})
    made = hub.like("/releases/tags/{tag}", "get", 200) | {"id": 7, "tag_name": tag}
    return Answer(
        200, made | {"upload_url": f"{hub.base}/uploads/repos/{hub.repository}/releases/7/assets{{?name,label}}"}
    )


def _assets(hub: Hub, number: str, *, sent: Any, query: Entry, url: str) -> Answer:
    return hub.page(
        [{name: value for name, value in one.items() if name != "content"} for one in hub.assets], query, url
    )


def _asset(hub: Hub, number: str, *, sent: Any, query: Entry, url: str) -> Answer:
    refuse("already_exists" if any(one["name"] == query["name"] for one in hub.assets) else "")
    made = hub.like("/releases/{release_id}/assets", "post", 201) | {"name": query["name"], "size": len(sent)}
    made |= {"digest": f"sha256:{hashlib.sha256(sent).hexdigest()}", "id": len(hub.assets) + 1}
    hub.assets.append(made | {"content": sent})
    return Answer(201, made)


def _attest(hub: Hub, *, sent: Any, query: Entry, url: str) -> Answer:
    hub.attestations.append(sent["bundle"])
    return Answer(201, {"id": len(hub.attestations)})


def _attested(hub: Hub, digest: str, *, sent: Any, query: Entry, url: str) -> Answer:
    """None under a digest is 404, whatever the description lists."""
    found = [one for one in hub.attestations if digest in caps.subjects(one)]
    if not found:
        raise Answer(404, {"message": "Not Found", "documentation_url": "", "status": "404"})
    return Answer(
        200, {"attestations": [{"bundle": one, "repository_id": 1, "bundle_url": "https://x"} for one in found]}
    )


ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    (r"/commits/([^/]+)/statuses", "GET", _statuses),
    (r"/statuses/([0-9a-f]{40})", "POST", _status),
    (r"/commits/([^/]+)/check-runs", "GET", _checks),
    (r"/check-runs", "POST", _check),
    (r"/check-runs/(\d+)", "PATCH", _check_more),
    (r"/issues/(\d+)/comments", "GET", _comments),
    (r"/issues/(\d+)/comments", "POST", _comment),
    (r"/issues/comments/(\d+)", "PATCH", _comment_again),
    (r"/code-scanning/sarifs", "POST", _sarif),
    (r"/code-scanning/sarifs/([^/]+)", "GET", _sarif_state),
    (r"/releases/tags/(.+)", "GET", _release),
    (r"/releases/(\d+)/assets", "GET", _assets),
    (r"/releases/(\d+)/assets", "POST", _asset),
    (r"/attestations", "POST", _attest),
    (r"/attestations/(.+)", "GET", _attested),
)


@contextmanager
def described(*, tls: tuple[Path, Path] | None = None, **options: Any) -> Iterator[Hub]:
    """A server that runs meanwhile; at its end nothing may have strayed from GitHub's description.

    `tls` are the files of a certificate chain and its key.
    """
    hub = Hub(**options)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_all(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = hub.answer(self.command, self.path, self.headers, body)
            content = b"" if answer.body is None else json.dumps(answer.body).encode()
            assert hub.description
            url = f"{hub.base}{self.path.removeprefix(hub.prefix)}"
            if told := hub.description.wrong((self.command, url), self.headers, body, answer.status, content):
                hub.wrong.append(told)
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = handle_all  # noqa: N815 - as http.server asks

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scheme = "http"
    if tls:
        context, scheme = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), "https"
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    hub.base = f"{scheme}://127.0.0.1:{server.server_port}{hub.prefix}"
    hub.description = Description(hub.base, f"{hub.base}/uploads")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
    assert not hub.wrong, "\n".join(hub.wrong)
