"""Which of scancode's matches count, and what follows for the findings."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.licence_detected import Detected, Match, detected, header, text_of
from verifier.licence_findings import Declaration, Licences, findings
from verifier.licence_project import ProjectLicence

pytestmark = pytest.mark.self
GPL = "GPL-3.0-or-later"


def match(
    expression: str = GPL, *, line: int = 1, words: int = 102, score: float = 100, matcher: str = "2-aho"
) -> Match:
    return Match(expression=expression, line=line, end_line=line + 9, words=words, score=score, matcher=matcher)


def tag(expression: str) -> Match:
    found = header(expression, 1)
    assert found is not None
    return found


def rules(*sources: Detected, project: str = "MIT", **reuse: str) -> list[tuple[str, str, str]]:
    whole = ProjectLicence(expression=project, files=("LICENSE",), detail="")
    outside = {
        name.replace("_dot_", "."): Declaration(expression=each, source="REUSE.toml") for name, each in reuse.items()
    }
    seen = Licences(project=whole, claims=(), sources=sources, reuse=outside)
    return [(one.rule.removeprefix("scancode:"), one.severity, one.confidence) for one in findings(seen)]


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (match(), True),
        (match(words=19), False),  # a mention
        (match(words=20), True),
        (match(score=89), False),
        (match(matcher="3-seq", words=31, score=97), False),  # structlog's headers, mistaken for another licence
        (match(matcher="3-seq", words=118, score=93.65), True),  # Unidecode's notice
        (match(matcher="1-spdx-id"), False),  # headers are read by ourselves
        (match("LicenseRef-scancode-unknown-license-reference"), False),
        (match("LicenseRef-scancode-free-unknown AND MIT"), False),
    ],
)
def test_what_is_a_notice(one: Match, counts: bool) -> None:
    assert one.notice is counts
    assert bool(rules(Detected(path="a.py", matches=(one,)))) is counts


def test_matches_taken_over_from_a_file_that_is_referred_to_are_left_out() -> None:
    def raw(path: str, line: int) -> dict[str, Any]:
        spot = {"start_line": line, "end_line": line, "matched_length": 50, "score": 100, "matcher": "2-aho"}
        return spot | {"license_expression_spdx": GPL, "from_file": path}

    entry = {"path": "a.py", "license_detections": [{"matches": [raw("delivery/COPYING", 9), raw("delivery/a.py", 3)]}]}
    assert [one.line for one in detected(entry).matches] == [3]


@pytest.mark.parametrize(
    ("matches", "terms", "names"),
    [
        ((match("MIT", words=161), match("BSD-3-Clause", words=3)), "MIT", ("MIT", "BSD-3-Clause")),
        ((match("MIT", words=3),), None, ("MIT",)),
        ((match("MIT", words=161, score=79),), None, ("MIT",)),
        ((match("MPL-2.0", words=45),), "MPL-2.0", ("MPL-2.0",)),
        ((match("CC0-1.0", words=36, score=75, matcher="3-seq"),), "CC0-1.0", ("CC0-1.0",)),  # agencies' own wording
        ((match("CC0-1.0", words=36, score=69, matcher="3-seq"),), None, ("CC0-1.0",)),
        ((match("CC0-1.0", words=4),), None, ("CC0-1.0",)),
        ((match("Apache-2.0"), match("MIT")), "Apache-2.0 AND MIT", ("Apache-2.0", "MIT")),
        ((match("LicenseRef-scancode-unknown"),), None, ()),
        ((match("GPL-3.0-only", line=1), match(GPL, line=600)), "GPL-3.0-only", ("GPL-3.0-only", GPL)),
        ((match(GPL, line=1), match("GPL-3.0-only", line=20)), GPL, (GPL, "GPL-3.0-only")),
    ],
)
def test_what_a_licence_file_holds(matches: tuple[Match, ...], terms: str | None, names: tuple[str, ...]) -> None:
    text = text_of(Detected(path="LICENSE", matches=matches))
    assert (text.terms, text.names) == (terms, names)


@pytest.mark.parametrize("words", ["LicenseRef-ours", "NONE", "MIT OR", "LicenseRef-scancode-unknown-spdx", ""])
def test_a_header_without_a_listed_licence_is_none(words: str) -> None:
    assert header(words, 1) is None


def test_copyleft_in_a_permissive_project() -> None:
    file = Detected(path="a.py", matches=(match(),))
    assert rules(file) == [("copyleft-in-permissive", "error", "high")]
    assert rules(file, project="GPL-3.0-only") == []
    assert rules(file, project="MIT OR GPL-3.0-or-later") == [("copyleft-in-permissive", "error", "high")]
    assert rules(Detected(path="a.py", headers=(tag(GPL),))) == [("copyleft-in-permissive", "error", "high")]


@pytest.mark.parametrize(
    "expression", ["MIT OR GPL-2.0-only", "GPL-3.0-or-later WITH Autoconf-exception-3.0", "LGPL-3.0-only", "MPL-2.0"]
)
def test_a_choice_an_exception_and_weaker_copyleft_do_not_reach_the_whole(expression: str) -> None:
    assert "copyleft-in-permissive" not in {
        rule for rule, *_ in rules(Detected(path="a.py", headers=(tag(expression),)))
    }


def test_a_permissive_notice_beside_it_may_make_it_a_choice() -> None:
    near = Detected(path="a.py", matches=(match(), match("BSD-3-Clause", line=20)))
    far = Detected(path="a.py", matches=(match(), match("BSD-3-Clause", line=200)))
    assert rules(near) == [("copyleft-in-permissive", "error", "low")]
    assert rules(far) == [("copyleft-in-permissive", "error", "high")]


def test_a_header_that_hides_copyleft_does_not_lower_confidence() -> None:
    file = Detected(path="a.py", headers=(tag("MIT"),), matches=(match(),))
    assert rules(file) == [("copyleft-in-permissive", "error", "high"), ("declared-differs", "warning", "high")]


def test_another_licence_is_a_note_unless_declared() -> None:
    bsd = Detected(path="a.py", matches=(match("BSD-3-Clause"),))
    assert rules(bsd) == [("undeclared-licence", "note", "high")]
    assert rules(bsd, project="BSD-3-Clause AND MIT") == []
    assert rules(bsd, a_dot_py="BSD-3-Clause") == []
    assert rules(bsd, a_dot_py="MIT") == [("declared-differs", "note", "high")]
    assert rules(Detected(path="a.py", headers=(tag("BSD-3-Clause"),))) == []
    assert rules(Detected(path="a.py", headers=(tag("BSD-3-Clause"),)), a_dot_py="MIT") == [
        ("declared-differs", "note", "high")
    ]
    assert rules(bsd, project="NOASSERTION") == []
