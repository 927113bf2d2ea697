"""verifier revoke FILE: a statement of one's own no longer counts."""

from __future__ import annotations

import argparse
from pathlib import Path

from verifier.cli import signing
from verifier.words import Translate


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "revoke",
        help=tr("revoke a statement of your own"),
        description=tr(
            "Signs that a statement which you signed no longer counts, and enters that in the ledger, where the gate sees it "
            "whatever files it is given. Keys are revoked by the root keys: verifier trust revoke."
        ),
    )
    command.add_argument("file", metavar=tr("FILE"), help=tr("the signed statement"))
    command.add_argument("--reason", required=True, metavar=tr("TEXT"), help=tr("why, for whoever reads it later"))
    command.add_argument("--from", dest="start", metavar=tr("TIME"), help=tr("from when on (default: now)"))
    signing.add_all(command, tr, ledger=True)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0. Raises TrustError where somebody else signed it."""
    from verifier import drafts
    from verifier.statements.statement import write

    now = signing.now()
    start = now if arguments.start is None else signing.moment(arguments.start)
    of = signing.only([arguments.file], signing.policy(arguments, now))
    statement = drafts.revocation(of.digest, of.statement.subject, start, arguments.reason)
    target = Path(arguments.output or f"revocation-{of.digest[:8]}{signing.SUFFIX}")
    signing.sign_payload(write(statement), arguments, target, of=of)
    return 0
