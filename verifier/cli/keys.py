"""`verifier keys`: make a key, show the public part of one, or bring one in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli.language import add_language, language
from verifier.cli.passphrase import add_passphrase, given, passphrase
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.keys.file import PrivateKey
    from verifier.keys.public import PublicKey

KINDS = ("ecdsa-p256", "rsa-3072", "ed25519")
"""As `verifier.keys.file` has them, which is imported when a key is made."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    keys = commands.add_parser(
        "keys",
        help=tr("make a signing key, show its public part, or bring one in"),
        epilog=tr(
            "Examples: verifier keys new supplier.key > supplier.pub · verifier keys show file:supplier.key · "
            "verifier keys show awskms:alias/assessor · verifier keys import old.pem supplier.key"
        ),
    )
    actions = keys.add_subparsers(dest="action", required=True, metavar=tr("ACTION"))
    for action in (_new(actions, tr), _show(actions, tr), _import(actions, tr)):
        add_passphrase(action, tr)
        add_language(action, tr)
    keys.set_defaults(run=run)


def _new(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> argparse.ArgumentParser:
    new = actions.add_parser(
        "new", help=tr("make a key in an encrypted file and print its public part; never writes over one")
    )
    new.add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the file for the private key"))
    new.add_argument(
        "--kind", choices=KINDS, default=KINDS[0], help=tr("the kind of key (default: {kind})", kind=KINDS[0])
    )
    return new


def _show(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> argparse.ArgumentParser:
    show = actions.add_parser("show", help=tr("print the public part of a key, and the id by which it is known"))
    show.add_argument(
        "place",
        metavar=tr("LOCATION|FILE"),
        help=tr(
            "where the private key is (file:, hsm:, awskms:, azurekms:, gcpkms:, hv:), or a file with a public key"
        ),
    )
    show.add_argument("--dev", action="store_true", help=tr("read file2: as well, a private key that anyone can read"))
    return show


def _import(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> argparse.ArgumentParser:
    bring = actions.add_parser(
        "import",
        help=tr("take a private key in PEM into an encrypted file and print its public part; never writes over one"),
    )
    bring.add_argument("source", type=Path, metavar=tr("OLD"), help=tr("the private key as it is"))
    bring.add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the file for the private key"))
    bring.add_argument(
        "--source-passphrase-file",
        type=Path,
        metavar=tr("FILE"),
        help=tr("read the passphrase of the key as it is there (default: it is asked for)"),
    )
    return bring


def run(arguments: argparse.Namespace) -> int:
    """0. Raises UsageError for a file that exists, a wrong passphrase or location, WorldError for a place out of reach."""
    match arguments.action:
        case "new":
            from verifier.keys.file import KINDS as MAKERS

            _write(MAKERS[arguments.kind](), arguments)
        case "import":
            _write(_source(arguments), arguments)
        case "show":
            _print(_public(arguments))
    return 0


def _write(key: PrivateKey, arguments: argparse.Namespace) -> None:
    from verifier.keys import file

    made = file.written(key, arguments.file, passphrase(arguments, str(arguments.file), twice=True)())
    _print(made)
    words = say("{file}: written; its location is file:{file}. Without its passphrase it is lost.", file=arguments.file)
    sys.stderr.write(words.in_language(language(arguments)) + "\n")


def _source(arguments: argparse.Namespace) -> PrivateKey:
    from verifier import files
    from verifier.keys import file

    secret = arguments.source_passphrase_file
    pem = files.read(arguments.source, most=file.LONGEST)
    return file.private(pem, arguments.source, lambda: given(secret, language(arguments), str(arguments.source)))


def _public(arguments: argparse.Namespace) -> PublicKey:
    from verifier import files, keys
    from verifier.keys import public

    path = Path(arguments.place)
    if ":" not in arguments.place or path.is_file():
        return public.from_pem(files.read(path, most=public.LONGEST))
    return keys.signer(arguments.place, passphrase(arguments, arguments.place), dev=arguments.dev).public


def _print(key: PublicKey) -> None:
    """As a PEM file whose first line says which key it is: readers of PEM pass over it."""
    sys.stdout.write(f"{key.kind} {key.id}\n{key.pem}")
