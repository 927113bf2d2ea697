"""A purchase from award to release, with real keys: every statement signed, so that one thing at a time can be made wrong.

purchase = Purchase()
purchase.answer().answer   # pay
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from verifier import drafts
from verifier.gate.answer import Answered, answer
from verifier.gate.case import Case
from verifier.gate.chain import Chain
from verifier.gate.known import Known, Request, Seen
from verifier.keys import public
from verifier.statements import uris
from verifier.statements.envelope import Envelope, Signature, bundle, pae
from verifier.statements.statement import Statement, write
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy, trust_policy
from verifier.trust.reading import read
from verifier.trust.signed import Signed, together

AWARDED, ASSESSED, DECIDED, ACCEPTED, CERTIFIED, NOW, ENDS = (
    f"2026-11-{day:02}T12:00:00Z" for day in (1, 10, 11, 12, 13, 14, 30)
)
ROLES = ("requester", "supplier", "assessor", "certifier", "payer", "gate")
COMMIT, TREE, MANIFEST = "1" * 40, "2" * 40, "3" * 64
CRITERIA = "c" * 64
REPOSITORY = "https://git.example/parcels"
NONCE = "d" * 32
OUTCOMES = (
    ("licence.file", "must", "met"),
    ("tests.pass", "must", "met"),
    ("requirements", "must", "awaiting a decision"),
    ("style", "should", "unmet"),
)


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""
Stamp = Callable[[bytes], bytes]
"""A signature to a token of when it was there."""


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    """A person's key, the same throughout a run."""
    del name
    return ec.generate_private_key(ec.SECP256R1())


def pem(name: str) -> str:
    return public.of(key(name).public_key()).pem


def key_id(name: str) -> str:
    return public.of(key(name).public_key()).id


def signed_file(statement: Statement, name: str, *stamps: Stamp) -> bytes:
    """The bundle of a statement, by the key of this name, time-stamped by each of these authorities."""
    return signed_payload(write(statement), name, *stamps)


def signed_payload(payload: bytes, name: str, *stamps: Stamp) -> bytes:
    """The same of any bytes."""
    signature = key(name).sign(pae(payload), public.ECDSA)
    stamped = tuple(stamp(signature) for stamp in stamps)
    return bundle(Envelope(payload, (Signature(signature, key_id(name), stamped),)))


