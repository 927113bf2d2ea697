"""verifier gate FILE…: may this be paid? From signed statements and the ledger alone; the answer is entered there."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import lasthead, signing
from verifier.cli.assess import access, add_access
from verifier.cli.language import language
from verifier.cli.record.post import at_once
from verifier.cli.recording import opened
from verifier.errors import VerifierError
from verifier.files import write
from verifier.words import Text, Translate, later, say

if TYPE_CHECKING:
    from verifier.gate.answer import Answered
    from verifier.gate.case import Case
    from verifier.gate.codes import Reason
    from verifier.gate.known import Seen
    from verifier.gate.paying import Outcome

ANSWERS = {
    0: ("pay", later("Pay.")),
    1: ("do-not-pay", later("Do not pay.")),
    3: ("not-yet", later("Not yet.")),
    4: ("trust-failure", later("Do not pay: what was handed over may not be trusted.")),
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "gate",
        help=tr("answer whether this may be paid"),
        description=tr(
            "Answers from the chain's signed statements and the ledger whether a milestone may be paid: pay (exit code 0), do "
            "not pay (1), not yet (3), trust failure (4). A yes is a signed payment release, once; no and not yet are entries of "
            "the ledger. With --record, the release is posted to the record's payer."
        ),
    )
    asked = signing.add_chain(command, tr)
    asked.add_argument("--amount", metavar=tr("AMOUNT"), help=tr("the amount that is to be paid"))
    asked.add_argument("--payee", metavar=tr("NAME"), help=tr("who is to be paid"))
    asked.add_argument("--invoice", metavar=tr("NUMBER"), help=tr("the invoice that is to be paid"))
    asked.add_argument("--offline", action="store_true", help=tr("do not ask the repository about the commit"))
    add_access(command, tr)
    command.add_argument("--json", action="store_true", help=tr("write the answer as JSON"))
    signing.add_all(command, tr, ledger=True)
    command.set_defaults(run=run)


FIRST = 2
"""The number of the first check in docs/trust.md; 1 is what each file must hold before it is one of the chain."""


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 pay, 1 do not pay, 3 not yet, 4 trust failure."""
    from dataclasses import replace

    from verifier.gate.answer import cases
    from verifier.gate.asked import narrowed
    from verifier.gate.paying import pay

    if not signing.filed_alone(arguments):
        signing.refuse_nowhere(_target(arguments))
    case = signing.case(arguments, signing.now())
    looked = [replace(one, seen=_look(one, arguments)) for one in cases(narrowed(case))]
    with signing.ledger(arguments, case.policy, writing=True) as ledger:
        outcome = pay(looked, ledger, lambda answered, head: _release(answered, head, arguments), signing.now)
        lasthead.keep(Path(arguments.trust), ledger.key, outcome.head)
    code = _tell(arguments, outcome, _kept(outcome, arguments) if outcome.release else None)
    if outcome.release and arguments.record:
        at_once(arguments, outcome.release)
    return code


def _target(arguments: argparse.Namespace) -> Path:
    return Path(arguments.output or f"release{signing.SUFFIX}")


def _kept(outcome: Outcome, arguments: argparse.Namespace) -> Path:
    """Where the release lies, with the ledger's head beside it: in the record, where one was named, and at --output."""
    target = _target(arguments)
    if arguments.record:
        with opened(arguments, writing=True) as records:
            (filed,) = records.file([outcome.release])
        target = filed.path if signing.filed_alone(arguments) else target
    if not (target.is_file() and target.read_bytes() == outcome.release):
        signing.refuse_existing(
            target
        )  # whoever named the file of something else names another, and has the same release
        write(target, outcome.release)
    write(target.with_suffix(".checkpoint"), outcome.head)
    return target


def _look(case: Case, arguments: argparse.Namespace) -> Seen:
    """What the repository says of the commit; why it could not be asked is part of the answer."""
    from verifier.checkout import Limits, Request
    from verifier.checkout.standing import standing
    from verifier.gate.known import Seen

    if case.contract is None or not case.commit():
        return Seen()
    if arguments.offline:
        return Seen(why=say("--offline was given."))
    try:
        request = Request(where=case.contract["repository"], limits=Limits(), **access(arguments))
        found = standing(request, case.commit(), case.contract.get("merged"))
    except VerifierError as error:
        return Seen(why=error.text)
    return Seen(reachable=found.reachable, merged=found.merged, head=found.head)


