"""Desks with keys in files, a trust policy, a ledger and a signed contract, on which the commands are tried.

desk = made(folder)            # once
desk.run("verify", "chain")    # exit code, what was printed, what was said
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from verifier import rulebook
from verifier.cli import main
from verifier.criteria import judge
from verifier.model import (
    Cause,
    CheckResult,
    Delivery,
    Finding,
    Kind,
    Measure,
    Observations,
    Outcome,
    Role,
    Trouble,
    Value,
)
from verifier.policy import Comparison, Criteria
from verifier.report import Report, as_json, criteria_entry, to_dict

PASSPHRASE = "a long passphrase"
NAMES = ("root", "root-2", "requester", "supplier", "assessor", "certifier", "payer", "gate", "ledger")
REPOSITORY = "https://127.0.0.1:9/parcels.git"
COMMIT = "1" * 40
TIER = "namespaces"
BLOCKING = tuple(
    Finding(
        rule="bandit:B306", message="The name may be taken by then.", path="rates.py", line=line, excerpt=f"run({line})"
    )
    for line in (1, 2)
)
FINDINGS = tuple(one.fingerprint for one in BLOCKING)
"""Of two findings that block `security.blocking`."""
ROSTER: dict[str, Any] = {
    "expires": "2999-01-01",
    "people": [
        {"id": "r.client", "keys": ["requester.pub"], "roles": ["requester"]},
        {"id": "s.dev", "keys": ["supplier.pub"], "roles": ["supplier"], "addresses": ["dev@example.org"]},
        {"id": "a.tech", "keys": ["assessor.pub"], "roles": ["assessor"]},
        {"id": "c.manager", "keys": ["certifier.pub"], "roles": [{"role": "certifier", "limit": "10000.00"}]},
        {"id": "desk", "keys": ["gate.pub"], "roles": ["gate"]},
    ],
    "ledgers": ["ledger.vkey"],
}
CONTRACT: dict[str, Any] = {
    "id": "MA-2026-014",
    "title": {"en": "Parcel rates", "fr": "Tarifs des colis"},
    "supplier": "s.dev",
    "requester": "r.client",
    "payee": "Example Code Co-operative",
    "currency": "CAD",
    "ceiling": "10000.00",
    "milestones": [{"id": "m1", "title": {"en": "All", "fr": "Tout"}, "price": "6500.00", "tax": "845.00"}],
    "repository": REPOSITORY,
    "licence": "MIT",
    "requirements": [{"id": "rates", "text": {"en": "It computes.", "fr": "Elle calcule."}}],
    "awarded": "2026-01-01",
    "ends": "2999-01-01",
}


@dataclass(frozen=True)
class Desk:
    folder: Path

    def run(self, *words: str) -> tuple[int, str, str]:
        """One command, in this process and this folder: exit code, standard output, standard error."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = main(list(words))
        finally:
            os.chdir(before)
        out.flush()
        return code, out.buffer.getvalue().decode(), err.getvalue()  # type: ignore[attr-defined]

    def done(self, *words: str) -> str:
        """The standard output of one that must work."""
        code, out, err = self.run(*words)
        assert code == 0, f"{words}\n{out}\n{err}"
        return out

    def signed(self, command: str, *words: str, by: str, to: str, code: int = 0) -> Path:
        """One that signs without asking. The file that it wrote."""
        told = self.run(command, *words, "--key", f"file:{by}.key", "--yes", "--output", f"{to}.sigstore.json")
        assert told[0] == code, told
        return self.folder / f"{to}.sigstore.json"

    def files(self) -> dict[str, bytes]:
        """All that lies there."""
        return {str(one.relative_to(self.folder)): one.read_bytes() for one in self.folder.rglob("*") if one.is_file()}

    def copy(self, folder: Path) -> Desk:
        return Desk(Path(shutil.copytree(self.folder, folder, dirs_exist_ok=True)))


