"""reuse in the sandbox, on trees that state their licence in each way, badly, or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support import checked

from verifier.checker import Command, Settings, ToolOutput
from verifier.checkers.reuse import LISTED, Reuse
from verifier.model import Checkout, CheckResult, Observations

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "reuse"
LICENCE_TAG = "SPDX-License-" + "Identifier"  # in two halves, or REUSE would read it as this file's
COPYRIGHT_TAG = "SPDX-" + "FileCopyrightText"
HEADER = f"# {COPYRIGHT_TAG}: 2026 The parcel authors\n# {LICENCE_TAG}: MIT\n"
REUSE_TOML = f'version = 1\n[[annotations]]\npath = "**"\n{COPYRIGHT_TAG} = "2026 The authors"\n{LICENCE_TAG} = "MIT"\n'
EMPTY = {
    "bad_licenses": [],
    "deprecated_licenses": [],
    "licenses_without_extension": [],
    "missing_licenses": [],
    "unused_licenses": [],
    "read_errors": [],
    "missing_copyright_info": [],
    "missing_licensing_info": [],
}


def looked(tmp_path: Path, **files: str) -> CheckResult:
    """The fixture's files and some more, assessed; `__` in a name stands for `/` and `_dot_` for a dot."""
    folder = tmp_path / "delivery"
    shutil.copytree(FIXTURE / "delivery", folder)
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(content, encoding="utf-8")
    return checked.run(Reuse(), checked.checkout(folder), tmp_path / "workspace")


def values(seen: Observations) -> dict[str, int | str]:
    return {measure.name: measure.value for measure in seen.measures}


def parsed(**changes: list[str]) -> Observations:
    summary = {"files_total": 0, "files_with_licensing_info": 0, "files_with_copyright_info": 0, "compliant": False}
    return _parsed({"files": [], "non_compliant": EMPTY | changes, "summary": summary})


def _parsed(answer: object) -> Observations:
    output = ToolOutput(
        command=Command(argv=("python",)), exit_code=0, stdout=json.dumps(answer).encode(), stderr=b"", files={}
    )
    return Reuse().parse(Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere")), [output])


def test_the_sample_gives_the_expected_answer(tmp_path: Path) -> None:
    result = looked(tmp_path)
    assert result.seen.trouble is None
    seen = {
        "measures": {measure.name: [measure.value, measure.detail] for measure in result.seen.measures},
        "findings": [[one.rule, one.path, one.severity, one.message] for one in result.seen.findings],
        "examined": sorted(result.seen.examined),
    }
    assert seen == json.loads((FIXTURE / "expected.json").read_text(encoding="utf-8"))


def test_a_tree_that_follows_reuse_is_compliant(tmp_path: Path) -> None:
    text = (FIXTURE / "delivery" / "LICENSE").read_text(encoding="utf-8")
    result = looked(tmp_path, LICENSES__MIT_dot_txt=text, bare_dot_py=HEADER, README_dot_md=f"<!--\n{HEADER}-->\n")
    assert values(result.seen)["licence.reuse.compliant"] == 1
    assert result.seen.findings == ()


def test_what_the_tree_declares_for_all_its_files_is_said(tmp_path: Path) -> None:
    result = looked(tmp_path, REUSE_dot_toml=REUSE_TOML, logo_dot_svg_dot_license=HEADER, logo_dot_svg="<svg/>\n")
    assert values(result.seen)["licence.reuse.with_licence"] == 3
    assert result.seen.notes == (
        "Files whose licence is declared by .license files: 1.",
        "Files whose licence is declared by REUSE.toml: 2.",
    )
    assert [finding.rule for finding in result.seen.findings] == ["reuse:missing-text"]


def test_broken_configuration_is_the_deliverys_fault_not_the_tools(tmp_path: Path) -> None:
    result = looked(tmp_path, REUSE_dot_toml="version = [")
    assert result.seen.trouble is None
    (finding,) = result.seen.findings
    assert finding.rule == "reuse:configuration"
    assert finding.message.startswith("'REUSE.toml' could not be parsed")
    assert values(result.seen) == {"licence.reuse.compliant": 0}


def test_meson_subprojects_are_looked_at(tmp_path: Path) -> None:
    result = looked(tmp_path, meson_dot_build="project('x')\n", subprojects__other__a_dot_py="x = 1\n")
    assert "subprojects/other/a.py" in {finding.path for finding in result.seen.findings}


def test_evidence_does_not_depend_on_the_order_of_the_folder(tmp_path: Path) -> None:
    (one, two) = (tmp_path / "one", tmp_path / "two")
    one.mkdir()
    two.mkdir()
    names = [f"{letter}_dot_py" for letter in "edcbafgh"]
    first = looked(one, **dict.fromkeys(names, "x = 1\n"))
    second = looked(two, **dict.fromkeys(reversed(names), "x = 1\n"))
    assert [item.sha256 for item in first.evidence] == [item.sha256 for item in second.evidence]
    paths = [entry["path"] for entry in json.loads(first.evidence[0].content)["files"]]
    assert paths == sorted(paths)


@pytest.mark.self
def test_many_files_are_one_finding_that_counts_them() -> None:
    few, many = ([f"f{number:03}.py" for number in range(count)] for count in (LISTED, LISTED + 1))
    assert len(parsed(missing_licensing_info=few).findings) == LISTED
    (finding,) = parsed(missing_licensing_info=many).findings
    assert (finding.rule, finding.path) == ("reuse:missing-licence", None)
    assert finding.message == "21 files: no licence stated in or for the file: f000.py, f001.py, f002.py and 18 more."


@pytest.mark.self
def test_a_file_that_reuse_cannot_read_is_not_examined() -> None:
    seen = parsed(read_errors=["/delivery/a.py"])
    assert [one.path for one in seen.not_examined] == ["a.py"]


@pytest.mark.self
@pytest.mark.parametrize(
    ("category", "rule"),
    [
        ("bad_licenses", "reuse:unknown-licence"),
        ("deprecated_licenses", "reuse:deprecated-licence"),
        ("licenses_without_extension", "reuse:licence-without-extension"),
        ("missing_licenses", "reuse:missing-text"),
        ("unused_licenses", "reuse:unused-text"),
    ],
)
def test_what_is_wrong_with_a_licence_names_it(category: str, rule: str) -> None:
    (finding,) = parsed(**{category: ["GPL-9"]}).findings
    assert finding.rule == rule
    assert finding.message.startswith("GPL-9: ")


@pytest.mark.self
def test_garbage_is_an_error_and_an_empty_delivery_is_not() -> None:
    with pytest.raises(KeyError, match="non_compliant"):
        _parsed({})
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    assert Reuse().steps(tree, Settings()) == []
    assert Reuse().parse(tree, []).measures == ()
