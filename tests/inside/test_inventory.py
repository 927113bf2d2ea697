"""The inventory script as a process of its own, on trees made to break it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from support.inventoried import SCRIPT, answer, inventory

sys.path.append(str(SCRIPT.parent))  # as the script itself does

from look.languages import SOURCE, language_of
from look.suppressions import above, justification

from verifier.inventory import Inventory, Look


def look(folder: Path, name: str, content: bytes | str) -> Look:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return inventory(folder).looks[name]


@pytest.mark.self
@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("a.py", b"", "python"),
        ("a.PYW", b"", "python"),
        ("stubs/a.pyi", b"", "python"),
        ("a.ipynb", b"{}", "notebook"),
        ("a.mjs", b"", "javascript"),
        ("a.jsx", b"", "javascript"),
        ("a.tsx", b"", "typescript"),
        ("a.ts", b"let x = 1", "typescript"),
        ("fr.ts", b'<?xml version="1.0"?>', "xml"),
        ("run.sh", b"", "bash"),
        ("Send.ps1", b"", "powershell"),
        ("bin/tool", b"#!/usr/bin/env python3\n", "python"),
        ("bin/tool", b"#!/usr/bin/env -S python3.12 -u\n", "python"),
        ("bin/tool", b"#! /usr/local/bin/python\r\n", "python"),
        ("bin/tool", b"\xef\xbb\xbf#!/bin/sh\n", "bash"),
        ("bin/tool", b"#!/opt/unheard-of\n", "script"),
        ("notes.txt", b"#!/usr/bin/python3\n", "python"),
        ("notes.txt", b"#1 of the list", "text"),
        ("a.rs", b"#![allow(dead_code)]", "rust"),
        ("Makefile", b"", "makefile"),
        ("Dockerfile.dev", b"", "dockerfile"),
        ("SConstruct", b"", "python"),
        (".bashrc", b"", None),
        ("noidea", b"plain", None),
        ("a.pyc", b"", "compiled"),
    ],
)
def test_language(path: str, head: bytes, language: str | None) -> None:
    assert language_of(path, head) == language


@pytest.mark.self
@pytest.mark.parametrize("magic", [b"\x7fELF\0", b"MZ\x90\0", b"\0asm", b"\xca\xfe\xba\xbe\0", b"\xa7\r\r\n\0"])
def test_machine_code_under_a_picture_s_name_is_source(magic: bytes) -> None:
    assert language_of("logo.png", magic, binary=True) == "compiled"
    assert "compiled" in SOURCE


@pytest.mark.self
@pytest.mark.parametrize(
    ("text", "justified"),
    [
        ("# input is constant", "input is constant"),
        (" - only on Windows", "only on Windows"),
        ("# re-exported", "re-exported"),
        ("# raison : entrée fixe", "raison : entrée fixe"),
        ("# E501, W291", ""),
        ("# TODO", ""),
        ("# subprocess_popen", ""),
        ("# fmt: skip", ""),
        ("-----", ""),
        ("", ""),
    ],
)
def test_justification_is_a_word_for_a_person(text: str, justified: str) -> None:
    assert justification(text) == justified


@pytest.mark.self
def test_justification_above_is_the_comment_that_touches_the_line() -> None:
    assert above(3, ["# The name is", "# never a caller's.", "run()"]) == "The name is never a caller's."
    assert above(3, ["# Too far away.", "", "run()"]) == ""
    assert above(3, ["# SPDX-License-Identifier: MIT", "# Copyright 2026 Example", "run()"]) == ""
    assert above(2, ["#!/usr/bin/env python3", "run()"]) == ""
    assert above(1, ["run()"]) == ""


PYTHON_MARKS = [
    ("x = 1  # nosec", "nosec", ""),
    ("x = 1  # nosec B602, B607", "nosec", ""),
    ("x = 1  # nosec: subprocess_popen_with_shell_equals_true", "nosec", ""),
    ("x = 1  # nosec B602 - input is constant", "nosec", "input is constant"),
    ("x = 1  # noqa", "noqa", ""),
    ("x = 1  # noqa: E501,W291", "noqa", ""),
    ("x = 1  # noqa: E501  because of the address", "noqa", "because of the address"),
    ("# ruff: noqa: D100", "noqa: file", ""),
    ("# flake8: noqa", "noqa: file", ""),
    ("x = 1  # nosemgrep: python.lang.security.some-rule", "nosemgrep", ""),
    ("x = 1  # NOSEM: some-rule checked by hand", "nosemgrep", "checked by hand"),
    ("# pylint: skip-file", "pylint: skip-file", ""),
    ("# pylint: disable=missing-docstring,invalid-name", "pylint: disable", ""),
    ("# pylint: disable-next=eval-used  # the grammar is ours", "pylint: disable-next", "the grammar is ours"),
    ("x = 1  # type: ignore[assignment]", "type: ignore", ""),
    ("x = 1  # type:ignore  # stub is wrong", "type: ignore", "stub is wrong"),
    ("x = 1  # pragma: no cover", "pragma: no cover", ""),
    ("x = 1  # PRAGMA NO COVER (only on Windows)", "pragma: no cover", "(only on Windows)"),
    ("x = 1  # pragma: no branch", "pragma: no branch", ""),
    ("# REUSE-" + "IgnoreStart", "REUSE-" + "IgnoreStart", ""),
]


@pytest.mark.parametrize("position", range(len(PYTHON_MARKS)))
def test_marker_in_a_python_comment(tmp_path: Path, position: int) -> None:
    line, kind, justified = PYTHON_MARKS[position]
    (mark,) = look(tmp_path, "a.py", f"import os\n\n{line}\n").suppressions
    assert (mark.kind, mark.line, mark.justification) == (kind, 3, justified)


def test_marker_in_a_python_string_does_not_count(tmp_path: Path) -> None:
    seen = look(tmp_path, "a.py", 'x = "# nosec"\ny = """\n# noqa\n"""\n')
    assert seen.suppressions == ()


