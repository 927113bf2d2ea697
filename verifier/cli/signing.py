"""What the commands that sign share: whose key, under which policy, shown before it is signed, written whole or not at all."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli.language import add_language, language
from verifier.cli.passphrase import VARIABLE, add_passphrase, given, passphrase
from verifier.cli.recording import FOLDER, LEDGER, TRUST, add_record, ledger_place, opened
from verifier.errors import TrustError, UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.gate.case import Case
    from verifier.keys import Signer
    from verifier.ledger import Ledger
    from verifier.note import Key
    from verifier.statements.envelope import Envelope
    from verifier.statements.statement import Statement
    from verifier.trust.policy import TrustPolicy
    from verifier.trust.signed import Signed

SUFFIX = ".sigstore.json"
KEYLESS = "sigstore:"
"""In the place of a key's location: an identity signs, which an issuer vouches for."""
MOST_TOKEN, MOST_SERVICES = 64 * 1024, 1024 * 1024
LEDGER_KEY = "VERIFIER_LEDGER_KEY"
MOST_FILES, MOST_BYTES = 1000, 64 * 1024 * 1024
"""Of one purchase; a statement has some kilobytes, that of a large delivery some megabytes."""
TIME = "%Y-%m-%dT%H:%M:%SZ"


def add_all(command: argparse.ArgumentParser, tr: Translate, *, ledger: bool = False) -> None:
    """What every command that signs a statement has; `ledger`: it needs one."""
    add_trust(command, tr)
    add_ledger(command, tr, required=ledger)
    add_key(command, tr)
    command.add_argument("--output", metavar=tr("FILE"), help=tr("write it here"))
    add_language(command, tr)