def _release(answered: Answered, head: str, arguments: argparse.Namespace) -> tuple[str, bytes]:
    """The payload's digest, and the signed release as it is stored. Raises TrustError for a key that is not the gate's."""
    from verifier import drafts
    from verifier.statements.envelope import bundle, digest
    from verifier.statements.statement import write

    payload = write(drafts.release(answered.case, [name for name, _ in answered.reasons], head))
    if not signing.filed_alone(arguments):
        signing.refuse_existing(_target(arguments))
    envelope = signing.signed(payload, arguments)
    case = answered.case
    for by in signing.read_bytes(bundle(envelope), case.policy).by:
        case.policy.grant(by.person, "gate", case.about["contract"], by.moment(case.request.now))
    return digest(envelope), bundle(envelope)


def _tell(arguments: argparse.Namespace, outcome: Outcome, release: Path | None) -> int:
    word, sentence = ANSWERS[outcome.answer]
    checks = outcome.answered.reasons if outcome.answered else ()
    reasons = [one for _, found in checks for one in found]
    about = _about(outcome)
    if arguments.json:
        told = {
            "answer": word,
            "about": about,
            "repeated": outcome.repeated,
            "reasons": [_reason(one) for one in reasons],
            "checks": [
                {"number": number, "check": name, "reasons": [one.code for one in found]}
                for number, (name, found) in enumerate(checks, FIRST)
            ],
        }
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return int(outcome.answer)
    lines = [say(sentence), *_purchase(about), *_clock(outcome)]
    lines += [say("  {code}: {words}", code=one.code, words=one.words) for one in reasons]
    if outcome.repeated:
        lines.append(say("  repeated: this release was made before."))
    if release:
        lines.append(say("  The payment release: {path}", path=release))
    spoken = language(arguments)
    sys.stdout.write("".join(line.in_language(spoken) + "\n" for line in lines))
    return int(outcome.answer)


def _clock(outcome: Outcome) -> list[Text]:
    """Where the ledger has an entry that is later than the clock says, one of the two is wrong."""
    now, clock = outcome.answered.case.request.now if outcome.answered else "", signing.now()
    if now <= clock:
        return []
    return [say("  The clock says {clock}; judged as of the ledger's newest entry, {now}.", clock=clock, now=now)]


def _about(outcome: Outcome) -> dict[str, Any]:
    """What the answer is about: of a yes what the release itself says, else what the chain does. What nothing says is null."""
    from verifier.statements import envelope, statement

    if outcome.release:
        signed = envelope.read(outcome.release)
        said: Mapping[str, Any] = statement.read(signed.payload).predicate
        part, commit, digest = said["about"], said["commit"], envelope.digest(signed)
    else:
        case = outcome.answered.case if outcome.answered else None
        certification = case.chain.certification if case else None
        said = certification.statement.predicate if certification else {}
        part, commit, digest = (case.about if case else {}), (case.commit() if case else ""), ""
    found = {name: part.get(name) for name in ("contract", "milestone")}
    found |= {name: said.get(name) for name in ("amount", "currency", "payee", "invoice")}
    return {name: value or None for name, value in (found | {"commit": commit, "release": digest}).items()}


def _purchase(about: Mapping[str, Any]) -> Iterator[Text]:
    from verifier.statements.strict import shown
    from verifier.units import money

    if about["contract"]:
        part = {name: shown(about[name] or "-") for name in ("contract", "milestone")}
        yield say(
            "  Contract {contract}, milestone {milestone}, commit {commit}", commit=about["commit"] or "-", **part
        )
    if about["amount"]:
        amount = money(about["amount"], about["currency"])
        terms = {name: shown(about[name]) for name in ("payee", "invoice")}
        yield say("  {amount} to {payee}, invoice {invoice}", amount=amount, **terms)
    if about["release"]:
        yield say("  The digest of the release: {digest}", digest=about["release"])


def _reason(one: Reason) -> dict[str, Any]:
    return {"code": one.code, "answer": ANSWERS[one.answer][0], "words": {"en": one.words.en, "fr": one.words.fr}}