def test_two_markers_do_not_justify_one_another(tmp_path: Path) -> None:
    marks = look(tmp_path, "a.py", "x = 1  # noqa: E501  # pragma: no cover  # type: ignore\n").suppressions
    assert [mark.kind for mark in marks] == ["noqa", "pragma: no cover", "type: ignore"]
    assert {mark.justification for mark in marks} == {""}


@pytest.mark.parametrize(
    ("name", "line", "kind", "justified"),
    [
        ("a.js", "f() // eslint-disable-line no-eval", "eslint-disable", ""),
        ("a.js", "/* eslint-disable */", "eslint-disable", ""),
        ("a.js", "// eslint-disable-next-line no-eval -- our own text", "eslint-disable", "our own text"),
        ("a.ts", "// @ts-ignore", "ts-ignore", ""),
        ("a.ts", "// @ts-expect-error wrong in the library", "ts-ignore", "wrong in the library"),
        ("a.js", "/* istanbul ignore next */", "istanbul ignore", ""),
        ("a.sh", "# shellcheck disable=SC2086", "shellcheck disable", ""),
        ("a.sh", "# shellcheck disable=SC2086,SC2046 # split on purpose", "shellcheck disable", "split on purpose"),
        ("a.go", "x() //nolint:errcheck // closed twice", "nolint", "closed twice"),
        ("a.sql", "DROP TABLE a; -- nosemgrep", "nosemgrep", ""),
        ("a.yml", "key: value # nosemgrep: rule.id", "nosemgrep", ""),
        ("a.md", "<!-- REUSE-" + "IgnoreStart -->", "REUSE-" + "IgnoreStart", ""),
        ("a.ps1", "[SuppressMessageAttribute('PSRule', '')]", "SuppressMessageAttribute", ""),
        (
            "a.ps1",
            "[SuppressMessage('PSRule', '', Justification = 'a console tool')]",
            "SuppressMessageAttribute",
            "a console tool",
        ),
        (
            "A.java",
            '@SuppressWarnings("unchecked") // checked by the caller',
            "SuppressWarnings",
            "checked by the caller",
        ),
        ("a.rs", "#[allow(dead_code)]", "allow", ""),
    ],
)
def test_marker_in_another_language(tmp_path: Path, name: str, line: str, kind: str, justified: str) -> None:
    (mark,) = look(tmp_path, name, f"\n{line}\n").suppressions
    assert (mark.kind, mark.line, mark.justification) == (kind, 2, justified)


