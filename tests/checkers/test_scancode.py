"""scancode in the sandbox, once, on a delivery whose parts do not fit together; its recorded answer for all else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import checked
from support.translated import english_alone

from verifier.checker import Command, Settings, ToolOutput
from verifier.checkers.scancode import ANSWER, Scancode
from verifier.model import Checkout, CheckResult, File, Finding, Observations, Role, Skip

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "scancode"
TAG = "SPDX-License-" + "Identifier"  # in two halves, or REUSE would read it as this file's
OVERRIDE = f"""version = 1

[[annotations]]
path = "**"
precedence = "override"
SPDX-FileCopyrightText = "2026 The parcel authors"
{TAG} = "MIT"
"""
MORE = {
    "CVS/hidden.py": f"# {TAG}: GPL-3.0-only\n",
    "parcel/either.py": f"# {TAG}: MIT OR GPL-2.0-only\n",
    "parcel/picture.py": f"GIF89a = 1\n# {TAG}: GPL-3.0-only\n",
    "parcel/tags.py": '"""Writes headers."""\n' + "\n" * 60 + f'# {TAG}: GPL-3.0-only\nTEXT = "{TAG}: GPL-3.0-only"\n',
    ".gitignore": "*.pyc\n",
    "empty.py": "",
    "package.json": '{"name": "parcel", "license": "ISC"}\n',
    "REUSE.toml": OVERRIDE,
    "setup.cfg": "[metadata\n",
}
"""What a file of this repository cannot hold: headers that REUSE would take for this repository's own."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("scancode") / "delivery"
    shutil.copytree(FIXTURE / "delivery", folder)
    for name, content in MORE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "link.py").symlink_to("parcel/labels.py")
    return checked.checkout(folder)


