"""verifier sign FILE: signs a report as an assessment, a contract file as a contract, or a statement drafted elsewhere."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import awarding, documents, signing, unsigned
from verifier.cli.language import language
from verifier.errors import TrustError, UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.policy import Criteria
    from verifier.report import Report
    from verifier.statements.statement import Statement
    from verifier.trust.signed import Signed

DAYS = 90
"""How long an assessment may be accepted from and paid on, where nothing else was said."""
MOST_DAYS = 3650


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "sign",
        help=tr("sign a report, a contract, or another statement"),
        description=tr(
            "Signs a report.json as an assessment, a contract file (YAML) as a contract, a statement drafted elsewhere (JSON) or "
            "the payload of a statement that somebody else signed already. What is signed is shown first, from its very bytes."
        ),
    )
    told = tr("report.json or its folder, the store in which workers leave reports, contract.yml, or a statement")
    command.add_argument("file", metavar=tr("FILE"), help=told)
    about = command.add_argument_group(tr("an assessment"))
    told = tr("the signed contract, or its folder; without it the report is signed as a self-check")
    about.add_argument("--contract", action="append", default=[], metavar=tr("FILE"), help=told)
    about.add_argument("--milestone", metavar=tr("ID"), help=tr("the milestone (default: the contract's only one)"))
    about.add_argument(
        "--round", type=int, default=1, metavar=tr("NUMBER"), help=tr("the round of delivery (default: 1)")
    )
    about.add_argument("--days", type=int, default=DAYS, help=tr("how many days it may be used (default: {n})", n=DAYS))
    documents.add_profile(command, tr)
    told = tr("of a store: go on, and look again after so many seconds")
    command.add_argument("--every", type=int, metavar=tr("SECONDS"), help=told)
    signing.add_all(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.fleet.store import is_store
    from verifier.statements.statement import read as read_payload

    if not 1 <= arguments.days <= MOST_DAYS:
        raise UsageError(say("--days is a number from 1 to {most}.", most=MOST_DAYS))
    path = Path(arguments.file)
    if is_store(path):
        return unsigned.run(arguments, run)
    if arguments.every is not None:
        raise UsageError(say("--every is for the store of workers' reports; {path} is none.", path=path))
    if path.is_dir() or path.name.endswith("report.json"):
        statement = _assessment(path / "report.json" if path.is_dir() else path, arguments)
        name = "assessment" if statement.predicate["kind"] == "official" else "self-check"
        signing.sign(statement, arguments, Path(arguments.output or f"{name}{signing.SUFFIX}"))
        _keep_evidence(statement, arguments, path if path.is_dir() else path.parent)
    elif path.suffix in (".yml", ".yaml"):
        statement = _contract(path, arguments)
        awarding.before(statement, arguments)
        signing.sign(statement, arguments, _target(path, arguments))
    else:
        payload = _payload(path)
        awarding.before(read_payload(payload), arguments)
        _tell_amendment(payload, arguments)
        signing.sign_payload(payload, arguments, _target(path, arguments))
    return 0


def _tell_amendment(payload: bytes, arguments: argparse.Namespace) -> None:
    """What the other party changed, before it is signed: against the version that the record has. Raises UsageError."""
    from verifier.cli.recording import opened
    from verifier.render.compared import compared
    from verifier.statements import statement, uris

    drafted = statement.read(payload)
    amends = drafted.predicate.get("amends") if drafted.predicate_type == uris.CONTRACT else None
    if not amends or not arguments.record:
        return
    with opened(arguments, writing=False) as records:
        versions = records.record(str(drafted.predicate["id"])).versions
    agreed = next((one for one in versions if one.digest == amends), None)
    if agreed is None:
        raise UsageError(say("The version of the contract that this one amends is not in the record."))
    sys.stderr.write(compared(agreed.statement, drafted).in_language(language(arguments)))


def _keep_evidence(statement: Statement, arguments: argparse.Namespace, folder: Path) -> None:
    """Into the record, where one was named: what the assessment rests on goes with it."""
    if not arguments.record:
        return
    from verifier.cli.recording import opened
    from verifier.procurement.evidence import keep

    with opened(arguments, writing=False) as records:
        keep(records, statement, folder)


def _target(path: Path, arguments: argparse.Namespace) -> Path:
    """Several sign the same statement: the file's name has the name of the key."""
    if arguments.output:
        return Path(arguments.output)
    stem = path.name.removesuffix(signing.SUFFIX).partition(".")[0]
    scheme, _, rest = arguments.key.partition(":")
    signer = Path(rest).name.partition(".")[0] or scheme
    return Path(f"{stem}.{signer}{signing.SUFFIX}")


