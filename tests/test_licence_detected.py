"""Which of scancode's matches count, and what follows for the findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from verifier.licence_detected import Detected, Match, detected, header, text_of
from verifier.licence_findings import LISTED, Declaration, Licences, findings
from verifier.licence_fit import source
from verifier.licence_folders import Folder
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

    matches = [raw("delivery/COPYING", 9), raw("delivery/a.py", 3)]
    entry = {"path": "a.py", "license_detections": [{"matches": matches}], "holders": []}
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
    assert rules(file) == [("inbound-conflict", "error", "high")]
    assert rules(file, project="GPL-3.0-only") == []
    assert rules(file, project="CC0-1.0") == [("inbound-conflict", "error", "high")]
    assert rules(file, project="LGPL-3.0-only") == [("inbound-conflict", "error", "high")]
    assert rules(file, project="MIT OR GPL-3.0-or-later") == [("inbound-conflict", "error", "high")]
    assert rules(Detected(path="a.py", headers=(tag(GPL),))) == [("inbound-conflict", "error", "high")]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("MIT OR GPL-2.0-only", []),  # a choice
        ("GPL-3.0-or-later WITH Autoconf-exception-3.0", [("inbound-unclear", "note", "high")]),
        ("LGPL-3.0-only", [("inbound-stricter", "warning", "high")]),  # it stops at its own file or library
        ("MPL-2.0 AND MIT", [("inbound-stricter", "warning", "high")]),
        ("CC-BY-NC-4.0", [("no-open-licence", "error", "high")]),
        ("BUSL-1.1", [("no-open-licence", "error", "high")]),
        ("MIT OR BUSL-1.1", []),  # a choice
        ("LicenseRef-Supplier-Proprietary", [("no-open-licence", "error", "high")]),
        ("CC-BY-SA-4.0", [("inbound-unclear", "note", "high")]),
        ("CC0-1.0", []),
    ],
)
def test_only_what_reaches_the_whole_is_a_conflict(expression: str, found: list[tuple[str, str, str]]) -> None:
    assert rules(Detected(path="a.py", headers=(tag(expression),))) == found


@pytest.mark.parametrize(("line", "words", "found"), [(2, 3, True), (2, 2, False), (31, 3, False)])
def test_words_at_the_head_that_deny_the_licence_are_told(line: int, words: int, found: bool) -> None:
    said = match("LicenseRef-scancode-proprietary-license", line=line, words=words, score=90)
    expected = [("licence-denied", "warning", "high")] if found else []
    assert rules(Detected(path="a.py", matches=(said,))) == expected
    assert rules(Detected(path="vendor/x/a.py", matches=(said,))) == []  # the code of others is another matter


def test_the_gravest_of_several_licences_of_a_file_is_told() -> None:
    file = Detected(path="a.py", headers=(tag("MPL-2.0"),), matches=(match(line=300), match("CC-BY-SA-4.0", line=90)))
    whole = ProjectLicence(expression="MIT", files=("LICENSE", "COPYING"), detail="")
    (found,) = findings(Licences(project=whole, claims=(), sources=[replace(file, headers=())], reuse={}))
    assert (found.rule, found.line) == ("scancode:inbound-conflict", 300)
    assert found.message.startswith(f"a.py is under {GPL}, LICENSE, COPYING grants MIT: ")
    assert f"({source()}: {GPL} under MIT: No)" in found.message


def test_what_reuse_declares_for_a_file_comes_in_too() -> None:
    silent = Detected(path="a.py")
    assert rules(silent, a_dot_py="GPL-3.0-only") == [("inbound-conflict", "error", "high")]
    assert rules(silent, a_dot_py="MIT") == []
    assert rules(silent) == []


def test_another_version_of_the_gpl_may_not_go_out_under_one() -> None:
    file = Detected(path="a.py", matches=(match("GPL-3.0-or-later"),))
    assert rules(file, project="GPL-2.0-only") == [("inbound-conflict", "error", "high")]
    assert rules(file, project="GPL-2.0-or-later") == [("inbound-unclear", "note", "high")]
    apache = Detected(path="a.py", matches=(match("Apache-2.0"),))
    assert rules(apache, project="GPL-2.0-only") == [("inbound-stricter", "warning", "high")]


def test_a_copied_package_is_one_thing_where_it_does_not_block() -> None:
    files = [
        Detected(path=f"lib/{n:02}.py", matches=(match("LGPL-2.1-or-later", line=n + 1),)) for n in range(LISTED + 1)
    ]
    whole = ProjectLicence(expression="MIT", files=("LICENSE",), detail="")
    (one,) = findings(Licences(project=whole, claims=(), sources=files, reuse={}))
    assert (one.rule, one.path, one.line) == ("scancode:inbound-stricter", "lib/00.py", 1)
    assert one.message.startswith(f"lib/00.py (and {LISTED} more files) is under LGPL-2.1-or-later, LICENSE grants MIT")
    assert len(rules(*files[1:])) == LISTED
    blocking = [replace(file, matches=(match(),)) for file in files]
    assert rules(*blocking) == [("inbound-conflict", "error", "high")] * (LISTED + 1)


def test_a_mention_of_the_gpl_beside_a_notice_that_fits_does_not_block() -> None:
    """The LGPL's own notice names the GPL."""
    file = Detected(path="a.py", matches=(match("LGPL-3.0-only"), match("GPL-3.0-only", line=14)))
    assert rules(file, project="LGPL-3.0-only") == [("inbound-conflict", "error", "low")]


def test_a_permissive_notice_beside_it_may_make_it_a_choice() -> None:
    near = Detected(path="a.py", matches=(match(), match("BSD-3-Clause", line=20)))
    far = Detected(path="a.py", matches=(match(), match("BSD-3-Clause", line=200)))
    assert rules(near) == [("inbound-conflict", "error", "low")]
    assert rules(far) == [("inbound-conflict", "error", "high")]


def test_a_header_that_hides_copyleft_does_not_lower_confidence() -> None:
    file = Detected(path="a.py", headers=(tag("MIT"),), matches=(match(),))
    assert rules(file) == [("inbound-conflict", "error", "high"), ("declared-differs", "warning", "high")]


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


@pytest.mark.parametrize(("folder", "confidence"), [("_vendor/maps", "high"), ("maps", "low")])
def test_a_licence_file_of_a_folder_covers_what_lies_in_it(folder: str, confidence: str) -> None:
    nested = Folder(path=f"{folder}/COPYING", expression=GPL, files=(f"{folder}/a.py", f"{folder}/b.py"))
    whole = ProjectLicence(expression="MIT", files=("LICENSE",), detail="")
    (found,) = findings(Licences(project=whole, claims=(), sources=(), reuse={}, folders=[nested]))
    assert (found.rule, found.path, found.confidence) == ("scancode:inbound-conflict", nested.path, confidence)
    assert found.message.startswith(f"{folder} (2 source files, by {nested.path}) is under {GPL}, LICENSE grants MIT")
    fitting = Licences(project=whole, claims=(), sources=(), reuse={}, folders=[replace(nested, expression="MIT")])
    assert list(findings(fitting)) == []
    unknown = replace(whole, expression="NONE", files=())
    assert list(findings(Licences(project=unknown, claims=(), sources=(), reuse={}, folders=[nested]))) == []
