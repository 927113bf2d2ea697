"""A record with a trust folder of its own, by keys of any kind, and the site that is built from it; made in process.

one = Trusted(folder)                     # ECDSA keys; Trusted(folder, kinds={"root": "ed25519"})
one.file(one.purchase())
one.build()                               # folder / "site"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from support.chains import NOW, ROLES, SIGNERS, Purchase, policy_predicate
from support.filed import SETTINGS
from support.logged import made, opened

from verifier import drafts
from verifier.dashboard.build import build
from verifier.dashboard.sources import Sources
from verifier.keys import public
from verifier.procurement.index import Index
from verifier.procurement.records import Records
from verifier.procurement.settings import NAME, load
from verifier.statements import uris
from verifier.statements.envelope import Envelope, Signature, bundle, pae
from verifier.statements.statement import Statement, write
from verifier.trust.holders import Holders
from verifier.trust.reading import read
from verifier.trust.store import Store, pinned

LATER = "2999-01-01T00:00:00Z"
"""The tests' browsers have the clock of the machine."""
MOVES = {"started": "2026-11-02T12:00:00Z", "delivered": "2026-11-03T12:00:00Z"}
MAKERS = {
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa": lambda: rsa.generate_private_key(65537, 3072),
}


@dataclass
class Trusted:
    """`kinds` are the kinds of some people's keys; the others have ECDSA."""

    folder: Path
    kinds: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = {name: MAKERS[self.kinds.get(name, "ecdsa")]() for name in (*ROLES, "root")}
        self.record.mkdir(parents=True)
        (self.record / NAME).write_text(SETTINGS)
        made(self.record / "payments.ledger")
        self.store.pin(pinned([self.pem("root")], 1))
        self.versions = [self.signed(self.policy(), "root")]
        self.store.add(self.versions[0])

    @property
    def record(self) -> Path:
        return self.folder / "record"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @cached_property
    def store(self) -> Store:
        return Store(self.folder / "trust")

    @property
    def pin(self) -> str:
        return self.store.pins().digest

    def pem(self, name: str) -> str:
        return public.of(self.keys[name].public_key()).pem

    def key_id(self, name: str) -> str:
        return public.of(self.keys[name].public_key()).id

    def policy(self, *, version: int = 1, before: str = "", **more: Any) -> Statement:
        """A version of the trust policy; what it follows are the pins where nothing is said."""
        base = policy_predicate(
            version=version,
            expires=LATER,
            roots={"threshold": 1, "keys": [self.pem("root")]},
            keys=[{"person": role, "pem": self.pem(role)} for role in ROLES],
        )
        base["grants"] = [{**one, "until": LATER} for one in base["grants"]]
        return Statement(
            subject="trust-policy",
            digests={"sha256": before or self.pin},
            predicate_type=uris.TRUST_POLICY,
            predicate=base | more,
        )

    def signed(self, statement: Statement, who: str) -> Envelope:
        payload = write(statement)
        return Envelope(payload, (Signature(self.sign(pae(payload), who), self.key_id(who)),))

    def sign(self, data: bytes, who: str) -> bytes:
        match self.keys[who]:
            case ec.EllipticCurvePrivateKey() as key:
                return key.sign(data, public.ECDSA)
            case rsa.RSAPrivateKey() as key:
                return key.sign(data, public.PSS, hashes.SHA256())
            case key:
                return bytes(key.sign(data))

    def purchase(self, purchase: Purchase | None = None) -> list[bytes]:
        """Everything from award to certification, with the supplier's moves."""
        statements = (purchase or Purchase()).statements()
        agreed = bundle(self.signed(statements["contract"], "requester"))
        policy = self.store.current(NOW)
        contract = read(agreed, policy, Holders.of(policy))
        moves = [drafts.event(contract, what, None, {}, moment) for what, moment in MOVES.items()]
        files = [bundle(self.signed(one, "supplier")) for one in moves]
        for name, statement in statements.items():
            files += [bundle(self.signed(statement, who)) for who in SIGNERS[name.partition("-")[0]]]
        return files

    @contextmanager
    def sources(self) -> Iterator[Sources]:
        index = Index.beside(self.record)
        try:
            with opened(self.record / "payments.ledger") as ledger:
                records = Records(load(self.record), self.store.current(NOW), ledger, index, lambda: NOW)
                yield Sources(now=NOW, records=records, trust=self.store)
        finally:
            index.close()

    def file(self, contents: list[bytes]) -> None:
        with self.sources() as found:
            assert found.records is not None
            found.records.file(contents)

    def build(self) -> None:
        with self.sources() as found:
            build(found, self.site)

    def page(self, contract: str = "ma-2026-014", language: str = "en") -> Path:
        return self.site / language / "contracts" / f"{contract}.html"
