"""verifier verify FILE…: signed statements checked offline, step by step: who signed what, when, under which policy."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import signing
from verifier.cli.language import add_language, language
from verifier.errors import TrustError, UsageError
from verifier.words import LANGUAGES, Text, Translate, later, say

if TYPE_CHECKING:
    from verifier.gate.alone import Others
    from verifier.trust.holders import Holders
    from verifier.trust.policy import TrustPolicy
    from verifier.trust.signed import Signed, SignedBy
    from verifier.trust.store import Store

TRUST_FAILURE = 4
ROLE, UNREVOKED, EVIDENCE, RECORDED = "role", "unrevoked", "evidence", "recorded"
MORE = {
    ROLE: later("Somebody signed it who had the role that it needs, for its contract and at that time."),
    UNREVOKED: later("The statement was not revoked: by the trust policy, and by the ledger where one is given."),
    EVIDENCE: later("All evidence that the assessment names lies in the folder, as it was."),
    RECORDED: later("The ledger holds the release."),
}
"""Steps after those of every file; the last two where they were asked for. A step's number is the same for every file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A step that is made with some statements: those of `type`, or those for which `concerns` says so."""

    check: Callable[[Signed], None]
    type: str = ""
    concerns: Callable[[Signed], bool] = lambda _: True

    def made_with(self, signed: Signed) -> bool:
        return self.type in ("", signed.type) and self.concerns(signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of one file: the steps that held in their order, and the trouble that the next one, `failed`, had.

    Of the statement no more is kept than is told; `data` is kept for `--bare`.
    """

    path: Path
    held: tuple[str, ...]
    failed: str = ""
    trouble: TrustError | None = None
    type: str = ""
    digest: str = ""
    by: tuple[SignedBy, ...] = ()
    says: Mapping[str, Any] = field(default_factory=dict)
    data: bytes = b""


class Reader:
    """Reads statements of the people whom a trust policy names, and the policy's own versions, which root keys sign."""

    def __init__(self, trust: TrustPolicy, store: Store) -> None:
        from verifier.trust.holders import Holders

        self._trust, self._store = trust, store
        self._people = Holders.of(trust)

    def read(self, data: bytes, held: list[str]) -> Signed:
        """`held` gets the steps that hold. Raises TrustError at the first one that does not."""
        from verifier.statements import uris
        from verifier.trust.reading import read

        try:
            return read(data, self._trust, self._people, held.append)
        except TrustError as error:
            if error.code != "signature":
                raise
            steps: list[str] = []
            try:
                found = read(data, None, self._roots, steps.append)
            except TrustError:
                found = None
            if found is None or found.type != uris.TRUST_POLICY:
                raise
            held[:] = steps
            return found

    def check_in_force(self, signed: Signed) -> None:
        """Raises TrustError for a version of the trust policy that is not, and never was, in force here."""
        if signed.digest not in self._standing:
            words = say(
                "This version of the trust policy is not in force: too few root keys signed it, or it is not in the folder; "
                "`verifier trust show` prints the one that is."
            )
            raise TrustError(words, code="policy-threshold")

    @cached_property
    def _roots(self) -> Holders:
        return self._store.roots()

    @cached_property
    def _standing(self) -> frozenset[str]:
        return frozenset(one.digest for one in self._store.standing())


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

    reader = Reader(trust, Store(Path(arguments.trust)))
    others = Others()
    with _further(arguments, trust, now, reader, others) as further:
        files = ((path, signing.content(path)) for path in paths)
        found = {one.path: one for one in verified(files, reader, others, further, keep=bool(arguments.bare))}
    return [found[path] for path in paths], further


def verified(
    files: Iterable[tuple[Path, bytes]],
    reader: Reader,
    others: Others,
    further: Mapping[str, Further],
    *,
    keep: bool = False,
) -> list[Verified]:
    """Of each file what came of it, in their order. `others` gets every statement; `keep` keeps the bytes."""
    from verifier.statements import uris

    found: dict[Path, Verified] = {}
    waiting: dict[Path, Signed] = {}
    for path, data in files:
        one, signed = _opened(path, data, reader, keep=keep)
        found[path] = one
        if signed is None:
            continue
        others.add(signed)
        if signed.type in (uris.REVOCATION, uris.EVENT):
            waiting[path] = signed
        else:
            found[path] = _finished(one, signed, further)
    for path, signed in waiting.items():
        found[path] = _finished(found[path], signed, further)
    return list(found.values())


@contextmanager
def _further(
    arguments: argparse.Namespace,
    trust: TrustPolicy,
    now: str,
    reader: Reader,
    others: Others,
) -> Iterator[dict[str, Further]]:
    """The steps that are made, by name. The others are the statements that were read by then."""
    from verifier import evidence
    from verifier.statements import uris

    def in_role(signed: Signed) -> None:
        check_signer(signed, trust, now, reader, others)

    def shown(signed: Signed) -> bool:
        return can_tell(signed, others)

    steps: dict[str, Further] = {ROLE: Further(check=in_role, concerns=shown)}
    steps[UNREVOKED] = Further(check=lambda signed: check_unrevoked(signed, trust, now, ""))
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
            check_unrevoked(signed, trust, now, book.revoked(page, signed.digest))

        def entered(signed: Signed) -> None:
            found = page.find(kind="release", subject=signed.statement.digests.get("sha256", ""))
            demand_recorded(signed.digest in {one.entry.statement for one in found})

        yield {
            **steps,
            UNREVOKED: Further(check=unrevoked),
            RECORDED: Further(type=uris.RELEASE, check=entered),
        }


def can_tell(signed: Signed, others: Others) -> bool:
    """Whether it can be asked who may make it: of a revocation where what it revokes is among the others."""
    from verifier.statements import uris

    return signed.type != uris.REVOCATION or signed.statement.digests.get("sha256") in others.signers


def check_signer(
    signed: Signed,
    trust: TrustPolicy,
    now: str,
    reader: Reader,
    others: Others,
) -> None:
    from verifier.gate.alone import check_own, check_role
    from verifier.statements import uris

    if signed.type == uris.TRUST_POLICY:
        reader.check_in_force(signed)
    elif signed.type == uris.REVOCATION:
        check_own(signed, others)
    else:
        check_role(signed, trust, now, others)


def check_unrevoked(signed: Signed, trust: TrustPolicy, now: str, ledger: str) -> None:
    """`ledger` is from when on the ledger has it revoked."""
    moments = [one for one in (trust.revoked_statements.get(signed.digest), ledger) if one and one <= now]
    if moments:
        raise TrustError(say("The statement was revoked at {moment}.", moment=min(moments)), code="revoked")


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
            demand_recorded((entry.kind, entry.statement) == (RELEASE, signed.digest))
            return
    raise trouble


def demand_recorded(recorded: bool) -> None:
    if not recorded:
        raise TrustError(say("The ledger does not hold this release."), code="not-recorded")


def _opened(path: Path, data: bytes, reader: Reader, *, keep: bool) -> tuple[Verified, Signed | None]:
    """The steps of every file."""
    from verifier.gate.alone import says
    from verifier.trust.reading import STEPS

    held: list[str] = []
    try:
        signed = reader.read(data, held)
    except TrustError as error:
        trouble = TrustError(error.text, code=error.code)  # without the frames, which hold what was read
        return Verified(path=path, held=tuple(held), failed=[*STEPS][len(held)], trouble=trouble), None
    one = Verified(
        path=path,
        held=tuple(held),
        type=signed.type,
        digest=signed.digest,
        by=signed.by,
        says=says(signed),
        data=data if keep else b"",
    )
    return one, signed


def _finished(one: Verified, signed: Signed, further: Mapping[str, Further]) -> Verified:
    """With the further steps that are made with this statement, in their order."""
    held = list(one.held)
    for name in MORE:
        if name not in further or not further[name].made_with(signed):
            continue
        try:
            further[name].check(signed)
        except TrustError as error:
            return replace(one, held=tuple(held), failed=name, trouble=TrustError(error.text, code=error.code))
        held.append(name)
    return replace(one, held=tuple(held))


def _refuse_idle(found: list[Verified], further: dict[str, Further], arguments: argparse.Namespace) -> None:
    """A step that was asked for and made with no file must not look as if it had held. A ledger is asked about every file."""
    from verifier.trust.shapes import SCHEMAS

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


def _numbers() -> dict[str, tuple[int, Text]]:
    """Step -> its number and what it says."""
    from verifier.trust.reading import STEPS

    return {name: (number, say(words)) for number, (name, words) in enumerate({**STEPS, **MORE}.items(), 1)}


def tell(found: list[Verified], trust: TrustPolicy, spoken: str) -> None:
    from verifier.gate.alone import told
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
        if one.type:
            by = [(by.person, by.key, by.at) for by in one.by]
            lines.append(say("  {kind} {digest}", kind=SCHEMAS[one.type], digest=one.digest))
            lines += [
                say("    {label}: {value}", label=label, value=Text(inert(value.en), inert(value.fr)))
                for label, value in told(one.says)
            ]
            lines.append(say("  signed by {people}", people=signers(by)))
    sys.stdout.write("".join(line.in_language(spoken) + "\n" for line in lines))


def document(one: Verified) -> dict[str, Any]:
    from verifier.trust.shapes import SCHEMAS

    numbers = _numbers()
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