def malleable(signature: bytes) -> bytes:
    """The other signature that verifies as well, which anybody can make of this one: s replaced by n-s."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, ORDER - s)


def policy_predicate(**more: Any) -> dict[str, Any]:
    grants = [
        {
            "person": role,
            "role": role,
            "contracts": ["*"],
            "from": "2026-01-01T00:00:00Z",
            "until": "2027-01-01T00:00:00Z",
        }
        for role in ROLES
    ]
    base: dict[str, Any] = {
        "version": 1,
        "issued": "2026-01-01T00:00:00Z",
        "expires": "2027-01-01T00:00:00Z",
        "roots": {"threshold": 1, "keys": [pem("root")]},
        "people": [{"id": role, "addresses": [f"{role}@example.org"]} for role in ROLES],
        "keys": [{"person": role, "pem": pem(role)} for role in ROLES],
        "identities": [],
        "grants": grants,
        "apart": [],
        "revoked": [],
        "authorities": [],
        "ledgers": [],
        "least": {"verifier": "0.1.0"},
    }
    return base | more


@dataclass
class Purchase:
    """Statements that can be edited before they are signed; `given` are the files of a caller."""

    policy: dict[str, Any] = field(default_factory=policy_predicate)
    edits: dict[str, dict[str, Any]] = field(default_factory=dict)  # statement -> predicate's names that are other
    signers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    waived: list[Callable[[Signed], Statement]] = field(default_factory=list)  # each of the assessment
    told: list[dict[str, Any]] = field(
        default_factory=list
    )  # the outcomes that the report is made from, where they are others
    more: list[bytes] = field(default_factory=list)
    known: Known = field(default_factory=lambda: Known(latest=CERTIFIED))
    seen: Seen = field(default_factory=lambda: Seen(reachable=True, merged=True, head=COMMIT))
    request: Request = field(default_factory=lambda: Request(now=NOW))
    digests: dict[str, dict[str, str]] = field(default_factory=dict)  # statement -> subject digests that are other
    stamps: dict[str, tuple[Stamp, ...]] = field(default_factory=dict)  # signer -> who stamps what they sign

    def trust(self) -> TrustPolicy:
        return trust_policy("e" * 64, self.policy)

    def case(self) -> Case:
        trust = self.trust()
        holders = Holders.of(trust)
        return self.asked(together(read(content, trust, holders) for content in [*self.files().values(), *self.more]))

    def asked(self, found: Iterable[Signed]) -> Case:
        """The case of these statements, whoever made them."""
        return Case(chain=Chain.of(found), policy=self.trust(), known=self.known, seen=self.seen, request=self.request)

    def answer(self) -> Answered:
        return answer(self.case())

    def files(self) -> dict[str, bytes]:
        """Every file of the chain by its name: what it rests on is what it is made from, edited or not."""
        statements = self.statements()
        found = {}
        for name, statement in statements.items():
            kind = name.partition("-")[0]
            if kind not in self.left_out:
                for who in self.signers.get(kind, SIGNERS.get(kind, ("assessor",))):
                    found[f"{name}.{who}"] = signed_file(statement, who, *self.stamps.get(who, ()))
        return found

    def statements(self) -> dict[str, Statement]:
        made: dict[str, Statement] = {}
        made["contract"] = self._edited("contract", contract())
        agreed = self._signed(made["contract"])
        made["assessment"] = self._edited("assessment", assessment(agreed))
        assessed = self._signed(made["assessment"])
        for number, waive in enumerate(self.waived):
            made[f"waiver-{number}"] = self._edited("waiver", waive(assessed))
        waived = [self._signed(one) for name, one in made.items() if name.startswith("waiver")]
        made["decision"] = self._edited(
            "decision", drafts.decision(assessed, "requirements", "met", "Seen working.", DECIDED)
        )
        decided = [self._signed(made["decision"])]
        chain = Chain.of([agreed, self._as_told(assessed)])
        accepted = drafts.acceptance(chain, decided, waived, by=uris.OURS, made=ACCEPTED)
        assert accepted.statement is not None, accepted.verdict
        made["acceptance"] = self._edited("acceptance", accepted.statement)
        milestone = agreed.statement.predicate["milestones"][0]
        terms = {"amount": 734500, "currency": "CAD", "invoice": "2026-17", "payee": "Parcels Inc."}
        made["certification"] = self._edited(
            "certification",
            drafts.certification(self._signed(made["acceptance"]), milestone, terms, not_examined=0, made=CERTIFIED),
        )
        return made

    def _as_told(self, assessed: Signed) -> Signed:
        """What an assessor who lies makes the report from."""
        if not self.told:
            return assessed
        lie = replace(assessed.statement, predicate={**assessed.statement.predicate, "outcomes": self.told})
        return replace(assessed, statement=lie)

    def _edited(self, name: str, statement: Statement) -> Statement:
        predicate = {**statement.predicate, **self.edits.get(name, {})}
        return replace(statement, predicate=predicate, digests={**statement.digests, **self.digests.get(name, {})})

    def _signed(self, statement: Statement) -> Signed:
        return Signed(statement=statement, digest=sha256(write(statement)).hexdigest(), by=())


SIGNERS = {
    "contract": ("requester", "supplier"),
    "assessment": ("assessor",),
    "decision": ("assessor",),
    "acceptance": ("assessor",),
    "certification": ("certifier",),
}


def contract(**more: Any) -> Statement:
    text = {"en": "Parcel rates", "fr": "Tarifs des colis"}
    predicate: dict[str, Any] = {
        "id": "MA-2026-014",
        "title": text,
        "supplier": "supplier",
        "requester": "requester",
        "payee": "Parcels Inc.",
        "currency": "CAD",
        "ceiling": 1_000_000,
        "milestones": [{"id": "m1", "title": text, "price": 650_000, "tax": 84_500}],
        "repository": REPOSITORY,
        "merged": "main",
        "licence": "MIT",
        "requirements": [{"id": "r1", "text": text}],
        "criteria": {
            "profile": "micro-ca",
            "version": 3,
            "sandbox": "namespaces",
            "criteria": [
                {"id": name, "level": level, "manual": outcome.startswith("awaiting")}
                for name, level, outcome in OUTCOMES
            ],
        },
        "awarded": AWARDED,
        "ends": ENDS,
    }
    return Statement(
        subject="micro-ca", digests={"sha256": CRITERIA}, predicate_type=uris.CONTRACT, predicate=predicate | more
    )


def outcomes(*changed: tuple[str, str]) -> list[dict[str, Any]]:
    """The outcomes of an assessment, with those of some criteria other."""
    other = dict(changed)
    return [
        {"criterion": name, "level": level, "outcome": other.get(name, outcome), "findings": [], "reason": ""}
        for name, level, outcome in OUTCOMES
    ]


def assessment(agreed: Signed) -> Statement:
    predicate: dict[str, Any] = {
        "kind": "official",
        "contract": drafts.about(agreed, "m1", 1),
        "nonce": NONCE,
        "verifier": "0.1.0",
        "tools": {"pytest": "9.2.0"},
        "criteria": {"profile": "micro-ca", "version": 3, "digest": CRITERIA},
        "outcomes": outcomes(),
        "count": len(OUTCOMES),
        "verdict": "pending",
        "score": {"value": 9000, "derivation": "9 of 10 points (must 3, should 1)"},
        "repository": REPOSITORY,
        "authors": [sha256(b"supplier@example.org").hexdigest()],
        "suppressions": [],
        "steering": [],
        "tampering": [],
        "notExamined": [],
        "sandbox": {"tier": "namespaces"},
        "evidence": [{"name": "report.json", "mediaType": "application/json", "sha256": "4" * 64}],
        "started": ASSESSED,
        "finished": ASSESSED,
        "expires": ENDS,
    }
    return Statement(
        subject=REPOSITORY,
        digests={"gitCommit": COMMIT, "gitTree": TREE, "sha256": MANIFEST},
        predicate_type=uris.ASSESSMENT,
        predicate=predicate,
    )
