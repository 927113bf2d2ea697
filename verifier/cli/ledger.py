"""`verifier ledger`: begin a ledger, verify one or a proof of it, and hand out heads, proofs and entries."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import add_language, language
from verifier.cli.passphrase import add_passphrase, passphrase
from verifier.cli.recording import ledger_place
from verifier.errors import TrustError, UsageError
from verifier.words import LANGUAGES, Translate, later, say, say_n

if TYPE_CHECKING:
    from verifier.ledger import Ledger
    from verifier.note import Checkpoint, Key

LEDGER = later("the ledger: its file, or postgresql://HOST/NAME")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    ledger = commands.add_parser("ledger", help=tr("begin a ledger, verify it, and show what is in it"))
    actions = ledger.add_subparsers(dest="action", required=True, metavar=tr("ACTION"))
    new = actions.add_parser("new", help=tr("begin an empty ledger, and print the key that others verify it with"))
    verify = actions.add_parser("verify", help=tr("verify a whole ledger, or a proof of it"))
    prove = actions.add_parser("prove", help=tr("prove that an entry is in it, or that it holds all of an earlier one"))
    checkpoint = actions.add_parser("checkpoint", help=tr("print its signed head, to be kept elsewhere"))
    export = actions.add_parser("export", help=tr("print its entries, one JSON document a line"))
    told = tr("copy it as it is, from a file to a database or back, while nobody appends to it")
    copy = actions.add_parser("copy", help=told)
    named = tr("the name of the ledger, which no other has: example.com/payments")
    new.add_argument("--origin", required=True, metavar=tr("NAME"), help=named)
    kept = tr("where its private key is, as file:ledger.key; Ed25519 or ECDSA P-256")
    new.add_argument("--key", required=True, metavar=tr("LOCATION"), help=kept)
    add_passphrase(new, tr)
    _add_enter(actions, tr)
    for action in (new, prove, checkpoint, export):
        action.add_argument("file", type=ledger_place, metavar=tr("LEDGER"), help=tr(LEDGER))
    told = tr("the ledger, or a proof that `prove` wrote")
    verify.add_argument("file", type=ledger_place, metavar=tr("FILE"), help=told)
    copy.add_argument("file", type=ledger_place, metavar=tr("LEDGER"), help=tr(LEDGER))
    copy.add_argument("target", type=ledger_place, metavar=tr("TARGET"), help=tr("where to; nothing lies there yet"))
    for action in (verify, prove, checkpoint, export, copy):
        told = tr("the key that verifies its heads (name+hash+base64), or a file with it")
        action.add_argument("--log-key", required=True, metavar=tr("KEY"), help=told)
        kept = tr("a head of it that was kept elsewhere; may be given several times")
        action.add_argument("--head", action="append", default=[], type=Path, metavar=tr("FILE"), help=kept)
    leaf = tr("the entry that the proof is of, as `export` prints it")
    verify.add_argument("--entry", type=Path, metavar=tr("FILE"), help=leaf)
    verify.add_argument("--json", action="store_true", help=tr("print the result as JSON, with a reason code"))
    asked = prove.add_mutually_exclusive_group(required=True)
    asked.add_argument("--entry", type=int, metavar=tr("NUMBER"), help=tr("the entry, counted from 0"))
    asked.add_argument("--since", type=Path, metavar=tr("FILE"), help=tr("a head of the earlier ledger"))
    for action in (new, verify, prove, checkpoint, export, copy):
        add_language(action, tr)
    ledger.set_defaults(run=run)


def _add_enter(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    enter = actions.add_parser("enter", help=tr("enter signed statements, such as a contract that both parties signed"))
    enter.add_argument("ledger", type=ledger_place, metavar=tr("LEDGER"), help=tr(LEDGER))
    enter.add_argument("files", nargs="+", metavar=tr("FILE"), help=tr("signed statements, or folders of them"))
    kept = tr("where the ledger's private key is, which signs its heads")
    enter.add_argument("--key", dest="ledger_key", required=True, metavar=tr("LOCATION"), help=kept)
    told = tr("read the passphrase of the ledger's key there")
    enter.add_argument("--passphrase-file", dest="ledger_passphrase_file", type=Path, metavar=tr("FILE"), help=told)
    kept = tr("a head of it that was kept elsewhere; may be given several times")
    enter.add_argument("--head", action="append", default=[], type=Path, metavar=tr("FILE"), help=kept)
    signing.add_trust(enter, tr)
    add_language(enter, tr)


def run(arguments: argparse.Namespace) -> int:
    """0. Raises UsageError for what cannot be right, TrustError for a ledger or a proof that is not what was signed."""
    if arguments.action == "new":
        return _new(arguments)
    if arguments.action == "enter":
        return _enter(arguments)
    if arguments.action == "verify":
        return _verify(arguments)
    from verifier.ledger import copy, opened

    key = _key(arguments.log_key)
    if arguments.action == "copy":
        copy(arguments.file, arguments.target, key)
        return 0
    with opened(arguments.file, key, remembered=_heads(arguments.head, key)) as ledger:
        if arguments.action == "prove":
            _write(_proof(ledger, arguments))
        elif arguments.action == "checkpoint":
            _write(ledger.checkpoint())
        else:
            for leaf in ledger.leaves():
                _write(leaf + b"\n")
    return 0


def _new(arguments: argparse.Namespace) -> int:
    from verifier import keys
    from verifier.ledger import create
    from verifier.note import named

    signer = keys.signer(arguments.key, passphrase(arguments, arguments.key))
    key = _typed(named, arguments.origin, signer.public.der)
    create(arguments.file, key, signer.sign)
    _write(f"{key}\n".encode())
    return 0


def _enter(arguments: argparse.Namespace) -> int:
    """Each statement that the ledger does not have yet: all of them or none."""
    from verifier.gate.book import enter, ordered

    trust = signing.policy(arguments, signing.now())
    found = ordered(signing.read(arguments.files, trust))
    with signing.ledger(arguments, trust, writing=True) as ledger, ledger.transaction() as page:
        for one in found:
            enter(page, one, trust, signing.now())
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    key = _key(arguments.log_key)
    try:
        found = _verified(arguments, key, _heads(arguments.head, key))
    except TrustError as error:
        if arguments.json:
            both = {spoken: error.in_language(spoken) for spoken in LANGUAGES}
            _write(_json({"origin": key.name, "reason": error.code, "message": both}))
        raise
    if arguments.json:
        _write(_json({"origin": found.origin, "size": found.size, "root": found.root.hex(), "reason": None}))
    else:
        words = say_n(
            found.size,
            "{origin}: {n} entry, root {root}; all of it holds",
            "{origin}: {n} entries, root {root}; all of it holds",
            origin=found.origin,
            root=found.root.hex(),
        )
        _write(f"{words.in_language(language(arguments))}\n".encode())
    return 0


def _verified(arguments: argparse.Namespace, key: Key, heads: list[Checkpoint]) -> Checkpoint:
    """The head of the ledger, or the one that a proof is of."""
    from verifier.ledger import opened, proof

    start = _read(arguments.file, most=len(proof.INCLUSION)) if isinstance(arguments.file, Path) else b""
    if start == proof.INCLUSION:
        if not arguments.entry:
            raise UsageError(say("This proof is of an entry: give it with --entry."))
        return proof.check_inclusion(_read(arguments.file), _read(arguments.entry).removesuffix(b"\n"), key)
    if start.startswith(proof.GROWTH):
        if len(heads) != 1:
            raise UsageError(say("This proof is of a ledger's growth: give the earlier head with --head."))
        return proof.check_growth(_read(arguments.file), heads[0], key)
    with opened(arguments.file, key, remembered=heads) as ledger:
        return ledger.verify()


def _proof(ledger: Ledger, arguments: argparse.Namespace) -> bytes:
    try:
        if arguments.entry is not None:
            return ledger.prove(arguments.entry)
        return ledger.prove_growth(*_heads([arguments.since], ledger.key))
    except IndexError as error:
        raise UsageError(say("The ledger has no such entry, or the earlier one was empty.")) from error


def _key(words: str) -> Key:
    """What was typed, or the file of that name."""
    from verifier.note import key_of

    return _typed(key_of, _read(Path(words)).decode(errors="replace") if Path(words).is_file() else words)


def _typed(read: Callable[..., Key], *told: object) -> Key:
    """Whoever typed a key or a name that can be none can mend it: a UsageError."""
    try:
        return read(*told)
    except TrustError as error:
        raise UsageError(error.args[0]) from error


def _heads(files: list[Path], key: Key) -> list[Checkpoint]:
    from verifier.note import opened

    return [opened(_read(file), key) for file in files]


def _read(file: Path, most: int = -1) -> bytes:
    try:
        with file.open("rb") as handle:
            return handle.read(most)
    except OSError as error:
        raise UsageError(say("{file} cannot be read ({error})", file=file, error=error.strerror)) from error


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def _write(document: bytes) -> None:
    sys.stdout.buffer.write(document)
    sys.stdout.buffer.flush()