def test_powershell_in_utf_16_is_text(tmp_path: Path) -> None:
    seen = look(tmp_path, "a.ps1", "x\n# nosemgrep\n".encode("utf-16"))
    assert not seen.binary
    assert [mark.line for mark in seen.suppressions] == [2]


def test_prose_only_mentions_markers(tmp_path: Path) -> None:
    assert look(tmp_path, "a.md", "Write `# nosec` or <!-- noqa -->.\n").suppressions == ()


SKIPS = """import unittest
import pytest as pt
from pytest import mark, skip as leave
from unittest import expectedFailure, skipIf

pytestmark = pt.mark.skip("whole module")
@mark.skipif(True, reason=WHY_NOT)
@mark.xfail(strict=True)
def a(): leave("later")
@expectedFailure  # the vendor's fault
def b(): raise unittest.SkipTest
@skipIf(True, "no printer")
def c(self): self.skipTest("")
@pt.mark.parametrize("x", [pt.param(1, marks=pt.mark.xfail)])
def d(): pt.xfail(reason="known")
def skip(): ...
skip()
mark.slow("skip")
"""


@pytest.mark.parametrize(
    ("comment", "line", "justified"),
    [
        ("this is the Alembic Config object, which provides access to the values", "config = a  # type: ignore", False),
        ("add your model's MetaData object here for 'autogenerate' support", "from a import b  # noqa 401", False),
        ("The name is checked by the caller.", "run(name)  # nosec B602", False),
        ("B602: the name is checked by the caller.", "run(name)  # nosec B602", True),
        ("bandit cannot see that the name is checked", "run(name)  # nosec", True),
        ("a false positive: the name is checked", "run(name)  # nosec", True),
        ("faux positif : le nom est vérifié", "run(name)  # nosec", True),
        ("unused-import: alembic needs the models", "from a import b  # pylint: disable=unused-import", True),
        ("the package has no stubs", "import a  # type: ignore", True),
    ],
)
def test_a_comment_above_justifies_a_marker_only_where_it_is_about_it(tmp_path, comment, line, justified) -> None:
    (mark,) = look(tmp_path, "a.py", f"# {comment}\n{line}\n").suppressions
    assert mark.justification == (comment if justified else "")


def test_skips_of_pytest_and_unittest(tmp_path: Path) -> None:
    marks = look(tmp_path, "a.py", SKIPS).suppressions
    assert [(mark.line, mark.kind, mark.justification) for mark in marks] == [
        (6, "skip", "whole module"),
        (7, "skipif", "expression WHY_NOT"),
        (8, "xfail", ""),
        (9, "skip", "later"),
        (10, "xfail", "the vendor's fault"),
        (12, "skipif", "no printer"),
        (13, "skip", ""),
        (14, "xfail", ""),
        (15, "xfail", "known"),
    ]


def test_a_flood_of_markers_is_counted_not_listed(tmp_path: Path) -> None:
    seen = look(tmp_path, "a.py", "x = 1  # nosec\n" * 1500)
    assert (len(seen.suppressions), seen.more, seen.more_unjustified) == (1000, 500, 500)