def keyed(folder: Path, repository: str = REPOSITORY) -> Desk:
    """Everybody has a key, nobody trusts anybody yet."""
    desk = Desk(folder)
    for name in NAMES:
        (folder / f"{name}.pub").write_text(desk.done("keys", "new", f"{name}.key"))
    (folder / "ledger.vkey").write_text(
        desk.done("ledger", "new", "payments.ledger", "--origin", "example.org/payments", "--key", "file:ledger.key")
    )
    (folder / "roster.yml").write_text(yaml.safe_dump(ROSTER))
    (folder / "contract.yml").write_text(yaml.safe_dump(CONTRACT | {"repository": repository}))
    return desk


def awarded(desk: Desk, commit: str = COMMIT) -> Desk:
    """A trust policy, a contract that both parties signed, and the report of an official run."""
    desk.done("trust", "init", "roster.yml", "--key", "file:root.key", "--yes")
    (desk.folder / "chain").mkdir()
    desk.signed("sign", "contract.yml", by="requester", to="chain/contract-requester")
    desk.signed("sign", "chain/contract-requester.sigstore.json", by="supplier", to="chain/contract-supplier")
    write_report(desk, commit)
    return desk


def write_report(desk: Desk, commit: str = COMMIT, *, kind: Kind = Kind.OFFICIAL, **outcomes: str) -> None:
    """report.json: everything is met but what a person decides, and what is told otherwise here."""
    agreed = rulebook.load_contract(desk.folder / "contract.yml")
    criteria = rulebook.load_profile("micro-ca", contract=agreed)
    told = {name.replace("_", "."): value for name, value in outcomes.items()}
    found = results(criteria, told)
    report = Report(
        delivery=Delivery(url=agreed.repository, commit=commit, tree="2" * 40, manifest="3" * 64),
        criteria=criteria_entry(criteria),
        judgement=judge(criteria, found, today="2026-11-22", tier=TIER),
        results=found,
        sandbox={"tier": TIER, "promises": []},
        started="2026-11-22T10:00:00Z",
        finished="2026-11-22T10:01:00Z",
        kind=kind,
        contract=agreed.id,
    )
    open_ = {one.criterion: one.outcome.value for one in report.judgement.outcomes if one.outcome is not Outcome.MET}
    assert open_ == {"requirements": "awaiting a decision", **told}
    (desk.folder / "report.json").write_text(as_json(to_dict(report)))


def results(criteria: Criteria, told: Mapping[str, str]) -> tuple[CheckResult, ...]:
    """What checkers saw where this is what it comes to: `unmet` or `undetermined` by the names of criteria, else met."""
    measured: dict[str, Any] = {}
    found: dict[tuple[str, str], Observations] = {}
    for one in criteria.criteria:
        outcome, topic = told.get(one.id, "met"), one.check.partition(".")[0]
        if one.comparison and outcome != "undetermined":
            value = _value(one.comparison, met=outcome == "met")
            measured[one.check] = max(measured.get(one.check, value), value)
        for name in one.by if one.manual is None else ():
            first = name == one.by[0]
            found[topic, name] = Observations(
                findings=BLOCKING if first and outcome == "unmet" else (),
                trouble=Trouble(cause=Cause.TIME, message="late") if first and outcome == "undetermined" else None,
            )
    units = {one.check: one.comparison.unit for one in criteria.criteria if one.comparison}
    for topic in {name.partition(".")[0] for name in measured}:
        of_it = [name for name in measured if name.startswith(f"{topic}.")]
        found[topic, topic] = Observations(
            measures=tuple(Measure(name=name, value=measured[name], unit=units[name]) for name in of_it)
        )
    return tuple(
        CheckResult(name=name, topic=topic, tool=name, seen=seen, examined=1, looked_at={Role.SOURCE: 1})
        for (topic, name), seen in sorted(found.items(), key=lambda one: one[0])
    )


def _value(wanted: Comparison, *, met: bool) -> Value:
    """One that just holds, or just does not."""
    if not isinstance(wanted.value, int):
        return str(wanted.value) if met else "LicenseRef-other"
    step = -1 if wanted.op == "at_least" else 1
    return wanted.value if met else wanted.value + step
