"""verifier verify FILE…: signed statements checked offline, step by step: who signed what, when, under which policy."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import signing
from verifier.cli.language import add_language, language
from verifier.cli.recording import ledger_place
from verifier.errors import TrustError, UsageError
from verifier.words import LANGUAGES, Text, Translate, say

if TYPE_CHECKING:
    from verifier.gate.alone import Others
    from verifier.trust.policy import TrustPolicy
    from verifier.trust.signed import Signed
    from verifier.verifying import Further, Reader, Verified

TRUST_FAILURE = 4


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "verify",
        help=tr("verify signed statements, or an audit pack, offline"),
        description=tr("Verifies signed statements, offline: every step with its result, and who signed what, when."),
    )
    command.add_argument(
        "files", nargs="+", metavar=tr("FILE"), help=tr("signed statements, or folders of them; or one audit pack")
    )
    told = tr("of an audit pack: the fingerprint of the root keys (SHA-256 of pins.json) that are to be trusted")
    command.add_argument("--pins", metavar=tr("FINGERPRINT"), help=told)
    more = command.add_argument_group(tr("further steps"))
    told = tr("the folder of the report: the evidence that the assessment names lies there, unchanged")
    more.add_argument("--evidence", type=Path, metavar=tr("FOLDER"), help=told)
    told = tr("the ledger's file: nothing of the files was revoked there, and it holds the release")
    more.add_argument("--ledger", type=ledger_place, metavar=tr("LEDGER"), help=told)
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
    from verifier.cli import verify_pack

    if verify_pack.named(arguments):
        return verify_pack.run(arguments)
    paths = signing.paths(arguments.files)
    if (arguments.proof is None) != (arguments.entry is None):
        raise UsageError(say("--proof and --entry go together."))
    if arguments.bare and len(paths) != 1:
        raise UsageError(say("--bare writes one statement; {n} files were named.", n=len(paths)))
    now = signing.now()
    try:
        trust = signing.policy(arguments, now)
    except TrustError as error:
        if arguments.json:
            print_json({"policy": None, "files": [], **trouble(error)})
        raise
    found, further = _verified(paths, arguments, trust, now)
    held = all(one.trouble is None for one in found)
    if held:
        _refuse_idle(found, further, arguments)
    if arguments.json:
        print_json({"policy": policy_document(trust), "files": [document(one) for one in found]})
    else:
        tell(found, trust, language(arguments))
    if held and arguments.bare:
        _write_bare(found[0], arguments.bare)
    return 0 if held else TRUST_FAILURE


def _verified(
    paths: list[Path], arguments: argparse.Namespace, trust: TrustPolicy, now: str
) -> tuple[list[Verified], dict[str, Further]]:
    """Of each file what came of it, and the steps that were made. Revocations and the record's events wait for the others: those
    say whose statement one revokes, and who the parties are.
    """
    from verifier.gate.alone import Others
    from verifier.trust.store import Store
    from verifier.verifying import Reader, verified

    reader = Reader(trust, Store(Path(arguments.trust)))
    others = Others()
    with _further(arguments, trust, now, reader, others) as further:
        files = ((path, signing.content(path)) for path in paths)
        found = {one.path: one for one in verified(files, reader, others, further, keep=bool(arguments.bare))}
    return [found[path] for path in paths], further


@contextmanager
def _further(
    arguments: argparse.Namespace,
    trust: TrustPolicy,
    now: str,
    reader: Reader,
    others: Others,
) -> Iterator[dict[str, Further]]:
    """The steps that are made, by name. The others are the statements that were read by then."""
    from verifier import evidence, verifying
    from verifier.statements import uris
    from verifier.verifying import EVIDENCE, RECORDED, ROLE, UNREVOKED, Further

    def in_role(signed: Signed) -> None:
        verifying.check_signer(signed, trust, now, reader, others)

    def shown(signed: Signed) -> bool:
        return verifying.can_tell(signed, others)

    steps: dict[str, Further] = {ROLE: Further(check=in_role, concerns=shown)}
    steps[UNREVOKED] = Further(check=lambda signed: verifying.check_unrevoked(signed, trust, now, ""))
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
    from verifier.gate import book

    with signing.ledger(arguments, trust, writing=False) as ledger, ledger.reading() as page:

        def unrevoked(signed: Signed) -> None:
            verifying.check_unrevoked(signed, trust, now, book.revoked(page, signed.digest))

        def entered(signed: Signed) -> None:
            found = page.find(kind="release", subject=signed.statement.digests.get("sha256", ""))
            verifying.demand_recorded(signed.digest in {one.entry.statement for one in found})

        yield {
            **steps,
            UNREVOKED: Further(check=unrevoked),
            RECORDED: Further(type=uris.RELEASE, check=entered),
        }


def _proved(signed: Signed, arguments: argparse.Namespace, trust: TrustPolicy) -> None:
    """By one of the ledgers that the policy names. Raises TrustError with the reason why not."""
    from verifier.ledger.entry import RELEASE, entry_of
    from verifier.ledger.proof import check_inclusion
    from verifier.note import key_of
    from verifier.verifying import demand_recorded

    leaf, proof = signing.content(arguments.entry).removesuffix(b"\n"), signing.content(arguments.proof)
    trouble = TrustError(say("The trust policy names no ledger."), code="log-key")
    for key in map(key_of, trust.ledgers):
        try:
            check_inclusion(proof, leaf, key)
        except TrustError as error:
            trouble = error
        else:
            entry = entry_of(leaf)
            demand_recorded((entry.kind, entry.statement) == (RELEASE, signed.digest))
            return
    raise trouble


def _refuse_idle(found: list[Verified], further: dict[str, Further], arguments: argparse.Namespace) -> None:
    """A step that was asked for and made with no file must not look as if it had held. A ledger is asked about every file."""
    from verifier.trust.shapes import SCHEMAS
    from verifier.verifying import RECORDED

    types = {one.type for one in found}
    for name, step in further.items():
        asked = step.type and not (name == RECORDED and arguments.ledger)
        if asked and step.type not in types:
            raise UsageError(say("No {kind} is among the files.", kind=SCHEMAS[step.type]))


def _write_bare(one: Verified, target: Path) -> None:
    from verifier.files import write
    from verifier.statements import envelope

    read = envelope.read(one.data)
    if any(signature.keyless for signature in read.signatures):
        words = say("A bare envelope has no place for the certificate without which a keyless signature says nothing.")
        raise UsageError(words)
    write(target, envelope.bare(read))


def tell(found: list[Verified], trust: TrustPolicy, spoken: str) -> None:
    from verifier.gate.alone import told
    from verifier.render.inert import inert
    from verifier.render.statement import signers
    from verifier.trust.shapes import SCHEMAS
    from verifier.verifying import numbered

    numbers = numbered()
    lines = [say("Trust policy: version {version}, until {moment}", version=trust.version, moment=trust.expires)]
    for one in found:
        path = inert(str(one.path))
        lines.append(Text(path, path))
        for name in one.held:
            number, words = numbers[name]
            lines.append(say("  {n} ✓ {sentence}", n=number, sentence=words))
        if one.trouble is not None:
            words = say("  {n} ✗ {why} ({code})", n=numbers[one.failed][0], why=one.trouble.text, code=one.trouble.code)
            lines.append(words)
        if one.type:
            by = [(by.person, by.key, by.at) for by in one.by]
            lines.append(say("  {kind} {digest}", kind=SCHEMAS[one.type], digest=one.digest))
            lines += [
                say("    {label}: {value}", label=label, value=inert(value.in_language(spoken)))
                for label, value in told(one.says)
            ]
            lines.append(say("  signed by {people}", people=signers(by)))
    sys.stdout.write("".join(line.in_language(spoken) + "\n" for line in lines))


def document(one: Verified) -> dict[str, Any]:
    from verifier.trust.shapes import SCHEMAS
    from verifier.verifying import numbered

    numbers = numbered()
    steps = [*((name, True) for name in one.held), *([(one.failed, False)] if one.trouble else [])]
    return {
        "file": str(one.path),
        "steps": [{"number": numbers[name][0], "step": name, "held": held} for name, held in steps],
        **trouble(one.trouble),
        "kind": SCHEMAS[one.type] if one.type else None,
        "digest": one.digest or None,
        "says": dict(one.says),
        "signers": [{"person": by.person, "key": by.key, "time": by.at} for by in one.by],
    }


def trouble(error: TrustError | None) -> dict[str, Any]:
    if error is None:
        return {"code": None, "message": None}
    return {"code": error.code, "message": {spoken: error.in_language(spoken) for spoken in LANGUAGES}}


def policy_document(trust: TrustPolicy) -> dict[str, Any]:
    return {"version": trust.version, "expires": trust.expires, "digest": trust.digest}


def print_json(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