FUNCTIONS = '''"""Documented."""


def plain(a):
    """Two lines
    of docstring."""
    return a


def branchy(a, b, c):
    if a and b or c:
        pass
    elif b:
        pass
    for x in [y for y in a if y]:
        while x:
            with b:
                try:
                    return 1 if x else 2
                except ValueError:
                    pass
    match a:
        case 1:
            pass
        case _:
            pass

    def inner():
        return a or b
'''


def test_measures_of_functions(tmp_path: Path) -> None:
    seen = look(tmp_path, "a.py", FUNCTIONS)
    # plain: 1. inner: 2. branchy: 1 + if, and, or, elif, for, comprehension (2), while, conditional, except, case.
    assert (seen.functions, seen.complexity, seen.nesting, seen.longest) == (3, 12, 4, 20)
    assert seen.documented
    (trigger,) = seen.triggers
    assert (trigger.kind, trigger.function, trigger.line, trigger.value, trigger.limit) == (
        "complexity",
        "branchy",
        10,
        12,
        10,
    )


def test_a_docstring_does_not_make_a_function_long(tmp_path: Path) -> None:
    body = '    """' + "words\n    " * 40 + '"""\n' + "    x = 1\n" * 24
    assert look(tmp_path, "a.py", f"def f():\n{body}").triggers == ()
    assert [t.kind for t in look(tmp_path, "b.py", f"def f():\n{body}    x = 1\n").triggers] == ["lines"]


def test_imports_of_every_form(tmp_path: Path) -> None:
    text = "import a.b, c\nfrom d import e\nfrom . import f\nfrom ..g import *\nimport_module('h.i')\n"
    assert look(tmp_path, "a.py", text).imports == (".", "..g", ".f", "a.b", "c", "d", "d.e", "h.i")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("run_path('tests/label.py')", {"tests.label"}),
        ("run_path(HERE / 'tests' / 'label.py')", {"tests.label"}),
        ("exec(open('./tests/label.py', 'rb').read())", {"tests.label"}),
        ("spec_from_file_location('label', 'tests/label.py')", {"tests.label"}),
        ("run_module(mod_name='tests.label')", {"tests.label"}),
        ("sys.path.insert(0, join(HERE, '..', 'tests'))\nimport label", {"label", "tests.label"}),
        ("site.addsitedir('tests')\nfrom label import f", {"label", "label.f", "tests.label", "tests.label.f"}),
        ("re.compile('tests.label')", set()),
        ("names.append('tests')\nimport label", {"label"}),
    ],
)
def test_code_that_is_loaded_by_its_path_is_imported(tmp_path: Path, line: str, named: set[str]) -> None:
    found = set(look(tmp_path, "a.py", line + "\n").imports)
    assert found >= named
    assert ("tests.label" in found) == ("tests.label" in named)


CODE = "import os\n\n\ndef label(name):\n    os.system(name)  # nosec\n"


@pytest.mark.parametrize(
    "name", ["label.txt", "bin/label", "label.csv", "label.json", "label.py.j2", "label.pth", "a.md"]
)
def test_text_that_is_python_from_end_to_end_is_python_whatever_its_name(tmp_path: Path, name: str) -> None:
    seen = look(tmp_path, name, CODE)
    assert (seen.language, seen.source, seen.parsed, len(seen.suppressions)) == ("python", True, True, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.txt", "import this list\nfrom class to class\n"),
        ("notes.txt", "hello\n"),
        ("values.toml", "import_name = 1\n"),
        ("label.py.j2", "import os\n{% if x %}\n"),
        ("BUILD", "def rule(name):\n    native.rule(name = name)\n"),
        ("a.md", "# How\n\n    import os\n\nsays it.\n"),
    ],
)
def test_text_that_is_no_python_is_what_its_name_says(tmp_path: Path, name: str, text: str) -> None:
    assert not look(tmp_path, name, text).source