@pytest.fixture(scope="module")
def result(tree: Checkout, tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    return checked.run(Scancode(), tree, tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def answer() -> dict[str, Any]:
    """The recorded answer, to be changed at will."""
    loaded: dict[str, Any] = json.loads((FIXTURE / ANSWER).read_text(encoding="utf-8"))
    return loaded


def parsed(
    tree: Checkout, answer: dict[str, Any], metadata: dict[str, Any] | None = None, **reuse: Any
) -> Observations:
    said = {"claims": [], "authors": [], "headers": [], "unreadable": []} | (metadata or {})
    outputs = [_output("metadata", stdout=said)]
    outputs += [_output("reuse", stdout=reuse)] if reuse else []
    seen = Scancode().parse(tree, [*outputs, _output("scan", files={ANSWER: json.dumps(answer).encode()})])
    assert english_alone(seen) == []
    return seen


def _output(name: str, *, stdout: Any = None, files: dict[str, bytes] | None = None) -> ToolOutput:
    command = Command(name=name, argv=("python",))
    return ToolOutput(
        command=command, exit_code=0, stdout=json.dumps(stdout).encode(), stderr=b"", files=files or {}, milliseconds=0
    )


def entry(answer: dict[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in answer["files"] if one["path"] == path)
    return found


def places(findings: tuple[Finding, ...], rule: str) -> dict[str | None, str]:
    return {finding.path: finding.confidence for finding in findings if finding.rule == f"scancode:{rule}"}


def test_the_sample_gives_the_expected_answer(result: CheckResult) -> None:
    assert result.seen.trouble is None
    seen = {
        "measures": {measure.name: [measure.value, measure.unit, measure.detail] for measure in result.seen.measures},
        "findings": [
            [finding.rule, finding.path, finding.line, finding.severity, finding.confidence, finding.message]
            for finding in result.seen.findings
        ],
        "not_examined": {one.path: one.skip.value for one in result.seen.not_examined},
    }
    assert seen == json.loads((FIXTURE / "expected.json").read_text(encoding="utf-8"))


def test_evidence_is_the_same_bytes_in_every_run_and_place(result: CheckResult) -> None:
    evidence = next(item for item in result.evidence if item.name == f"scancode/{ANSWER}")
    assert evidence.content == (FIXTURE / ANSWER).read_bytes()


def test_every_file_is_examined_or_said_not_to_be_whatever_its_name(tree: Checkout, result: CheckResult) -> None:
    said = result.seen.examined | {one.path for one in result.seen.not_examined}
    assert said == {file.path for file in tree.files} - {"link.py"}
    assert {".gitignore", "CVS/hidden.py", "empty.py"} <= result.seen.examined


def test_metadata_that_cannot_be_read_is_said(result: CheckResult) -> None:
    assert [note for note in result.seen.notes if note.startswith("setup.cfg could not be read for its licence")]


def test_the_version_is_that_of_the_distribution(result: CheckResult) -> None:
    assert result.version == "32.5.0"


def test_a_file_that_failed_is_not_examined(tree: Checkout, answer: dict[str, Any]) -> None:
    entry(answer, "parcel/labels.py")["scan_errors"] = [
        "ERROR: for scanner: licenses:\nERROR: timeout after 600 seconds."
    ]
    seen = parsed(tree, answer)
    skipped = next(one for one in seen.not_examined if one.path == "parcel/labels.py")
    assert (skipped.skip, skipped.reason) == (Skip.TOOL, "scancode: ERROR: timeout after 600 seconds.")
    assert "parcel/labels.py" not in seen.examined
    assert "parcel/labels.py" not in places(seen.findings, "inbound-conflict")


def test_a_licence_file_that_failed_leaves_the_licence_unknown_not_missing(
    tree: Checkout, answer: dict[str, Any]
) -> None:
    entry(answer, "LICENSE")["scan_errors"] = ["ERROR: timeout"]
    seen = parsed(tree, answer)
    assert "licence.project" not in {measure.name for measure in seen.measures}
    assert "LICENSE could not be examined, so the project's licence is not known." in seen.notes


def test_a_file_that_scancode_leaves_out_is_not_examined(tree: Checkout, answer: dict[str, Any]) -> None:
    answer["files"].remove(entry(answer, "parcel/copied.py"))
    assert "parcel/copied.py" in {one.path for one in parsed(tree, answer).not_examined if one.skip is Skip.TOOL}


def test_archives_are_not_read_and_svg_is(tree: Checkout, answer: dict[str, Any]) -> None:
    entry(answer, "parcel/copied.py")["is_archive"] = True
    svg = entry(answer, "parcel/labels.py")
    svg |= {"path": "logo.SVG", "is_media": True}
    files = tuple(replace(file, path="logo.SVG") if file.path == "parcel/labels.py" else file for file in tree.files)
    seen = parsed(replace(tree, files=files), answer)
    assert "logo.SVG" in seen.examined
    assert {one.path for one in seen.not_examined if one.skip is Skip.NOT_TEXT} == {
        "parcel/copied.py",
        "parcel/picture.py",
    }


def test_a_header_counts_without_scancode(tree: Checkout, answer: dict[str, Any]) -> None:
    header = {"path": "parcel/__init__.py", "line": 2, "words": "GPL-3.0-or-later"}
    assert "parcel/__init__.py" in places(parsed(tree, answer, {"headers": [header]}).findings, "inbound-conflict")


@pytest.mark.parametrize("change", [{"role": Role.TESTS}, {"role": Role.DOCS}, {"source": False}])
def test_copyleft_in_tests_documents_and_data_is_left_to_the_reader(
    tree: Checkout, answer: dict[str, Any], change: dict[str, Any]
) -> None:
    files = tuple(replace(file, **change) for file in tree.files)
    findings = parsed(replace(tree, files=files), answer).findings
    assert places(findings, "inbound-conflict") == places(findings, "undeclared-licence") == {}
    assert "parcel/labels.py" in places(parsed(tree, answer).findings, "inbound-conflict")


def test_broken_reuse_configuration_declares_nothing(tree: Checkout, answer: dict[str, Any]) -> None:
    declared = {
        "path": "parcel/labels.py",
        "spdx_expressions": [{"value": "MIT", "source": "x", "source_type": "dep5"}],
    }
    assert places(parsed(tree, answer, files=[declared]).findings, "declared-differs") == {"parcel/labels.py": "high"}
    assert not places(parsed(tree, answer, unreadable="REUSE.toml could not be parsed").findings, "declared-differs")


@pytest.mark.self
def test_an_answer_that_is_missing_or_cut_short_is_an_error() -> None:
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    metadata = _output("metadata", stdout={"claims": [], "authors": [], "headers": [], "unreadable": []})
    for files in ({}, {ANSWER: b'{"files": ['}):
        with pytest.raises(ValueError, match=r"answer|Expecting"):
            Scancode().parse(tree, [metadata, _output("scan", files=files)])


@pytest.mark.self
def test_an_empty_delivery_has_no_licence() -> None:
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    (command,) = Scancode().steps(tree, Settings())
    seen = Scancode().parse(
        tree, [_output(command.name, stdout={"claims": [], "authors": [], "headers": [], "unreadable": []})]
    )
    assert [(one.value, one.detail) for one in seen.measures if one.name == "licence.project"] == [
        ("NONE", "no licence file")
    ]
    assert seen.examined == frozenset()


@pytest.mark.self
@pytest.mark.parametrize("name", ["REUSE.toml", "src/REUSE.toml", ".reuse/dep5", "logo.png.license"])
def test_reuse_is_asked_only_where_the_tree_declares_something(name: str) -> None:
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    file = replace(_file(), path=name)
    names = [
        [step.name for step in Scancode().steps(replace(tree, files=files), Settings())]
        for files in ((_file(),), (file,))
    ]
    assert names == [["metadata", "scan"], ["metadata", "reuse", "scan"]]


def _file() -> File:
    return File(path="a.py", mode="100644", size=1, sha256="0" * 64)


@pytest.mark.self
def test_a_licence_file_that_only_names_a_licence_is_told_apart_from_none() -> None:
    match = {
        "license_expression_spdx": "MIT",
        "start_line": 1,
        "end_line": 1,
        "matched_length": 5,
        "score": 100.0,
        "matcher": "2-aho",
        "from_file": "LICENSE",
    }
    entry = {
        "path": "LICENSE",
        "type": "file",
        "is_media": False,
        "is_archive": False,
        "scan_errors": [],
        "license_detections": [{"matches": [match]}],
        "holders": [],
    }
    tree = Checkout(
        delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"), files=(replace(_file(), path="LICENSE"),)
    )
    metadata = _output("metadata", stdout={"claims": [], "authors": [], "headers": [], "unreadable": []})
    scan = _output("scan", files={ANSWER: json.dumps({"files": [entry]}).encode()})
    measures = {one.name: (one.value, one.detail) for one in Scancode().parse(tree, [metadata, scan]).measures}
    assert measures["licence.project"][0] == "NONE"
    assert measures["licence.named"] == ("MIT", "LICENSE")
