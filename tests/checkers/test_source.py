"""The first look as the pipeline sees it: the sample with its expected answer, and answers that are wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from support.inventoried import answer, checkout, observations

from verifier.checker import Settings, ToolOutput
from verifier.checkers.source import Source
from verifier.model import Checkout, NotExamined, Observations, Role, Skip

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "source"


def parse(tree: Checkout, stdout: bytes) -> Observations:
    (command,) = Source().steps(tree, Settings())
    return Source().parse(tree, [ToolOutput(command=command, exit_code=0, stdout=stdout, stderr=b"", files={})])


def measures(seen: Observations) -> dict[str, Any]:
    return {measure.name: measure.value for measure in seen.measures}


def write(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def test_the_sample_has_the_expected_answer() -> None:
    """The grammar's version is the interpreter's own, so it is not compared."""
    seen = replace(observations(FIXTURE / "delivery"), notes=())
    found = json.loads(json.dumps(asdict(seen), default=sorted))
    assert found == json.loads((FIXTURE / "expected.json").read_text("utf-8"))


def test_the_command_is_isolated_and_needs_no_classified_files() -> None:
    (command,) = Source().steps(checkout(FIXTURE / "delivery"), Settings())
    assert command.argv == ("python", "-I", "/inside/inventory.py")
    assert (command.cwd, command.delivered_code, command.environment) == ("/delivery", False, False)


def test_every_file_is_examined_or_named(tmp_path: Path) -> None:
    write(tmp_path, **{"a.py": "x = 1\n", "b.py": "x =\n", "c.ipynb": "{}", "d.bin": "\0", "e.txt": "", "f.so": "\0"})
    (tmp_path / "link").symlink_to("a.py")
    seen = observations(tmp_path)
    assert seen.examined == {"a.py", "e.txt", "link"}
    assert [(one.path, one.skip, one.source) for one in seen.not_examined] == [
        ("b.py", Skip.UNPARSABLE, True),
        ("c.ipynb", Skip.LANGUAGE, True),
        ("d.bin", Skip.NOT_TEXT, False),
        ("f.so", Skip.NOT_TEXT, True),
    ]
    assert seen.not_examined[0].reason == "line 1: invalid syntax"


def test_a_link_written_as_a_text_file_is_no_python(tmp_path: Path) -> None:
    """That is what git does where `core.symlinks` is off."""
    tree = checkout(write(tmp_path, **{"link.py": "../elsewhere.py"}))
    linked = replace(tree, files=tuple(replace(one, mode="120000") for one in tree.files))
    seen = observations(tmp_path, linked)
    assert (seen.examined, seen.not_examined, measures(seen)["source.files"]) == ({"link.py"}, (), 0)


def test_a_link_on_disk_where_the_commit_has_a_file_is_not_examined(tmp_path: Path) -> None:
    tree = checkout(write(tmp_path, **{"a.py": "x = 1\n"}))
    (tmp_path / "a.py").unlink()
    (tmp_path / "a.py").symlink_to("/etc/passwd")
    (missing,) = observations(tmp_path, tree).not_examined
    assert (missing.path, missing.skip) == ("a.py", Skip.TOOL)


def test_a_file_that_was_not_reported_is_not_examined(tmp_path: Path) -> None:
    tree = checkout(write(tmp_path, **{"a.py": "x = 1\n", "b.py": "x = 1\n"}))
    (tmp_path / "b.py").unlink()
    seen = observations(tmp_path, tree)
    assert seen.examined == {"a.py"}
    assert seen.not_examined == (NotExamined(path="b.py", skip=Skip.TOOL, reason="not in the inventory"),)


def test_a_file_beside_the_commit_is_said(tmp_path: Path) -> None:
    tree = checkout(write(tmp_path, **{"a.py": "x = 1\n"}))
    write(tmp_path, **{"z.cfg": "x"})
    seen = observations(tmp_path, tree)
    assert seen.examined == {"a.py"}
    assert "1 file in the tree is not part of the commit: 'z.cfg'." in seen.notes


@pytest.mark.parametrize(
    "stdout",
    [
        b"",
        b"Traceback",
        b"[]",
        b"{}",
        b'{"schema": "inventory/0"}',
        b'{"schema": "inventory/1", "files": [{}]}',
        b"null",
    ],
)
def test_an_answer_that_is_no_inventory(stdout: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own message or ours
        parse(checkout(FIXTURE / "delivery"), stdout)


def test_a_truncated_answer_is_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own message
        parse(checkout(FIXTURE / "delivery"), answer(FIXTURE / "delivery")[:-20])


def test_review_triggers_and_maxima_are_of_product_code(tmp_path: Path) -> None:
    long = "def f():\n" + "    x = 1\n" * 30
    tree = checkout(write(tmp_path, **{"a.py": "def g():\n    pass\n", "test_a.py": long}))
    tests = replace(
        tree, files=tuple(replace(one, role=Role.TESTS) if "test" in one.path else one for one in tree.files)
    )
    assert (
        observations(tmp_path, tests).findings,
        measures(observations(tmp_path, tests))["source.functions.longest"],
    ) == ((), 2)
    (finding,) = observations(tmp_path, tree).findings
    assert (finding.rule, finding.severity, finding.path, finding.line) == (
        "source:long-function",
        "note",
        "test_a.py",
        1,
    )


def test_like_functions_in_one_file_have_fingerprints_of_their_own(tmp_path: Path) -> None:
    method = "    def f(self):\n" + "        x = 1\n" * 30
    seen = observations(write(tmp_path, **{"a.py": f"class A:\n{method}class B:\n{method}"}))
    assert [finding.ordinal for finding in seen.findings] == [0, 1]
    assert len({finding.fingerprint for finding in seen.findings}) == 2


def test_measures_count_what_is_not_listed(tmp_path: Path) -> None:
    seen = observations(write(tmp_path, **{"a.py": "x = 1  # nosec\n" * 1200, "b.py": "x = 1  # nosec - a constant\n"}))
    found = measures(seen)
    assert (found["source.suppressions"], found["source.suppressions.unjustified"], len(seen.suppressions)) == (
        1201,
        1200,
        1001,
    )
    assert "a.py: suppressions counted and not listed: 200." in seen.notes


def test_steering_of_the_tree_and_of_files_in_order(tmp_path: Path) -> None:
    files = {"pytest.py": "", ".coveragerc": "", "setup.cfg": "[flake8]\n[tool:pytest]\n", "conftest.py": ""}
    seen = observations(write(tmp_path, **files))
    assert [(one.path, one.line) for one in seen.steering] == [
        (".coveragerc", None),
        ("conftest.py", None),
        ("pytest.py", None),
        ("setup.cfg", 1),
        ("setup.cfg", 2),
    ]


def test_project_files_are_measures(tmp_path: Path) -> None:
    found = measures(observations(write(tmp_path, **{"README.md": "x", "SECURITY.md": "x", "CHANGELOG.md": ""})))
    assert (found["project.readme"], found["project.security"], found["project.changelog"]) == (1, 1, 0)


UNREADABLE = {
    "compiled with a source": ("fast/rates.cpython-311-x86_64-linux-gnu.so", "fast/rates.pyx"),
    "byte code": ("app/__pycache__/rates.cpython-311.pyc", "app/rates.py"),
    "a class": ("lib/Rates.class", "src/Rates.java"),
    "minified by name": ("static/rates-1.2.min.js", "static/rates-1.2.js"),
    "minified by its lines": ("dist/rates.js", "src/rates.ts"),
    "a style sheet": ("static/page.min.css", "static/page.scss"),
}
CONTENT = {"so": b"\x7fELF\0", "pyc": b"\xa7\r\r\n\0", "class": b"\xca\xfe\xba\xbe\0"}


def unreadable(folder: Path, path: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(CONTENT.get(path.rpartition(".")[2], b"x" * 500))


def messages(folder: Path) -> dict[str, str]:
    return {one.path: f"{one.rule}: {one.message}" for one in observations(folder).findings if one.path}


@pytest.mark.parametrize(("path", "source"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_nobody_can_review_is_listed_with_what_it_may_come_from(tmp_path: Path, path: str, source: str) -> None:
    unreadable(tmp_path, path)
    kind = "source:compiled" if path.rpartition(".")[2] in CONTENT else "source:minified"
    alone = messages(tmp_path)[path]
    assert alone.startswith(kind)
    assert "nobody can review it. Deliver" in alone
    (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / source).write_text("rates\n")
    assert messages(tmp_path) == {path: messages(tmp_path)[path]}
    assert f"{source} may be" in messages(tmp_path)[path]


@pytest.mark.parametrize("source", ["rates.css", "other.js", "deep/down/rates.js", "rates.min.ts"])
def test_what_is_elsewhere_or_unreadable_itself_is_no_source(tmp_path: Path, source: str) -> None:
    unreadable(tmp_path, "rates.min.js")
    (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / source).write_text("rates\n")
    assert "nobody can review it" in messages(tmp_path)["rates.min.js"]


@pytest.mark.parametrize("name", ["tool.exe", "tool.jar", "tool.wasm", "tool.dll", "tool.pyd", "tool.whl", "tool"])
def test_a_program_is_known_by_its_name_or_its_first_bytes(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"MZ\0\0")
    seen = observations(tmp_path)
    assert [one.rule for one in seen.findings] == ["source:compiled"]
    assert [(one.path, one.source, str(one.reason)) for one in seen.not_examined] == [
        (name, True, "machine or byte code")
    ]


def test_an_archive_is_named_as_one_that_nobody_looked_into(tmp_path: Path) -> None:
    write(tmp_path, **{"data.tar.gz": "\0\0\0", "logo.png": "\0\0"})
    assert messages(tmp_path) == {
        "data.tar.gz": "source:archive: An archive of 3 bytes: nobody has looked into it.",
        "logo.png": "source:binary: A binary file of 2 bytes: its content cannot be read here.",
    }


def test_product_code_that_asks_whether_it_is_tested_is_listed_and_a_test_that_does_is_not(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for name in ("rates.py", "tests/test_rates.py"):
        (tmp_path / name).write_text("import sys\n\nFLAG = 'pytest' in sys.modules\n")
    tree = checkout(tmp_path)
    roles = {"rates.py": Role.SOURCE, "tests/test_rates.py": Role.TESTS}
    tree = replace(tree, files=tuple(replace(one, role=roles[one.path]) for one in tree.files))
    seen = observations(tmp_path, tree)
    assert [(one.path, one.line) for one in seen.steering if "asks whether" in one.what] == [("rates.py", 3)]
