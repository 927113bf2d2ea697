"""verifier verify FILE…: signed statements checked offline, step by step: who signed what, when, under which policy."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import signing
from verifier.cli.language import add_language, language
from verifier.errors import TrustError, UsageError
from verifier.words import LANGUAGES, Text, Translate, later, say

if TYPE_CHECKING:
    from verifier.trust.policy import TrustPolicy
    from verifier.trust.signed import Signed

TRUST_FAILURE = 4
EVIDENCE, RECORDED = "evidence", "recorded"
MORE = {
    EVIDENCE: later("All evidence that the assessment names lies in the folder, as it was."),
    RECORDED: later("The ledger holds the release."),
}
"""Steps after those of every file, where they were asked for. A step's number is the same for every file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A step that is made with the statements of one type."""

    type: str
    check: Callable[[Signed], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of one file: the steps that held in their order, and the trouble that the next one, `failed`, had."""

    path: Path
    data: bytes
    held: tuple[str, ...]
    failed: str = ""
    trouble: TrustError | None = None
    signed: Signed | None = None


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "verify",
        help=tr("verify signed statements, offline"),
        description=tr("Verifies signed statements, offline: every step with its result, and who signed what, when."),
    )
    command.add_argument("files", nargs="+", metavar=tr("FILE"), help=tr("signed statements, or folders of them"))
    more = command.add_argument_group(tr("further steps"))
    told = tr("the folder of the report: the evidence that the assessment names lies there, unchanged")
    more.add_argument("--evidence", type=Path, metavar=tr("FOLDER"), help=told)
    told = tr("the ledger's file: it holds the release")
    more.add_argument("--ledger", type=Path, metavar=tr("LEDGER"), help=told)
    told = tr("a head of the ledger that was kept elsewhere; may be given several times")
    more.add_argument("--head", action="append", default=[], type=Path, metavar=tr("FILE"), help=told)
    told = tr("a proof that the ledger holds the release, as `verifier ledger prove` wrote it; with --entry")
    more.add_argument("--proof", type=Path, metavar=tr("FILE"), help=told)
    told = tr("the entry that the proof is of, as `verifier ledger export` prints it")
    more.add_argument("--entry", type=Path, metavar=tr("FILE"), help=told)
    told = tr("write the one statement, once it holds, as a bare DSSE envelope for other verifiers")
    command.add_argument("--bare", type=Path, metavar=tr("PATH"), help=told)
    command.add_argument("--json", action="store_true", help=tr("print the result as JSON, with a reason code"))
    signing.add_trust(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all of them hold, else 4."""
    paths = signing.paths(arguments.files)
    if (arguments.proof is None) != (arguments.entry is None):
        raise UsageError(say("--proof and --entry go together."))
    if arguments.bare and len(paths) != 1:
        raise UsageError(say("--bare writes one statement; {n} files were named.", n=len(paths)))
    try:
        trust = signing.policy(arguments, signing.now())
    except TrustError as error:
        if arguments.json:
            _print({"policy": None, "files": [], **_trouble(error)})
        raise
    with _further(arguments, trust) as further:
        found = [_verify(path, trust, further) for path in paths]
    held = all(one.trouble is None for one in found)
    if held:
        _refuse_idle(found, further)
    if arguments.json:
        _print({"policy": _policy(trust), "files": [_document(one) for one in found]})
    else:
        _tell(found, trust, language(arguments))
    if held and arguments.bare:
        _write_bare(found[0], arguments.bare)
    return 0 if held else TRUST_FAILURE


@contextmanager
def _further(arguments: argparse.Namespace, trust: TrustPolicy) -> Iterator[dict[str, Further]]:
    """The steps that were asked for, by name."""
    from verifier import evidence
    from verifier.statements import uris

    steps: dict[str, Further] = {}
    if arguments.evidence:

        def unchanged(signed: Signed) -> None:
            evidence.check(signed.statement.predicate["evidence"], arguments.evidence)

        steps[EVIDENCE] = Further(type=uris.ASSESSMENT, check=unchanged)
    if arguments.proof:
        steps[RECORDED] = Further(type=uris.RELEASE, check=lambda signed: _proved(signed, arguments, trust))
    if not arguments.ledger:
        yield steps
        return
    if arguments.proof:
        raise UsageError(say("Give either --ledger or --proof, not both."))
    with signing.ledger(arguments, trust, writing=False) as ledger, ledger.reading() as page:

        def entered(signed: Signed) -> None:
            found = page.find(kind="release", subject=signed.statement.digests.get("sha256", ""))
            _demand(signed.digest in {one.entry.statement for one in found})

        yield {**steps, RECORDED: Further(type=uris.RELEASE, check=entered)}


def _proved(signed: Signed, arguments: argparse.Namespace, trust: TrustPolicy) -> None:
    """By one of the ledgers that the policy names. Raises TrustError with the reason why not."""
    from verifier.ledger.entry import RELEASE, entry_of
    from verifier.ledger.proof import check_inclusion
    from verifier.note import key_of

    leaf, proof = signing.content(arguments.entry).removesuffix(b"\n"), signing.content(arguments.proof)
    trouble = TrustError(say("The trust policy names no ledger."), code="log-key")
    for key in map(key_of, trust.ledgers):
        try:
            check_inclusion(proof, leaf, key)
        except TrustError as error:
            trouble = error
        else:
            entry = entry_of(leaf)
            _demand((entry.kind, entry.statement) == (RELEASE, signed.digest))
            return
    raise trouble


def _demand(recorded: bool) -> None:
    if not recorded:
        raise TrustError(say("The ledger does not hold this release."), code="not-recorded")


def _verify(path: Path, trust: TrustPolicy, further: dict[str, Further]) -> Verified:
    from verifier.trust.holders import Holders
    from verifier.trust.reading import STEPS, read

    data = signing.content(path)
    held: list[str] = []
    signed, trouble = None, None
    try:
        signed = read(data, trust, Holders.of(trust), held.append)
        for name in _concerning(signed, further):
            further[name].check(signed)
            held.append(name)
    except TrustError as error:
        trouble = error
    steps = [*STEPS, *(_concerning(signed, further) if signed else ())]
    failed = steps[len(held)] if trouble else ""
    return Verified(path=path, data=data, held=tuple(held), failed=failed, trouble=trouble, signed=signed)


def _concerning(signed: Signed, further: dict[str, Further]) -> list[str]:
    """The further steps that are made with this statement, in their order."""
    return [name for name in MORE if name in further and further[name].type == signed.type]


def _refuse_idle(found: list[Verified], further: dict[str, Further]) -> None:
    """A step that was asked for and made with no file must not look as if it had held."""
    from verifier.trust.shapes import SCHEMAS

    types = {one.signed.type for one in found if one.signed}
    for step in further.values():
        if step.type not in types:
            raise UsageError(say("No {kind} is among the files.", kind=SCHEMAS[step.type]))


def _write_bare(one: Verified, target: Path) -> None:
    from verifier.files import write
    from verifier.statements import envelope

    read = envelope.read(one.data)
    if any(signature.keyless for signature in read.signatures):
        words = say("A bare envelope has no place for the certificate without which a keyless signature says nothing.")
        raise UsageError(words)
    write(target, envelope.bare(read))


def _numbers() -> dict[str, tuple[int, Text]]:
    """Step -> its number and what it says."""
    from verifier.trust.reading import STEPS

    return {name: (number, say(words)) for number, (name, words) in enumerate({**STEPS, **MORE}.items(), 1)}


def _tell(found: list[Verified], trust: TrustPolicy, spoken: str) -> None:
    from verifier.render.inert import inert
    from verifier.render.statement import signers
    from verifier.trust.shapes import SCHEMAS

    numbers = _numbers()
    lines = [say("Trust policy: version {version}, until {moment}", version=trust.version, moment=trust.expires)]
    for one in found:
        lines.append(Text(inert(str(one.path)), inert(str(one.path))))
        for name in one.held:
            number, words = numbers[name]
            lines.append(say("  {n} ✓ {sentence}", n=number, sentence=words))
        if one.trouble is not None:
            words = say("  {n} ✗ {why} ({code})", n=numbers[one.failed][0], why=one.trouble.text, code=one.trouble.code)
            lines.append(words)
        if one.signed is not None:
            by = [(by.person, by.key, by.at) for by in one.signed.by]
            lines.append(say("  {kind} {digest}", kind=SCHEMAS[one.signed.type], digest=one.signed.digest))
            lines.append(say("  signed by {people}", people=signers(by)))
    sys.stdout.write("".join(line.in_language(spoken) + "\n" for line in lines))


def _document(one: Verified) -> dict[str, Any]:
    from verifier.trust.shapes import SCHEMAS

    numbers = _numbers()
    steps = [*((name, True) for name in one.held), *([(one.failed, False)] if one.trouble else [])]
    signers = one.signed.by if one.signed else ()
    return {
        "file": str(one.path),
        "steps": [{"number": numbers[name][0], "step": name, "held": held} for name, held in steps],
        **_trouble(one.trouble),
        "kind": SCHEMAS[one.signed.type] if one.signed else None,
        "digest": one.signed.digest if one.signed else None,
        "signers": [{"person": by.person, "key": by.key, "time": by.at} for by in signers],
    }


def _trouble(error: TrustError | None) -> dict[str, Any]:
    if error is None:
        return {"code": None, "message": None}
    return {"code": error.code, "message": {spoken: error.in_language(spoken) for spoken in LANGUAGES}}


def _policy(trust: TrustPolicy) -> dict[str, Any]:
    return {"version": trust.version, "expires": trust.expires, "digest": trust.digest}


def _print(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
