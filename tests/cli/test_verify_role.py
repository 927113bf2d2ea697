"""`verifier verify` passes nothing that the gate would never take: who signed it, whether it was revoked, what it says."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import chains, logged

from verifier import drafts
from verifier.cli import main
from verifier.gate import book
from verifier.statements import envelope, uris
from verifier.statements.statement import Statement, read
from verifier.statements.strict import MOST
from verifier.trust.signed import Signed
from verifier.trust.store import Store, pinned

FAR, PAST = "2099-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
CONTRACT = "MA-2026-014"
WHOSE = {
    "assessment": "assessor",
    "decision": "assessor",
    "waiver": "assessor",
    "acceptance": "assessor",
    "certification": "certifier",
    "release": "gate",
    "delivered": "supplier",
    "paid": "payer",
}


def statements() -> dict[str, Statement]:
    """One of each kind, and two events of the record."""
    purchase = chains.Purchase(
        waived=[lambda one: drafts.waiver(one, {"criterion": "style"}, "Later.", "2098-01-01", PAST)]
    )
    made = {name.partition("-")[0]: one for name, one in purchase.statements().items()}
    answered = chains.Purchase().answer()
    made["release"] = drafts.release(answered.case, [name for name, _ in answered.reasons], "example.com/payments\n0\n")
    for event in ("delivered", "paid"):
        said = {"contract": CONTRACT, "milestone": "m1", "event": event, "made": PAST}
        made[event] = Statement(
            subject=CONTRACT, digests={"sha256": "a" * 64}, predicate_type=uris.EVENT, predicate=said
        )
    return made


STATEMENTS = statements()


class Desk:
    """A trust folder, and files that somebody signed."""

    def __init__(self, folder: Path, **policy: Any) -> None:
        self.folder = folder
        self.store = Store(folder / "trust")
        self.pins = pinned([chains.pem("root"), chains.pem("root-2")], 1)
        self.store.pin(self.pins)
        self.version(1, self.pins.digest, "root", **policy)

    def version(self, number: int, before: str, by: str, **policy: Any) -> Path:
        """A version of the policy, kept in the folder and as a file of its own."""
        grants = [{**one, "until": FAR} for one in chains.policy_predicate()["grants"]]
        roots = {"threshold": 1, "keys": [chains.pem("root"), chains.pem("root-2")]}
        said = {
            "version": number,
            "expires": FAR,
            "ledgers": [str(logged.KEY)],
            "grants": grants,
            "roots": roots,
            **policy,
        }
        statement = Statement(
            subject="trust-policy",
            digests={"sha256": before},
            predicate_type=uris.TRUST_POLICY,
            predicate=chains.policy_predicate(**said),
        )
        file = self.put(statement, by, f"version-{number}")
        self.store.add(envelope.read(file.read_bytes()))
        return file

    def put(self, statement: Statement, by: str, name: str) -> Path:
        file = self.folder / f"{name}.sigstore.json"
        file.write_bytes(chains.signed_file(statement, by))
        return file

    def one(self, name: str, by: str = "", to: str = "") -> Path:
        return self.put(STATEMENTS[name], by or WHOSE[name], to or name)


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    return lambda **policy: Desk(tmp_path, **policy)


def asked(desk: Desk, capsys: Any, *words: object) -> tuple[int, list[dict[str, Any]]]:
    code = main(["verify", "--trust", str(desk.store.folder), "--json", *map(str, words)])
    return code, json.loads(capsys.readouterr().out or "{}").get("files", [])


def failed(desk: Desk, capsys: Any, *words: object) -> tuple[str | None, int, str]:
    """Code, and number and name of the last step, of the one file."""
    code, (only,) = asked(desk, capsys, *words)
    assert code == (4 if only["code"] else 0)
    last = only["steps"][-1]
    assert last["held"] == (only["code"] is None)
    return only["code"], last["number"], last["step"]


def digest(file: Path) -> str:
    return envelope.digest(envelope.read(file.read_bytes()))


# By whom --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WHOSE)
@pytest.mark.parametrize("who", chains.ROLES)
def test_it_holds_by_who_has_the_role_and_by_nobody_else(desk, name, who, capsys):
    at = desk()
    wanted = (None, 6, "unrevoked") if who == WHOSE[name] else ("role", 5, "role")
    assert failed(at, capsys, at.one(name, by=who)) == wanted


@pytest.mark.parametrize("who", chains.ROLES)
def test_a_contract_holds_by_its_parties(desk, who, capsys):
    at = desk()
    wanted = (None, 6, "unrevoked") if who in ("requester", "supplier") else ("role", 5, "role")
    assert failed(at, capsys, at.one("contract", by=who)) == wanted


def test_a_contract_does_not_hold_by_another_supplier(desk, capsys):
    """Who may sign contracts as supplier, and is not the one of this contract."""
    grants = [{**one, "until": FAR, "role": "supplier"} for one in chains.policy_predicate()["grants"]]
    at = desk(grants=grants)
    assert failed(at, capsys, at.one("contract", by="payer")) == ("role", 5, "role")
    assert failed(at, capsys, at.one("contract", by="supplier"))[0] is None
    assert failed(at, capsys, at.one("contract", by="requester"))[0] == "role", "who is the requester and may not be it"


def test_a_move_of_a_party_is_by_the_party_of_the_contract_beside_it(desk, capsys):
    """Who may act as supplier, and does not in this contract; wherever the contract stands among the files."""
    grants = [{**one, "until": FAR, "role": "supplier"} for one in chains.policy_predicate()["grants"]]
    at = desk(grants=grants)
    contract = at.one("contract", by="supplier")
    event = replace(STATEMENTS["delivered"], digests={"sha256": digest(contract)})
    other, own = at.put(event, "payer", "other"), at.put(event, "supplier", "own")
    for words in ((other, own, contract), (contract, other, own)):
        code, told = asked(at, capsys, *words)
        codes = {Path(one["file"]).name.partition(".")[0]: one["code"] for one in told}
        assert (code, codes) == (4, {"contract": None, "other": "role", "own": None})


def test_a_self_check_is_anybodys(desk, capsys):
    at = desk()
    said = {**STATEMENTS["assessment"].predicate, "kind": "self-check", "contract": None}
    file = at.put(replace(STATEMENTS["assessment"], predicate=said), "supplier", "mine")
    code, (only,) = asked(at, capsys, file)
    assert (code, only["says"]["kind"], "contract" in only["says"]) == (0, "self-check", False)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"until": PAST}, "role-expired"),
        ({"from": "2098-01-01T00:00:00Z"}, "role-expired"),
        ({"contracts": ["MA-1"]}, "role"),
        ({"suspended": True}, "suspended"),
    ],
    ids=["ended", "to-come", "another-contract", "suspended"],
)
def test_the_role_is_for_its_contract_and_at_its_time(desk, more, code, capsys):
    grants = [
        {**one, "until": FAR, **(more if one["role"] == "gate" else {})} for one in chains.policy_predicate()["grants"]
    ]
    at = desk(grants=grants)
    assert failed(at, capsys, at.one("release")) == (code, 5, "role")
    assert failed(at, capsys, at.one("certification"))[0] is None


# Revoked --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*WHOSE, "contract"])
def test_what_the_policy_revoked_does_not_hold(desk, name, capsys, tmp_path):
    by = WHOSE.get(name, "supplier")
    at = desk()
    file = at.one(name, by=by)
    revoked = [{"statement": digest(file), "from": PAST, "reason": "fraud"}]
    at.version(2, at.store.current(PAST).digest, "root", revoked=revoked)
    assert failed(at, capsys, file) == ("revoked", 6, "unrevoked")


def test_what_is_revoked_from_later_on_still_holds(desk, capsys):
    at = desk()
    file = at.one("release")
    revoked = [{"statement": digest(file), "from": "2098-01-01T00:00:00Z", "reason": "fraud"}]
    at.version(2, at.store.current(PAST).digest, "root", revoked=revoked)
    assert failed(at, capsys, file)[0] is None


def revocation(of: Path, by: str, at: Desk) -> Path:
    return at.put(drafts.revocation(digest(of), "x", PAST, "Mistaken."), by, "revocation")


def enter(at: Desk, *files: Path) -> Path:
    logged.made(at.folder / "ledger", entries=0)
    with logged.opened(at.folder / "ledger") as log, log.transaction() as page:
        for file in files:
            found = envelope.read(file.read_bytes())
            page.append(book.entry(Signed(statement=read(found.payload), digest=envelope.digest(found), by=()), PAST))
    return at.folder / "ledger"


@pytest.mark.parametrize("name", ["certification", "acceptance", "assessment", "contract"])
def test_what_the_ledger_has_revoked_does_not_hold(desk, name, capsys):
    """And a ledger is asked about every kind of statement."""
    at = desk()
    by = WHOSE.get(name, "supplier")
    file, other = at.one(name, by=by), at.one("decision")
    ledger = enter(at, revocation(file, by, at))
    assert failed(at, capsys, file, "--ledger", ledger) == ("revoked", 6, "unrevoked")
    assert failed(at, capsys, file) == (None, 6, "unrevoked")
    assert failed(at, capsys, other, "--ledger", ledger) == (None, 6, "unrevoked")


def test_a_revocation_is_by_who_signed_what_it_revokes(desk, capsys):
    at = desk()
    file = at.one("certification")
    own = revocation(file, "certifier", at)
    assert failed(at, capsys, own) == (None, 6, "unrevoked")
    alone = asked(at, capsys, own)[1][0]["steps"]
    assert "role" not in [one["step"] for one in alone], "whose statement it revokes nobody can see"
    code, (told, _) = asked(at, capsys, own, file)
    assert (code, [one["step"] for one in told["steps"]][-2:]) == (0, ["role", "unrevoked"])
    code, (told, _) = asked(at, capsys, revocation(file, "supplier", at), file)
    assert (code, told["code"]) == (4, "role")


# The trust policy -----------------------------------------------------------------------------------------------------------


def test_a_version_of_the_policy_is_verified_against_the_roots(desk, capsys):
    """Also one that is in force no more, by a root that is none any more."""
    at = desk()
    first = at.folder / "version-1.sigstore.json"
    before = at.store.current(PAST).digest
    second = at.version(2, before, "root-2", roots={"threshold": 1, "keys": [chains.pem("root-2")]})
    assert at.store.current(PAST).version == 2
    for file, number in ((first, 1), (second, 2)):
        code, (only,) = asked(at, capsys, file)
        assert (code, only["kind"], only["says"]) == (0, "trust-policy", {"version": number, "until": FAR})


def test_a_version_that_is_not_in_force_is_said_to_be_none(desk, capsys):
    at = desk()
    before = at.store.current(PAST).digest
    lacking = at.version(2, before, "root", roots={"threshold": 2, "keys": [chains.pem("root"), chains.pem("root-2")]})
    assert failed(at, capsys, lacking) == ("policy-threshold", 5, "role")


@pytest.mark.parametrize("who", ["root", "stranger"])
def test_a_root_signs_the_trust_policy_alone(desk, who, capsys):
    at = desk()
    assert failed(at, capsys, at.one("release", by=who)) == ("signature", 2, "signature")


def test_an_assessor_signs_no_policy(desk, capsys):
    at = desk()
    statement = read(envelope.read((at.folder / "version-1.sigstore.json").read_bytes()).payload)
    mine = replace(statement, predicate={**statement.predicate, "version": 2})
    assert failed(at, capsys, at.put(mine, "assessor", "mine")) == ("policy-threshold", 5, "role")


# What is said ---------------------------------------------------------------------------------------------------------------


def test_it_says_what_a_release_says(desk, capsys):
    at = desk()
    file = at.one("release")
    code, (only,) = asked(at, capsys, file)
    assert (code, only["says"]) == (
        0,
        {
            "contract": CONTRACT,
            "milestone": "m1",
            "round": 1,
            "amount": 734500,
            "currency": "CAD",
            "payee": "Parcels Inc.",
            "invoice": "2026-17",
            "commit": chains.COMMIT,
        },
    )
    assert main(["verify", "--trust", str(at.store.folder), str(file)]) == 0
    out = capsys.readouterr().out
    for line in ("contract: MA-2026-014", "amount: 7,345.00 CAD", "payee: Parcels Inc.", f"commit: {chains.COMMIT}"):
        assert f"    {line}\n" in out
    assert main(["verify", "--trust", str(at.store.folder), str(file), "--language", "fr"]) == 0
    assert "    montant\u202f: 7\u202f345,00\u202fCAD\n" in capsys.readouterr().out
    assert main(["verify", "--trust", str(at.store.folder), str(at.one("acceptance")), "--language", "fr"]) == 0
    assert "    verdict\u202f: accepté\n" in capsys.readouterr().out


def test_what_a_statement_says_acts_on_no_terminal(desk, capsys):
    at = desk()
    said = {**STATEMENTS["release"].predicate, "payee": "Parcels\x1b[2J\u202e Inc."}
    file = at.put(replace(STATEMENTS["release"], predicate=said), "supplier", "forged")
    assert main(["verify", "--trust", str(at.store.folder), str(file)]) == 4
    out = capsys.readouterr().out
    assert "    payee: Parcels\\u001b[2J\\u202e Inc.\n" in out


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("acceptance", {"verdict": "accepted", "commit": chains.COMMIT}),
        ("assessment", {"kind": "official", "verdict": "pending", "commit": chains.COMMIT}),
        ("certification", {"amount": 734500, "currency": "CAD", "payee": "Parcels Inc.", "invoice": "2026-17"}),
        ("decision", {"criterion": "requirements", "outcome": "met"}),
        ("waiver", {"criterion": "style", "until": "2098-01-01"}),
        ("paid", {"contract": CONTRACT, "milestone": "m1", "event": "paid"}),
    ],
)
def test_it_says_what_each_says(desk, name, wanted, capsys):
    at = desk()
    said = asked(at, capsys, at.one(name))[1][0]["says"]
    assert {one: said.get(one) for one in wanted} == wanted
    assert said["contract"] == CONTRACT


# An older policy, and much to read ------------------------------------------------------------------------------------------


def test_a_policy_that_is_older_than_a_release_in_the_ledger_is_refused(desk, capsys):
    """Whoever took the newest version out of the folder, and the note that it was seen, did not take it out of the ledger."""
    at = desk()
    released = STATEMENTS["release"]
    later = replace(released, predicate={**released.predicate, "policy": {"version": 2, "digest": "f" * 64}})
    file = at.put(later, "gate", "released")
    logged.made(at.folder / "ledger", entries=0)
    with logged.opened(at.folder / "ledger") as log, log.transaction() as page:
        answered = chains.Purchase().answer()
        page.append(book.release(answered.case, digest(file)), file.read_bytes())
    words = ["verify", "--trust", str(at.store.folder), str(file), "--ledger", str(at.folder / "ledger")]
    assert main(words) == 4
    said = "The trust policy is version 1; a release in the ledger was made under version 2."
    assert said in capsys.readouterr().err
    at.version(2, at.store.current(PAST).digest, "root")
    assert main(words) == 0


def test_files_are_read_one_after_the_other_and_not_kept(desk, capsys):
    at = desk()
    (at.folder / "big").mkdir()
    for number in range(8):
        with (at.folder / "big" / f"{number}.sigstore.json").open("wb") as handle:
            handle.truncate(MOST + 10)
    tracemalloc.start()
    try:
        code, told = asked(at, capsys, at.folder / "big")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (code, {one["code"] for one in told}) == (4, {"too-large"})
    assert most < 4 * MOST
