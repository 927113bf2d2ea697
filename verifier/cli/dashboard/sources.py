"""What both ways of showing the dashboard are given: a record, folders of reports, whom to trust."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import add_language
from verifier.cli.recording import opened
from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.dashboard.sources import Sources


def add_sources(command: argparse.ArgumentParser, tr: Translate) -> None:
    told = tr("a folder with reports, as `verifier assess` writes them; may be given several times")
    command.add_argument("--reports", type=Path, action="append", default=[], metavar=tr("FOLDER"), help=told)
    told = tr("for the team alone: also leads of contract splitting; such a site is not to be published")
    command.add_argument("--team", action="store_true", help=told)
    signing.add_trust(command, tr)
    signing.add_ledger(command, tr)
    add_language(command, tr)


@contextmanager
def sources(arguments: argparse.Namespace) -> Iterator[Sources]:
    """As they are now. Raises UsageError where nothing was named, or what was named is no folder."""
    from verifier.dashboard.sources import Sources
    from verifier.trust.store import Store

    for folder in arguments.reports:
        if not folder.is_dir():
            raise UsageError(say("There is no folder {path}.", path=folder))
    if not arguments.record:
        if not arguments.reports:
            raise UsageError(say("Name what to show: --record, --reports, or both."))
        trust = Store(Path(arguments.trust))
        found = Sources(now=signing.now(), trust=trust if trust.begun else None, folders=arguments.reports)
        _ = found.policy  # one that is not in force is said before anything is shown
        yield found
        return
    with opened(arguments, writing=False) as records:
        trust = Store(Path(arguments.trust))
        yield Sources(now=signing.now(), records=records, trust=trust, folders=arguments.reports, team=arguments.team)
