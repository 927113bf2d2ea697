"""verifier verify FILE…: a signed statement checked offline, step by step: who signed what, when, under which policy."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import add_language, language
from verifier.errors import TrustError
from verifier.words import Text, Translate, say

if TYPE_CHECKING:
    from verifier.trust.policy import TrustPolicy

TRUST_FAILURE = 4


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "verify",
        help=tr("verify signed statements, offline"),
        description=tr("Verifies signed statements, offline: every step with its result, and who signed what, when."),
    )
    command.add_argument("files", nargs="+", metavar=tr("FILE"), help=tr("signed statements, or folders of them"))
    signing.add_trust(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all of them hold, else 4."""
    now = signing.now()
    trust = signing.policy(arguments, now)
    spoken = language(arguments)
    words = say("Trust policy: version {version}, until {moment}", version=trust.version, moment=trust.expires)
    sys.stdout.write(words.in_language(spoken) + "\n")
    held = [_verify(path, trust, spoken) for path in signing.paths(arguments.files)]
    return 0 if all(held) else TRUST_FAILURE


def _verify(path: Path, trust: TrustPolicy, spoken: str) -> bool:
    from verifier.render.statement import signers
    from verifier.trust.holders import Holders
    from verifier.trust.reading import STEPS, read
    from verifier.trust.shapes import SCHEMAS

    done: list[str] = []
    signed, trouble = None, None
    try:
        signed = read(signing.content(path), trust, Holders.of(trust), done.append)
    except TrustError as error:
        trouble = error
    lines: list[Text] = [Text(f"{path}", f"{path}")]
    for number, (name, sentence) in enumerate(STEPS.items(), 1):
        if name in done:
            lines.append(say("  {n} ✓ {sentence}", n=number, sentence=say(sentence)))
        elif trouble is not None:
            lines.append(say("  {n} ✗ {why} ({code})", n=number, why=trouble.text, code=trouble.code))
            break
    if signed is not None:
        lines.append(say("  {kind} {digest}", kind=SCHEMAS[signed.type], digest=signed.digest))
        lines.append(say("  signed by {people}", people=signers([(by.person, by.key, by.at) for by in signed.by])))
    sys.stdout.write("".join(line.in_language(spoken) + "\n" for line in lines))
    return signed is not None
