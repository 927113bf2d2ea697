"""A dashboard as a server with a provider beside it, and people who visit it.

site = made(folder)
visitor = site.visitor()
visitor.sign_in("assessor")
visitor.get("/en/act/ma-2026-014.html")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient
from support.chains import NOW, Purchase, signed_file
from support.filed import POLICY, agreed, event, record
from support.logged import opened
from support.provider import CLIENT, SECRET, Provider

from verifier.dashboard.serve.app import app
from verifier.dashboard.serve.kept import Kept
from verifier.dashboard.serve.settings import Provider as OurProvider
from verifier.dashboard.serve.settings import Settings
from verifier.dashboard.sources import Sources
from verifier.note import Checkpoint
from verifier.procurement.index import Index
from verifier.procurement.records import Records
from verifier.procurement.settings import load
from verifier.statements.statement import Statement
from verifier.trust.policy import TrustPolicy
from verifier.trust.store import Store

BASE = "http://127.0.0.1:8413"
BACK = f"{BASE}/signed-in"
KEY = "ma-2026-014"
ACT = f"/en/act/{KEY}"
OUTSIDE = httpx.Client()
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Opened:
    """An opening that counts; to read alone, as a server opens it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.times = folder, 0
        self.remembered: list[Checkpoint] = []

    @contextmanager
    def __call__(self) -> Iterator[Sources]:
        self.times += 1
        index = Index.beside(self.folder)
        try:
            with opened(self.folder / "payments.ledger", sign=None, remembered=self.remembered) as ledger:
                records = Records(load(self.folder), POLICY, ledger, index, lambda: NOW)
                yield Sources(now=NOW, records=records, trust=Store(self.folder / "trust"))
        finally:
            index.close()


@cache
def _kept(folder: Path) -> Kept:
    """For as long as the tests run: opening costs more than most of what is asked."""
    return Kept(Opened(folder), lambda: NOW)


@dataclass
class Site:
    """`policy` is read anew with every request, as the real one is when a version comes."""

    folder: Path
    provider: Provider
    how: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    policy: TrustPolicy = POLICY
    files: bool = True

    def __post_init__(self) -> None:
        ours = OurProvider(issuer=self.provider.issuer, client=CLIENT, secret=SECRET)
        filing = (lambda: record(self.folder)) if self.files else None
        settings = Settings(**{"base": BASE, "provider": ours, "clock": self.clock, "filing": filing} | self.how)
        self.app = app(self.opened, settings)
        self.base = settings.base

    @contextmanager
    def opened(self) -> Iterator[Sources]:
        with _kept(self.folder)() as sources:
            if sources.records:
                sources.records.policy = self.policy
            yield sources

    def visitor(self, **how: Any) -> Visitor:
        return Visitor(self, TestClient(self.app, base_url=self.base, follow_redirects=False, **how))


@dataclass
class Visitor:
    site: Site
    client: TestClient

    def __post_init__(self) -> None:
        self.get = self.client.get

    def sign_in(self, who: str = "assessor", **claims: Any) -> Any:
        """Through the provider, as who has this address; the last answer."""
        address = {"sub": f"of {who}", "email": f"{who}@example.org", "email_verified": True}
        self.site.provider.person = address | claims
        return self.get(self.back())

    def back(self, after: str = "") -> str:
        """Where the provider sends them, without going there."""
        begun = self.get(f"/sign-in{after}")
        assert begun.status_code == 302, begun.text
        return str(OUTSIDE.get(begun.headers["location"]).headers["location"])

    @property
    def cookie(self) -> str:
        return next(iter(self.client.cookies.jar)).value or ""

    def token(self, page: str = "/en/index.html") -> str:
        found = _TOKEN.search(self.get(page).text)
        return found[1] if found else ""

    def post(self, address: str, *, headers: dict[str, str] | None = None, token: str | None = None, **how: Any) -> Any:
        """A form as a page of the site would send it."""
        data = {"token": self.token() if token is None else token} | how.pop("data", {})
        return self.client.post(address, data=data, headers=headers or {"Origin": self.site.base}, **how)


def filed(folder: Path, *, accepted: bool = False) -> Path:
    """The record of a purchase that was assessed, or accepted and invoiced."""
    folder.mkdir()
    made = Purchase().statements()
    with record(folder) as records:
        records.file(agreed(made["contract"]))
        records.file([signed_file(event(made["contract"], "started"), "supplier")])
        records.file([signed_file(event(made["contract"], "delivered"), "supplier")])
        records.file([signed_file(made["assessment"], "assessor")])
        if accepted:
            records.file([signed_file(made[name], "assessor") for name in ("decision", "acceptance")])
    return folder


def statement(content: bytes) -> Statement:
    from verifier.statements.statement import read

    return read(content)


def bent(policy: TrustPolicy, **how: Any) -> TrustPolicy:
    return replace(policy, **how)