def add_opening(command: argparse.ArgumentParser, tr: Translate, run: Callable[[argparse.Namespace], int]) -> None:
    """What every command has that opens the record and signs nothing, and the function that it runs."""
    add_trust(command, tr)
    add_ledger(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def add_trust(command: argparse._ActionsContainer, tr: Translate) -> None:
    told = tr(
        "the folder of the trust policy (default: ${variable}, else {folder})",
        variable=TRUST,
        folder=FOLDER,
    )
    command.add_argument("--trust", metavar=tr("FOLDER"), help=told)
    add_record(command, tr)


def add_chain(command: argparse.ArgumentParser, tr: Translate) -> argparse._ArgumentGroup:
    """The chain's files, or the record's, and which purchase they are asked about."""
    told = tr("the chain's signed statements, or their folder (default: those of --contract in the record)")
    command.add_argument("files", nargs="*", metavar=tr("FILE"), help=told)
    asked = command.add_argument_group(tr("which purchase"))
    told = tr("the contract; needed where the files are about several")
    asked.add_argument("--contract", metavar=tr("ID"), help=told)
    told = tr("the milestone; needed where the files are about several")
    asked.add_argument("--milestone", metavar=tr("ID"), help=told)
    return asked


def add_key(command: argparse.ArgumentParser, tr: Translate) -> None:
    group = command.add_argument_group(tr("signing"))
    told = tr("where the private key is: file:PATH, hsm:, awskms: …; {keyless} signs without one", keyless=KEYLESS)
    group.add_argument("--key", metavar=tr("LOCATION"), required=True, help=told)
    add_passphrase(command, tr)
    told = tr("without a key: read the identity token there, whose audience is sigstore")
    group.add_argument("--identity-token-file", type=Path, metavar=tr("FILE"), help=told)
    told = tr("without a key: Sigstore's client trust configuration, which is its root and its services' addresses")
    group.add_argument("--sigstore", type=Path, metavar=tr("FILE"), help=told)
    group.add_argument("--stamp", metavar=tr("URL"), help=tr("ask this time-stamp authority when it was signed"))
    group.add_argument("--yes", action="store_true", help=tr("sign without asking"))


def add_ledger(command: argparse.ArgumentParser, tr: Translate, *, required: bool = False) -> None:
    group = command.add_argument_group(tr("ledger"))
    told = tr(
        "the ledger, where what is signed is entered: its file, or postgresql://HOST/NAME (default: the record's, else "
        "${variable})",
        variable=LEDGER,
    )
    group.add_argument("--ledger", type=ledger_place, metavar=tr("LEDGER"), help=told)
    command.set_defaults(ledger_needed=required)
    told = tr("where the ledger's private key is, which signs its heads (default: ${variable})", variable=LEDGER_KEY)
    group.add_argument("--ledger-key", metavar=tr("LOCATION"), default=os.environ.get(LEDGER_KEY), help=told)
    group.add_argument(
        "--ledger-passphrase-file",
        type=Path,
        metavar=tr("FILE"),
        help=tr("read the passphrase of the ledger's key there"),
    )
    group.add_argument(
        "--head",
        action="append",
        default=[],
        type=Path,
        metavar=tr("FILE"),
        help=tr("a head of the ledger that was kept elsewhere; may be given several times"),
    )


def now() -> str:
    """The time, read once a command, in UTC and whole seconds."""
    return datetime.now(UTC).strftime(TIME)


def moment(typed: str) -> str:
    """A time as statements have it. Raises UsageError for another form, and for one that no calendar has."""
    try:
        read_back = datetime.strptime(typed, TIME).replace(tzinfo=UTC).strftime(TIME)
    except ValueError:
        read_back = ""
    if read_back != typed:
        raise UsageError(say("{text} is no time such as 2026-11-29T00:00:00Z.", text=typed))
    return typed


def day(typed: str) -> str:
    """A day as statements have it, or "". Raises UsageError for another form, and for one that no calendar has."""
    try:
        if not typed or date.fromisoformat(typed).isoformat() == typed:
            return typed
    except ValueError:
        pass
    raise UsageError(say("{day} is no day such as 2026-11-29.", day=typed))


def policy(arguments: argparse.Namespace, moment: str) -> TrustPolicy:
    """The trust policy in force. Raises TrustError."""
    from verifier.trust.store import Store

    return Store(Path(arguments.trust)).current(moment)


def read(names: list[str], trust: TrustPolicy) -> tuple[Signed, ...]:
    """Every statement in these files, and in the folders among them. Raises TrustError for one that does not hold."""
    from verifier.render.inert import inert
    from verifier.trust.holders import Holders
    from verifier.trust.reading import read as read_one
    from verifier.trust.signed import together

    holders = Holders.of(trust)
    found, left = [], MOST_BYTES
    for path in paths(names):
        data = content(path)
        left -= len(data)
        if left < 0:
            raise UsageError(say("The files have over {most} bytes together; they are not read.", most=MOST_BYTES))
        try:
            found.append(read_one(data, trust, holders))
        except TrustError as error:
            raise TrustError(say("{path}: {why}", path=inert(str(path)), why=error.text), code=error.code) from error
    return together(found)


def read_bytes(bundle: bytes, trust: TrustPolicy) -> Signed:
    """The statement of a bundle that was just made."""
    from verifier.trust.holders import Holders
    from verifier.trust.reading import read as read_one

    return read_one(bundle, trust, Holders.of(trust))


def one(name: str, uri: str, trust: TrustPolicy) -> Signed:
    """The one statement of a file, of this type. Raises UsageError for another."""
    from verifier.trust.shapes import SCHEMAS

    found = only([name], trust)
    if found.type != uri:
        raise UsageError(say("{path} is not a signed {kind}.", path=name, kind=SCHEMAS[uri]))
    return found


def only(names: list[str], trust: TrustPolicy) -> Signed:
    """The one statement that the files hold, however many signed it. Raises UsageError for several."""
    found = read(names, trust)
    if len(found) != 1:
        raise UsageError(say("{n} statements are in {names}; one is needed.", n=len(found), names=", ".join(names)))
    return found[0]


def case(
    arguments: argparse.Namespace,
    moment: str,
    *,
    without: tuple[str, ...] = (),
    narrow: Callable[[Case], Case] = lambda case: case,
) -> Case:
    """What the files named say, under the policy, with what the ledger holds about their contract.

    Statements of the types `without` are left aside, and with them what was revoked: who judges again starts from what people
    said and stand by. `narrow` leaves those of one purchase. Of a record's own folder, what was entered counts alone.
    """
    from verifier.gate import book
    from verifier.gate.case import Case
    from verifier.gate.chain import Chain
    from verifier.gate.known import Known, Request, Seen
    from verifier.units import cents

    trust = policy(arguments, moment)
    typed = vars(arguments)
    amount = typed.get("amount")
    request = Request(
        now=moment,
        contract=typed.get("contract"),
        milestone=typed.get("milestone"),
        amount=None if amount is None else cents(amount),
        payee=typed.get("payee"),
        invoice=typed.get("invoice"),
    )
    chain = Chain.of(one for one in read(arguments.files, trust) if one.type not in without)
    made = Case(chain=chain, policy=trust, known=Known(), seen=Seen(), request=request)
    if not arguments.ledger:
        return narrow(made)
    with ledger(arguments, trust, writing=False) as opened, opened.reading() as page:
        return book.asked(made, page, moment, of_record=arguments.of_record, again=bool(without), narrow=narrow)


@contextmanager
def ledger(arguments: argparse.Namespace, trust: TrustPolicy, *, writing: bool) -> Iterator[Ledger]:
    """The ledger that was named, to read or to append. Its public key is one that the trust policy names."""
    from verifier import keys
    from verifier.cli import lasthead
    from verifier.ledger import opened
    from verifier.note import key_of
    from verifier.note import opened as head_of

    if writing:
        refuse_without_key(arguments)
    signer = keys.signer(arguments.ledger_key, _ledger_passphrase(arguments)) if writing else None
    key = _log_key([key_of(words) for words in trust.ledgers], signer)
    heads = [head_of(content(path), key) for path in arguments.head] + lasthead.seen(Path(arguments.trust), key)
    with opened(arguments.ledger, key, sign=signer.sign if signer else None, remembered=heads) as found:
        _refuse_older(found, trust)
        yield found


def _refuse_older(ledger: Ledger, trust: TrustPolicy) -> None:
    """Raises TrustError for a trust policy that is older than one under which this ledger's last release was made."""
    from verifier.statements import envelope
    from verifier.statements.statement import read as read_payload

    with ledger.reading() as page:
        releases = page.find(kind="release")
        stored = page.stored(releases[-1]) if releases else b""
    version = read_payload(envelope.read(stored).payload).predicate["policy"]["version"] if stored else 0
    if version > trust.version:
        words = say(
            "The trust policy is version {version}; a release in the ledger was made under version {seen}.",
            version=trust.version,
            seen=version,
        )
        raise TrustError(words, code="policy-rolled-back")


def _log_key(known: list[Key], signer: Signer | None) -> Key:
    """Of the ledgers that the policy names, the one whose key this is; without a key the only one."""
    from verifier.note import named

    if signer is not None:
        known = [one for one in known if str(named(one.name, signer.public.der)) == str(one)]
    if len(known) != 1:
        words = say("The trust policy does not name the ledger: {n} of its ledgers have this key.", n=len(known))
        raise TrustError(words, code="log-key")
    return known[0]


def _ledger_passphrase(arguments: argparse.Namespace) -> Callable[[], bytes]:
    """Asked for once, however often the ledger is opened: a descriptor is read once, and who typed it may have left."""
    spoken, known = language(arguments), vars(arguments)

    def asked() -> bytes:
        if "ledger_passphrase" not in known:
            path = arguments.ledger_passphrase_file
            known["ledger_passphrase"] = given(path, spoken, arguments.ledger_key, variable=VARIABLE)
        return bytes(known["ledger_passphrase"])

    return asked


def paths(names: list[str]) -> list[Path]:
    """The files named, and in folders all that end in .sigstore.json."""
    listed: list[Path] = []
    for name in names:
        path = Path(name)
        listed += sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not listed:
        raise UsageError(say("No signed statement is there: {names}.", names=", ".join(names)))
    if len(listed) > MOST_FILES:
        raise UsageError(say("{n} files were named; {most} are read at most.", n=len(listed), most=MOST_FILES))
    return listed


def content(path: Path) -> bytes:
    """The bytes of a file, and no more of it than a statement may have."""
    from verifier.files import read_plain
    from verifier.statements.strict import MOST

    return read_plain(path, most=MOST)


def sign(statement: Statement, arguments: argparse.Namespace, target: Path) -> Path:
    """Shows the statement from the bytes that are to be signed, asks, signs, and writes the bundle. Gives where it lies."""
    from verifier.statements.statement import write

    return sign_payload(write(statement), arguments, target)


def sign_payload(payload: bytes, arguments: argparse.Namespace, target: Path, *, of: Signed | None = None) -> Path:
    """The same of a payload that stands already; `of` is the statement that a revocation revokes."""
    from verifier.statements.envelope import bundle

    if not filed_alone(arguments):
        refuse_existing(target)
    if arguments.record or arguments.ledger:
        refuse_without_key(arguments)
    show(payload, arguments)
    kept = _keep(bundle(signed(payload, arguments)), target, arguments, of)
    sys.stderr.write(say("Signed: {path}", path=kept).in_language(language(arguments)) + "\n")
    return kept


def filed_alone(arguments: argparse.Namespace) -> bool:
    """Whether the record's own file is all that is written: nobody named another."""
    return bool(arguments.record and not arguments.output)


def signed(payload: bytes, arguments: argparse.Namespace) -> Envelope:
    """The payload with the signature of --key, time-stamped where that was asked for; without a key that of an identity."""
    from verifier import keys
    from verifier.statements.envelope import Envelope, Signature, pae

    if arguments.key == KEYLESS:
        return _keyless(payload, arguments)
    signer = keys.signer(arguments.key, passphrase(arguments, arguments.key))
    made = signer.sign(pae(payload))
    return Envelope(payload, (Signature(made, signer.public.id, _stamps(arguments, made)),))


def _keyless(payload: bytes, arguments: argparse.Namespace) -> Envelope:
    """Raises UsageError where token or services are missing, and as `verifier.keyless.sign`."""
    from verifier import keyless
    from verifier.files import read as read_file
    from verifier.statements import envelope

    if not (arguments.identity_token_file and arguments.sigstore):
        raise UsageError(say("Signing without a key needs --identity-token-file and --sigstore."))
    if arguments.stamp:
        raise UsageError(say("Sigstore says when it was signed; --stamp is for signatures by a key."))
    token = read_file(arguments.identity_token_file, most=MOST_TOKEN).decode("utf-8", "replace").strip()
    return envelope.read(keyless.sign(payload, token, read_file(arguments.sigstore, most=MOST_SERVICES)))


def _keep(made: bytes, target: Path, arguments: argparse.Namespace, of: Signed | None = None) -> Path:
    """Writes it, and where a record or a ledger was named, files or enters it there: both or neither. Gives where it lies."""
    from verifier.files import write

    if arguments.record:
        with opened(arguments, writing=True) as records:
            (filed,) = records.file([made])
        if filed_alone(arguments):
            return filed.path
    elif arguments.ledger:
        from verifier.gate.book import enter

        trust = policy(arguments, now())
        with ledger(arguments, trust, writing=True) as found, found.transaction() as page:
            enter(page, read_bytes(made, trust), trust, now(), of=of)
            write(target, made)
        return target
    write(target, made)
    return target


def _stamps(arguments: argparse.Namespace, signature: bytes) -> tuple[bytes, ...]:
    if not arguments.stamp:
        return ()
    from verifier.stamps import ask

    return (ask(arguments.stamp, signature),)


def refuse_without_key(arguments: argparse.Namespace) -> None:
    """Raises UsageError where nothing could be entered: before anybody reads and signs."""
    if not arguments.ledger_key:
        raise UsageError(say("Give --ledger-key, where the ledger's private key is."))


def refuse_nowhere(target: Path) -> None:
    if not target.absolute().parent.is_dir():
        raise UsageError(say("The folder of {path} does not exist.", path=target))


def refuse_existing(target: Path) -> None:
    refuse_nowhere(target)
    if target.exists():
        raise UsageError(say("{path} exists already; name another file with --output.", path=target))


def show(payload: bytes, arguments: argparse.Namespace) -> None:
    """What is shown is read back from the payload, so that nobody signs what they did not see.

    Raises UsageError where nobody says yes, or where what was typed makes no statement of that kind.
    """
    from verifier.render.statement import shown
    from verifier.statements.statement import read as read_payload
    from verifier.trust import shapes

    statement = read_payload(payload)
    try:
        shapes.check(statement)
    except TrustError as error:
        raise UsageError(error.text) from error
    spoken = language(arguments)
    sys.stderr.write(shown(statement, shapes.SCHEMAS[statement.predicate_type]))
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(say("Nobody is there to be asked; --yes signs without asking."))
    sys.stderr.write(say("Sign this? Type yes: ").in_language(spoken))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("yes", "oui"):
        raise UsageError(say("Not signed."))
