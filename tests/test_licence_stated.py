"""What a read-me, a notice or another document says of the whole, against what the licence file grants."""

from __future__ import annotations

import pytest

from verifier.licence_detected import Detected, Match
from verifier.licence_stated import denying

pytestmark = pytest.mark.self

DENIES = [
    "All code in this repository is proprietary and confidential to Supplier Inc. All rights reserved.",
    "The MIT licence applies to README.md only. All other files are proprietary of Supplier Inc.",
    "Use requires a paid licence. Redistribution is prohibited.",
    "This software may not be used without a subscription.",
    "Commercial users must buy a licence.",
    "Ce logiciel est propriétaire ; tous droits réservés.",
]
HONEST = [
    "This project is licensed under the MIT License - see the LICENSE file for details.",
    "The software is not proprietary: anybody may use, copy, modify and distribute it.",
    "It replaces a proprietary tool that the town had to pay for each year.",
    "This project uses pandoc, which is distributed under the GPL.",
    "Copyright (c) 2026 The Town of Example. All rights reserved. Licensed under the MIT License.",
    "Commercial use is welcome; the MIT licence permits it.",
    "The data may contain confidential information; do not commit it.",
    "Parcel rates is for towns of any size.",
]


def _denied(words: str, *matches: Match, project: str = "MIT") -> bool:
    said = {"README.md": [{"line": 3, "end_line": 5, "words": words}]}
    return bool(denying(said, {"README.md": Detected(path="README.md", matches=matches)}, project))


@pytest.mark.parametrize("words", DENIES)
def test_words_that_deny_the_licence_are_heard(words: str) -> None:
    assert _denied(words)


@pytest.mark.parametrize("words", HONEST)
def test_words_that_speak_of_something_else_are_not(words: str) -> None:
    assert not _denied(words)


def _named(expression: str, line: int = 4) -> Match:
    return Match(expression=expression, line=line, end_line=line, words=10, score=100, matcher="2-aho")


def test_another_licence_for_the_whole_is_heard_where_the_projects_own_is_not_named() -> None:
    words = "This software is licensed under the GNU Affero General Public License v3.0."
    assert _denied(words, _named("AGPL-3.0-only"))
    assert not _denied(words, _named("AGPL-3.0-only"), project="AGPL-3.0-only")
    assert not _denied(words, _named("AGPL-3.0-only"), _named("MIT"))  # a choice, or two parts
    assert not _denied(words, _named("AGPL-3.0-only", line=40))
    assert not _denied(words, _named("BSD-3-Clause"))
    assert not _denied("It is like a program under the AGPL.", _named("AGPL-3.0-only"))
    assert not _denied("All code is proprietary.", project="NONE")