def _contract(path: Path, arguments: argparse.Namespace) -> Statement:
    """Raises CriteriaError for a file that is not valid, TrustError for one without all that is signed."""
    from verifier import drafts, rulebook
    from verifier.procurement import business

    agreed = rulebook.load_contract(path)
    if cure := agreed.terms.get("cure"):
        business.check(cure["holidays"])
    criteria = documents.criteria_of(arguments, agreed)
    return drafts.contract(agreed, criteria)


def _assessment(path: Path, arguments: argparse.Namespace) -> Statement:
    """Official where the report is and the signed contract is there; without a contract a self-check. Raises TrustError where a
    report cannot be the official one of that contract.
    """
    from hashlib import sha256

    from verifier import drafts

    raw = signing.content(path)
    report, document = documents.report_of(raw, path)
    moment = datetime.now(UTC) + timedelta(days=arguments.days)
    part = _part(report, document, arguments) if arguments.contract else None
    statement = drafts.assessment(
        document,
        sha256=sha256(raw).hexdigest(),
        part=part,
        nonce=secrets.token_hex(16),
        expires=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    _refuse_other_evidence(statement, path)
    return statement


def _part(report: Report, document: Mapping[str, Any], arguments: argparse.Namespace) -> dict[str, Any]:
    from verifier import drafts
    from verifier.agreed import agreed, newest

    now = signing.now()
    trust = signing.policy(arguments, now)
    found = newest(signing.read(arguments.contract, trust))
    if len(found) != 1:
        raise UsageError(say("{n} contracts are among the files of --contract; one is needed.", n=len(found)))
    _refuse(document, found[0])
    if not (arguments.criteria or arguments.profile):
        arguments.profile = found[0].statement.predicate["criteria"]["profile"]
    _judge_again(report, document, documents.criteria_of(arguments, agreed(found, trust, now)[0]))
    return drafts.about(found[0], milestone_of(found[0], arguments), arguments.round)


def _refuse(report: Mapping[str, Any], contract: Signed) -> None:
    """A self-check is never called official, and an official report is that of this very contract."""
    agreed = contract.statement.predicate
    if report["kind"] != "official":
        words = say(
            "The report is a self-check; only `verifier assess` with the signed contract makes an official one."
        )
        raise TrustError(words, code="self-check")
    if report["contract"] != agreed["id"] or report["delivery"]["url"] != agreed["repository"]:
        words = say("The report is of another contract or repository than {contract}.", contract=agreed["id"])
        raise TrustError(words, code="other-contract")
    if report["criteria"]["digest"] != contract.statement.digests["sha256"]:
        words = say("The report was judged by other criteria than the contract names.")
        raise TrustError(words, code="other-criteria")


def _judge_again(report: Report, document: Mapping[str, Any], criteria: Criteria) -> None:
    """The report says what its own results come to under these criteria, whatever was written into it since. Raises TrustError.

    Its waivers are proposals: those that count are signed, of an assessment that stands.
    """
    from dataclasses import replace

    from verifier.criteria import judge
    from verifier.report import to_dict

    if criteria.digest != document["criteria"]["digest"]:
        words = say("These are not the criteria that the contract names; give them with --criteria or --profile.")
        raise UsageError(words)
    judged = judge(criteria, report.results, today=report.started[:10], tier=str(report.sandbox["tier"]))
    again = to_dict(replace(report, judgement=judged))
    other = [name for name in ("verdict", "score", "outcomes") if document[name] != again[name]]
    if other:
        words = say(
            "Judged again, the report's results come to something else than it says ({names}). Sign the report as verifier "
            "{version} made it.",
            names=", ".join(other),
            version=document["verifier"],
        )
        raise TrustError(words, code="result-mismatch")


def _refuse_other_evidence(statement: Statement, path: Path) -> None:
    """Where the evidence lies beside the report, it is what the report names. Raises TrustError."""
    from verifier import evidence

    if (path.parent / "evidence").is_dir():
        evidence.check(statement.predicate["evidence"], path.parent)


def milestone_of(contract: Signed, arguments: argparse.Namespace) -> str:
    """The one that was named, else the contract's only one. Raises UsageError."""
    names = [one["id"] for one in contract.statement.predicate["milestones"]]
    name = arguments.milestone or (names[0] if len(names) == 1 else "")
    if name not in names:
        raise UsageError(say("Give --milestone; the contract has {names}.", names=", ".join(names)))
    return str(name)


def _payload(path: Path) -> bytes:
    """The statement drafted in a file, in its canonical form; of one that was signed already the very bytes."""
    from verifier.statements import envelope, statement, strict

    raw = signing.content(path)
    document = strict.parse(raw)
    if isinstance(document, dict) and "_type" in document:
        return statement.write(statement.shaped(document))
    return envelope.read(raw).payload
