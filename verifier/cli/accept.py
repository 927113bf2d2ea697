"""verifier accept FILE…: assessment, decisions and waivers judged again, and the acceptance report signed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from verifier.cli import signing
from verifier.cli.documents import EXIT
from verifier.cli.language import language
from verifier.words import Translate, say

NOT_YET = 3


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "accept",
        help=tr("sign the acceptance report"),
        description=tr(
            "Judges an assessment again with the decisions and waivers on it, from the signed statements alone, and signs the "
            "acceptance report. Nothing is written while it is pending or inconclusive."
        ),
    )
    signing.add_chain(command, tr)
    signing.add_all(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 accepted, 1 rejected, 3 pending or inconclusive, 4 where a statement may not be trusted."""
    from verifier import drafts
    from verifier.gate.accepting import refuse
    from verifier.gate.asked import current
    from verifier.gate.case import OUTCOME_WORDS, VERDICT_WORDS
    from verifier.gate.judged import tampered
    from verifier.statements import uris

    now = signing.now()
    case = signing.case(arguments, now, without=(uris.ACCEPTANCE, uris.CERTIFICATION), narrow=current)
    refuse(case, tampered)
    decisions, waivers = case.chain.people(uris.DECISION), case.chain.people(uris.WAIVER)
    made = drafts.acceptance(case.chain, decisions, waivers, by=uris.OURS, made=now)
    spoken = language(arguments)
    for one in made.outcomes:
        sys.stderr.write(f"  {one.criterion}: {say(OUTCOME_WORDS[one.outcome]).in_language(spoken)}\n")
    sys.stderr.write(say("Verdict: {verdict}", verdict=say(VERDICT_WORDS[made.verdict])).in_language(spoken) + "\n")
    if made.statement is None:
        return NOT_YET
    signing.sign(made.statement, arguments, Path(arguments.output or f"acceptance-report{signing.SUFFIX}"))
    return EXIT[made.verdict]
