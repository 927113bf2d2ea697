"""argparse in one language: our words for its own, and what was typed wrong as one sentence.

argparse looks up every word of its own by the function that it imports as `_`. While a command line is read, `speaking` puts our
catalogue in that function's place. A word that is not among `WORDS` stays English: tests/cli/test_usage.py finds the next one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, NoReturn

from verifier.errors import UsageError
from verifier.render.inert import inert
from verifier.words import NARROW, Translate, later, translator

WORDS = frozenset(
    {
        later("usage: "),
        later("options"),
        later("positional arguments"),
        later("show this help message and exit"),
        later("argument %(argument_name)s: %(message)s"),
        later("the following arguments are required: %s"),
        later("unrecognized arguments: %s"),
        later("ambiguous option: %(option)s could match %(matches)s"),
        later("ignored explicit argument %r"),
        later("expected one argument"),
        later("expected at most one argument"),
        later("expected at least one argument"),
        later("invalid choice: %(value)r (choose from %(choices)s)"),
    }
)
"""What argparse of Python 3.11 to 3.13 says of commands like ours."""


class Parser(argparse.ArgumentParser):
    """What was typed wrong is a UsageError. In English."""

    language: ClassVar[str] = "en"

    def error(self, message: str) -> NoReturn:
        tr = translator(self.language)
        raise UsageError(tr("{message}; see {command} --help", message=inert(message), command=self.prog))


class FrenchHelp(argparse.HelpFormatter):
    """Headings have a space before the colon that argparse puts after them."""

    def start_section(self, heading: str | None) -> None:
        super().start_section(heading and f"{heading}{NARROW}")


class FrenchParser(Parser):
    """The same in French."""

    language: ClassVar[str] = "fr"

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=FrenchHelp, **options)


PARSERS: Mapping[str, type[Parser]] = {"en": Parser, "fr": FrenchParser}


@contextmanager
def speaking(tr: Translate) -> Iterator[None]:
    """While it lasts, argparse says its own words by this translator."""
    names = vars(argparse)
    own = names["_"]
    names["_"] = lambda message: tr(message) if message in WORDS else message
    try:
        yield
    finally:
        names["_"] = own