@pytest.mark.parametrize("name", ["lib.zip", "data.bin", "logo.png"])
def test_an_archive_from_which_python_can_import_is_code(tmp_path: Path, name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("label.py", CODE)
    seen = look(tmp_path, name, b"\x89PNG\r\n\x1a\n\0" + content.getvalue())
    assert (seen.language, seen.source) == ("compiled", True)


def test_an_archive_of_data_is_data(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert not look(tmp_path, "rates.xlsx", content.getvalue()).source


def test_a_link_names_what_it_leads_to_in_the_tree(tmp_path: Path) -> None:
    (tmp_path / "tree" / "tests").mkdir(parents=True)
    for name, target in {"a.py": "b.py", "b.py": "tests/c.py", "d": "tests", "out": "../x", "no": "nothing"}.items():
        (tmp_path / "tree" / name).symlink_to(target)
    found = {path: one.target for path, one in inventory(tmp_path / "tree").looks.items()}
    assert found == {"a.py": "tests/c.py", "b.py": "tests/c.py", "d": "tests", "out": "", "no": "nothing"}


STEERED = {
    ".pylintrc": "",
    "sub/pylintrc": "",
    ".bandit": "[bandit]\nskips = B602\n",
    ".semgrepignore": "*\n",
    ".semgrep/rules.yml": "rules: []\n",
    "rules/semgrep/python.yml": "rules: []\n",
    "coverage.xml": "",
    ".coveragerc": "",
    "pytest.ini": "",
    ".flake8": "",
    "ruff.toml": "",
    "REUSE.toml": "version = 1\n",
    ".reuse/dep5": "",
    ".gitmodules": "",
    "conftest.py": "",
    "evil.pth": "import os\n",
    "pytest.py": "",
    "src/coverage/__init__.py": "",
    "sitecustomize.py": "",
    "uv.toml": "",
    "pip.conf": "",
    "a.dist-info/entry_points.txt": "[pytest11]\na = b\n",
    ".gitattributes": "# export-ignore in a comment\n*.py text\ntests export-ignore\n*.bin filter=lfs\n",
    "setup.cfg": "[metadata]\n[coverage:run]\n[tool:pytest]\n[pylint.main]\n[flake8]\n",
    "tox.ini": "[testenv]\n[pytest]\naddopts = --co\n",
}


def test_steering_is_listed(tmp_path: Path) -> None:
    for name, content in STEERED.items():
        look_at = tmp_path / name
        look_at.parent.mkdir(parents=True, exist_ok=True)
        look_at.write_text(content)
    (tmp_path / "pkg" / "models").mkdir(parents=True)
    (tmp_path / "pkg" / "__init__.py").touch()
    (tmp_path / "pkg" / "coverage.py").touch()  # pkg.coverage takes no tool's place
    found = inventory(tmp_path)
    listed = {
        (one.path, one.line) for one in (*found.steering, *(s for seen in found.looks.values() for s in seen.steering))
    }
    by_content = {(".gitattributes", 3), (".gitattributes", 4), ("tox.ini", 2)} | {
        ("setup.cfg", line) for line in (2, 3, 4, 5)
    }
    by_name = {(name, None) for name in STEERED if name not in {".gitattributes", "setup.cfg", "tox.ini"}}
    assert listed == by_content | by_name


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ('[tool.pylint.main]\ninit-hook = "1"\n', "[tool.pylint] configuration of pylint (main.init-hook)", 1),
        ("[tool.bandit]\nskips = []\n", "[tool.bandit] configuration of bandit (skips)", 1),
        ('\n[tool.pytest.ini_options]\naddopts = "--co"\n', "configuration of pytest (ini_options.addopts)", 2),
        ('[tool."coverage".run]\nomit = ["*"]\n', "configuration of coverage (run.omit)", 1),
        ("tool = {ruff = {line-length = 1}}\n", "configuration of ruff (line-length)", None),
        ('[tool."pylint.messages_control"]\ndisable = "all"\n', "configuration of pylint (disable)", 1),
        ('[project.entry-points.pytest11]\na = "b"\n', "registers a plug-in of pytest", 1),
        ('[[tool.uv.index]]\nurl = "x"\n', "[tool.uv] a package index of its own (index)", 1),
        ("[tool.poetry]\nsource = []\n", "[tool.poetry] a package index of its own (source)", 1),
        ("[tool.ruff\n", "cannot be read as TOML", None),
    ],
)
def test_steering_in_pyproject(tmp_path: Path, text: str, words: str, line: int | None) -> None:
    (steer,) = look(tmp_path, "pyproject.toml", text).steering
    assert words in steer.what
    assert steer.line == line


