"""verifier dashboard build DIR: a static site, which works from a file, offline and without JavaScript."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from verifier.cli.dashboard.sources import add_sources, sources
from verifier.cli.dashboard.theme import add_theme, theme_of
from verifier.cli.language import language
from verifier.words import Translate, say_n


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("build", help=tr("write a static site"))
    command.add_argument("folder", type=Path, metavar=tr("DIR"), help=tr("where the site is, or will be"))
    told = tr("the public register alone: a site that is fit to be published")
    command.add_argument("--public", action="store_true", help=told)
    add_theme(command, tr)
    add_sources(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.dashboard.build import build

    theme = theme_of(arguments)
    with sources(arguments) as found:
        built = build(found, arguments.folder, lambda: sources(arguments), public=arguments.public, theme=theme)
    told = say_n(
        built.pages,
        "{n} page in two languages, {made} of them made now: {first}",
        "{n} pages in two languages, {made} of them made now: {first}",
        made=built.made,
        first=arguments.folder / "index.html",
    )
    sys.stderr.write(told.in_language(language(arguments)) + "\n")
    return 0
