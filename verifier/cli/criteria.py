"""`verifier criteria`: begin a criteria file, or check one."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from verifier.cli.language import add_language, language
from verifier.errors import UsageError, WorldError
from verifier.words import Text, Translate, joined, later, later_n, say, say_n, translator

if TYPE_CHECKING:
    from verifier.policy import Criteria

_START = """\
{check}
{start}
profile: my-{profile}
version: 1 # {version}
extends: {profile}

# title: {{en: "My purchase", fr: "Mon achat"}}

{listed}
#
# criteria:
#   - id: tests.coverage
#     at_least: 90 %
#
{levels}
#
{criteria}

# limits: {{repository: 500 MB, files: 20000, file: 25 MB, test_time: 15 min}}
# services: [postgresql] # {services}
# scope: {{examples: [/recipes/]}} # {scope}
"""
COMMENTS = {
    "check": later("Acceptance criteria. Check them with: {command}"),
    "start": later("They start from the shipped profile {profile}; what is written here changes or adds to it."),
    "listed": later("The criteria of {profile}, as they stand. To change one, repeat its id and give what differs:"),
    "levels": later(
        "level is must, should or info; only a must decides. A new id adds a criterion, which needs a level and one of equals, "
        "one_of, at_least, at_most (with the measure to check), blocking, severity (with findings to check) or manual."
    ),
}
"""Lines of their own."""
BESIDE = {
    "version": later("count up with every change that you publish"),
    "services": later("what the delivered tests may talk to"),
    "scope": later("more places of tests, docs or examples, beside the shipped ones"),
}
"""Comments beside a line, of which they are a part."""
WIDTH = 118
LEVELS = {
    "must": later_n("{n} must", "{n} must"),
    "should": later_n("{n} should", "{n} should"),
    "info": later_n("{n} info", "{n} info"),
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    criteria = commands.add_parser("criteria", help=tr("begin a criteria file, or check one"))
    actions = criteria.add_subparsers(dest="action", required=True, metavar=tr("ACTION"))
    new = actions.add_parser("new", help=tr("write a commented file to start from; never writes over one"))
    new.add_argument(
        "--profile",
        default="micro-ca",
        metavar=tr("NAME"),
        help=tr("the shipped profile to start from (default: micro-ca)"),
    )
    new.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=Path("criteria.yml"),
        metavar=tr("FILE"),
        help=tr("the file to write (default: criteria.yml)"),
    )
    check = actions.add_parser("check", help=tr("say what a criteria file holds, or where it is wrong"))
    check.add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the criteria file"))
    for action in (new, check):
        add_language(action, tr)
    criteria.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0. Raises CriteriaError for an invalid file, UsageError for one that exists, WorldError for a full disk."""
    from verifier.rulebook import load_criteria, load_profile

    if args.action == "new":
        _write(args.file, _start(load_profile(args.profile), args.file, language(args)))
        words = say("{file}: written; it extends {profile}", file=args.file, profile=args.profile)
        sys.stderr.write(words.in_language(language(args)) + "\n")
    else:
        sys.stdout.write(_line(load_criteria(args.file)).in_language(language(args)) + "\n")
    return 0


def _start(criteria: Criteria, file: Path, language: str) -> str:
    """A file that changes nothing yet; its comments are in this language."""
    tr = translator(language)
    named = {"profile": criteria.profile, "command": f"verifier criteria check {file}"}
    width = max(len(one.id) for one in criteria.criteria)
    listed = [f"#   {one.id:{width}}  {one.level:6}  {one.title.in_language(language)}" for one in criteria.criteria]
    return _START.format(
        profile=criteria.profile,
        criteria="\n".join(listed),
        **{name: _comment(tr(sentence, **named)) for name, sentence in COMMENTS.items()},
        **{name: tr(words) for name, words in BESIDE.items()},
    )


def _comment(sentence: str) -> str:
    return fill(
        sentence, WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False
    )


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and never over another file."""
    try:
        stream = file.open("x", encoding="utf-8")
    except FileExistsError as error:
        raise UsageError(say("{file} exists already and is left as it is; name another file", file=file)) from error
    except OSError as error:
        raise UsageError(say("{file} cannot be written ({error})", file=file, error=error.strerror)) from error
    try:
        with stream:
            stream.write(text)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise WorldError(say("{file} could not be written ({error})", file=file, error=error.strerror)) from error


def _line(criteria: Criteria) -> Text:
    levels = Counter(one.level for one in criteria.criteria)
    counted = joined(", ", [say_n(count, *LEVELS[level]) for level, count in sorted(levels.items(), key=_weight)])
    return say(
        "{profile} version {version}: {criteria}; {gate}; sha256:{digest}",
        profile=criteria.profile,
        version=criteria.version,
        criteria=counted,
        gate=say("a payment gate") if criteria.gate else say("not a payment gate"),
        digest=criteria.digest,
    )


def _weight(one: tuple[str, int]) -> int:
    return ("must", "should", "info").index(one[0])