def test_pyproject_that_steers_nothing(tmp_path: Path) -> None:
    assert look(tmp_path, "pyproject.toml", '[project]\nname = "a"\n[tool.hatch]\nx = 1\n').steering == ()


def test_community_files(tmp_path: Path) -> None:
    names = [
        "LISEZMOI.md",
        "docs/CONTRIBUTING.rst",
        ".github/SECURITY.md",
        "publiccode.yml",
        ".github/workflows/ci.yml",
    ]
    for name in [*names, "pkg/tests/a.py", "setup.py"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "GOVERNANCE.md").touch()
    found = inventory(tmp_path).community
    assert [found[kind] for kind in ("readme", "contributing", "security_policy", "publiccode", "ci")] == [
        (n,) for n in names
    ]
    assert (found["tests"], found["manifest"], found["governance"]) == (("pkg/tests",), ("setup.py",), ())


HOSTILE = {
    "brackets.py": b"(" * 10_000 + b")" * 10_000,
    "minus.py": b"x = " + b"-" * 200_000 + b"1\n",
    "dots.py": b"x = a" + b".b" * 200_000 + b"\n",
    "sum.py": b"x = 1" + b"+1" * 200_000 + b"\n",
    "nul.py": b"x = 1\0\n",
    "cookie.py": b"# coding: rot13-and-more\nx = 1\n",
    "utf16.py": "x = 1\n".encode("utf-16"),
    "latin.py": b"x = '\xe9'\n",
    "tabs.py": b"if 1:\n\tx\n        y\n",
    "deep.toml/pyproject.toml": b"x = " + b"[" * 10_000,
    "skipped.py": b"import pytest\npytest.skip(" + b"-" * 3000 + b"x)\n",
}


def test_hostile_files_cost_only_themselves(tmp_path: Path) -> None:
    for name, content in HOSTILE.items():
        look_at = tmp_path / name
        look_at.parent.mkdir(exist_ok=True)
        look_at.write_bytes(content)
    (tmp_path / "honest.py").write_text("x = 1  # nosec\n")
    found = inventory(tmp_path).looks
    assert set(found) == {*HOSTILE, "honest.py"}
    assert found["honest.py"].parsed
    assert len(found["honest.py"].suppressions) == 1
    unread = {name for name, seen in found.items() if seen.language == "python" and not seen.parsed}
    assert unread >= {"brackets.py", "minus.py", "nul.py", "cookie.py", "utf16.py", "latin.py", "tabs.py"}
    assert all(found[name].error or found[name].failed for name in unread)
    assert (found["tabs.py"].error_line, found["latin.py"].error_line) != (None, None)


