"""verifier record post: tells the payer of every release that it is still to be told of. For cron, and after a payer's mishap."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.errors import VerifierError
from verifier.words import Text, Translate, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.procurement.payment.outbox import Outbox
    from verifier.procurement.payment.post import Post

NOT_TAKEN = 3
"""The exit code where the payer does not have a release that was due, or one is given up."""


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "post",
        help=tr("post payment releases to the payer"),
        description=tr(
            "Posts every payment release of the ledger that is due to the payer's endpoint in record.yml, each until it is "
            "taken or given up. It tells; it never moves money. Exit code 3 where a release was not taken, or is given up."
        ),
    )
    command.add_argument("--again", metavar=tr("DIGEST"), help=tr("this release from the beginning, once more"))
    command.add_argument("--wait", action="store_true", help=tr("go on until no release is due any more"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where the payer has everything that was due; 3 where it has not."""
    from verifier.procurement.payment.outbox import Outbox

    with opened(arguments, writing=False) as records:
        outbox = Outbox(records)
        outbox.payer()
        if arguments.again:
            outbox.again(arguments.again.removeprefix("sha256:"))
        sent = _sent(outbox, outbox.due(), arguments)
        while arguments.wait and (waiting := outbox.waiting()):
            time.sleep(_pause(waiting))
            sent |= _sent(outbox, outbox.due(), arguments)
        given_up = outbox.given_up()
        _tell(outbox, (one for one in given_up if one.digest not in sent), arguments)
    return NOT_TAKEN if given_up or not all(one.posted for one in sent.values()) else 0


def at_once(arguments: argparse.Namespace, release: bytes) -> None:
    """After the gate's yes, for `verifier gate`: what goes wrong is told, and is tried again by the next `record post`."""
    from verifier.procurement.payment.outbox import Outbox
    from verifier.statements import envelope

    digest = envelope.digest(envelope.read(release))
    try:
        with opened(arguments, writing=False) as records:
            outbox = Outbox(records)
            if outbox.used:
                _sent(outbox, [one for one in outbox.due() if one.digest == digest], arguments)
    except (VerifierError, OSError) as error:
        why = error.text if isinstance(error, VerifierError) else Text(str(error), str(error))
        words = say("The release is not posted yet: {why} `verifier record post` tries it again.", why=why)
        _write(words, arguments)


def _sent(outbox: Outbox, posts: Iterable[Post], arguments: argparse.Namespace) -> dict[str, Post]:
    """What became of each, by its digest; it is told as soon as it is known."""
    sent = {}
    for one in outbox.send(posts):
        _tell(outbox, [one], arguments)
        sent[one.digest] = one
    return sent


def _tell(outbox: Outbox, posts: Iterable[Post], arguments: argparse.Namespace) -> None:
    from verifier.render.release_post import told

    for one in posts:
        _write(told(outbox.contract(one), one, outbox.rules.tries), arguments)


def _write(words: Text, arguments: argparse.Namespace) -> None:
    sys.stderr.write(words.in_language(language(arguments)) + "\n")
    sys.stderr.flush()


def _pause(waiting: Iterable[Post]) -> float:
    """Seconds until the first of them is due."""
    from verifier.procurement.payment.post import seconds_until

    return seconds_until(min(one.next for one in waiting), signing.now())