def test_a_file_that_kills_the_reader_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker itself is killed, as a crash of the interpreter or the CPU limit would."""
    import inventory as script

    for name in ("a.py", "b.py", "c.sh", "d.py"):
        (tmp_path / name).write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(script, "MOST_WORKERS", 1)

    honest = script.record

    def fatal(path: str, kind: str, size: int) -> dict[str, object]:
        if path in {"a.py", "b.py", "d.py"}:
            os.kill(os.getpid(), {"a.py": signal.SIGTRAP, "b.py": signal.SIGXCPU, "d.py": signal.SIGKILL}[path])
        return honest(path, kind, size)

    monkeypatch.setattr(script, "record", fatal)
    found = [json.loads(line) for line in script.records(sorted(script.walk()))]
    assert [one["path"] for one in found] == ["a.py", "b.py", "c.sh", "d.py"]
    ended = "ended the process that read it"
    assert [one.get("failed") for one in found] == [ended, "took too long to read", None, ended]
    assert [one["language"] for one in found] == ["python", "python", "bash", "python"]


def test_a_reader_that_cannot_start_blames_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import inventory as script

    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(script.os, "devnull", str(tmp_path / "missing"))
    with pytest.raises(SystemExit, match="could not be started"):
        script.records(sorted(script.walk()))


def test_one_line_of_50_megabytes(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_bytes(b"[" + b"1," * 25_000_000 + b"1]")
    (tmp_path / "bundle.js").write_bytes(b"a=1;" * 2_500_000 + b"// nosemgrep")
    started = time.monotonic()
    found = inventory(tmp_path).looks
    assert time.monotonic() - started < 15
    assert (found["data.json"].lines, found["data.json"].failed) == (1, "")
    assert found["bundle.js"].minified
    assert len(found["bundle.js"].suppressions) == 1


def test_a_file_over_the_limit_is_typed_but_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big.py").open("wb") as file:
        file.truncate(70 * 1024**2)
    seen = inventory(tmp_path).looks["big.py"]
    assert (seen.language, seen.source, seen.parsed) == ("python", True, None)
    assert seen.failed.startswith("over ")


def test_names_that_are_not_utf_8_and_names_with_newlines(tmp_path: Path) -> None:
    names = [b"caf\xe9.py", b"two\nlines.py", b'quote".py', b"\x1b[31m.py"]
    for name in names:
        (Path(os.fsdecode(bytes(tmp_path) + b"/" + name))).write_bytes(b"x = 1\n")
    content = answer(tmp_path)
    content.decode("ascii")
    assert set(Inventory.from_bytes(content).looks) == {os.fsdecode(name) for name in names}


def test_links_and_pipes_are_listed_and_not_opened(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text("x = 1\n")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link.py").symlink_to("../outside/secret.py")
    (tree / "folder").symlink_to("../outside")
    (tree / "dangling").symlink_to("nowhere")
    os.mkfifo(tree / "pipe.py")
    found = inventory(tree).looks
    assert {path: (seen.kind, seen.language) for path, seen in found.items()} == {
        "link.py": ("link", None),
        "folder": ("link", None),
        "dangling": ("link", None),
        "pipe.py": ("other", None),
    }


def test_delivered_modules_are_not_imported(tmp_path: Path) -> None:
    for name in ("json.py", "ast.py", "look.py", "sitecustomize.py", "tokenize.py"):
        (tmp_path / name).write_text("raise SystemExit('imported')\n")
    assert len(inventory(tmp_path).looks) == 5


def test_an_empty_tree(tmp_path: Path) -> None:
    assert inventory(tmp_path).looks == {}


def test_a_deep_folder(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=folder)
        above, folder = folder, os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(above)
    os.close(os.open("a.py", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    try:
        assert list(inventory(tmp_path).looks) == ["d/" * 1200 + "a.py"]
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # deeper than pytest's own clean-up can go


def test_binary_and_minified(tmp_path: Path) -> None:
    assert look(tmp_path, "a.png", b"\x89PNG\0").binary
    assert look(tmp_path, "late.js", b"x\n" * 9000 + b"\0").binary
    assert look(tmp_path, "a.min.js", "x\n").minified
    assert look(tmp_path, "a.js", "x" * 200).minified
    assert not look(tmp_path, "b.js", "let x = 1;\n" * 50).minified


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.py").write_text(f"x = {number}  # nosec\n")
    assert answer(tmp_path) == answer(tmp_path)
