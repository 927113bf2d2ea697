"""The metadata script on what projects write, and on what somebody may write to hurt it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "verifier" / "inside" / "licence_metadata.py"
TAG = "SPDX-License-" + "Identifier"  # in two halves, or REUSE would read it as this file's
DEEP = 100_000


def said(folder: Path, **files: str | bytes) -> dict[str, Any]:
    """What the script prints of the files; `_dot_` in a name stands for a dot."""
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("_dot_", ".")).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(folder)], capture_output=True, timeout=60, check=False, env={}
    )
    assert (done.returncode, done.stderr) == (0, b"")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def claims(folder: Path, **files: str) -> list[tuple[str, str, int | None]]:
    return [(one["kind"], one["words"], one["line"]) for one in said(folder, **files)["claims"]]


def test_pyproject(tmp_path: Path) -> None:
    text = '[project]\nname = "MIT"\nlicense = "MIT"\nclassifiers = [\n  "License :: OSI Approved :: MIT License",\n]\n'
    assert claims(tmp_path, pyproject_dot_toml=text) == [
        ("expression", "MIT", 3),
        ("classifier", "License :: OSI Approved :: MIT License", 5),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nlicense = {text = "BSD"}\n',
        '[tool.poetry]\nlicense = "BSD"\n',
        '[tool.flit.metadata]\nlicense = "BSD"\n',
    ],
)
def test_the_other_tables_of_pyproject(tmp_path: Path, text: str) -> None:
    assert claims(tmp_path, pyproject_dot_toml=text) == [("text", "BSD", 2)]


def test_a_file_is_no_claim(tmp_path: Path) -> None:
    assert claims(tmp_path, pyproject_dot_toml='[project]\nlicense = {file = "LICENSE"}\n') == []


def test_setup_cfg_and_its_dashes(tmp_path: Path) -> None:
    text = (
        "[metadata]\nlicense = MIT\nlicense-expression = ISC\n"
        "classifiers =\n  License :: OSI Approved :: BSD License\n  Topic :: Text\n"
    )
    assert claims(tmp_path, setup_dot_cfg=text) == [
        ("expression", "ISC", 3),
        ("text", "MIT", 2),
        ("classifier", "License :: OSI Approved :: BSD License", 5),
    ]


def test_setup_py_is_read_and_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    text = (
        f"import setuptools\nopen({str(marker)!r}, 'w')\nLICENCE = 'MIT'\n"
        "setuptools.setup(name='x', license=LICENCE, **more(),\n"
        "    classifiers=('License :: OSI Approved :: MIT License', 1))\n"
    )
    found = claims(tmp_path, setup_dot_py=text)
    assert [kind_words[:2] for kind_words in found] == [
        ("text", "MIT"),
        ("classifier", "License :: OSI Approved :: MIT License"),
    ]
    assert not marker.exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"license": "MIT"}', [("expression", "MIT", 1)]),
        ('{"license": {"type": "MIT"}}', [("text", "MIT", 1)]),
        ('{"licenses": [{"type": "MIT"}, {"type": "ISC"}]}', [("expression", "MIT OR ISC", None)]),
        ('{"license": "SEE LICENSE IN LICENSE.txt"}', []),
        ('{"license": "ISC", "private": true}', []),
        ('["license"]', []),
    ],
)
def test_package_json(tmp_path: Path, text: str, expected: list[tuple[str, str, int | None]]) -> None:
    assert claims(tmp_path, package_dot_json=text) == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("package_dot_json", "[" * DEEP),
        ("package_dot_json", '{"license": ' + "9" * 5000 + "}"),
        ("pyproject_dot_toml", "x = " + "[" * DEEP),
        ("pyproject_dot_toml", b"\xff\xfe"),
        ("setup_dot_py", "(" * DEEP),
        ("setup_dot_py", "x" + "()" * DEEP),
        ("setup_dot_py", "\0"),
        ("setup_dot_cfg", "no section"),
        ("setup_dot_cfg", "[metadata]\nlicense = " + "x" * 2_000_001),
    ],
)
def test_hostile_metadata_is_said_to_be_unreadable(tmp_path: Path, name: str, content: str | bytes) -> None:
    answer = said(tmp_path, **{name: content})
    assert answer["claims"] == []
    assert [one["path"] for one in answer["unreadable"]] == [name.replace("_dot_", ".")]


def test_claims_are_bounded(tmp_path: Path) -> None:
    many = ", ".join(f'"License :: {number}"' for number in range(200))
    answer = said(tmp_path, pyproject_dot_toml=f'[project]\nlicense = "{"M" * 5000}"\nclassifiers = [{many}]\n')
    assert len(answer["claims"]) == 50
    assert len(answer["claims"][0]["words"]) == 1000


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text('[project]\nlicense = "MIT"\n', encoding="utf-8")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "pyproject.toml").symlink_to(outside)
    (tree / "a.py").symlink_to(outside)
    assert said(tree) == {"claims": [], "authors": [], "unreadable": [], "headers": []}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"# {TAG}: MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        (f"/* {TAG}: GPL-2.0-only WITH Classpath-exception-2.0 */", "GPL-2.0-only WITH Classpath-exception-2.0"),
        (f"<!-- {TAG}: MIT -->", "MIT"),
        (f"REM {TAG}: MIT", "MIT"),
        (f"// {TAG}: (MIT)", "(MIT)"),
        (f'print("{TAG}: GPL-3.0-only")', None),
        (f"See the {TAG}: GPL-3.0-only", None),
    ],
)
def test_headers(tmp_path: Path, line: str, words: str | None) -> None:
    found = said(tmp_path, a_dot_x=f"#!/bin/sh\n{line}\n")["headers"]
    assert found == ([{"path": "a.x", "line": 2, "words": words}] if words else [])


def test_a_tag_far_down_is_no_header(tmp_path: Path) -> None:
    assert said(tmp_path, a_dot_py="\n" * 30 + f"# {TAG}: MIT\n")["headers"] == []


def test_headers_of_any_name_and_content(tmp_path: Path) -> None:
    (tmp_path / "caf\udce9.py").write_bytes(b"\xff\n# " + TAG.encode() + b": MIT\n")
    assert said(tmp_path)["headers"] == [{"path": "caf\udce9.py", "line": 2, "words": "MIT"}]


def test_authors_are_read_from_every_kind_of_metadata(tmp_path: Path) -> None:
    answer = said(
        tmp_path,
        pyproject_dot_toml='[project]\nauthors = [{name = "A Sample"}, {email = "b@example.org"}, "C"]\n'
        'maintainers = [{name = "D Sample"}]\n[tool.poetry]\nauthors = ["E Sample <e@example.org>"]\n',
        setup_dot_cfg="[metadata]\nauthor = F Sample\n",
        setup_dot_py='WHO = "G Sample"\nsetup(author=WHO)\n',
        package_dot_json='{"private": true, "license": "ISC", "author": {"name": "H Sample"}}',
    )
    assert [name[0] for name in answer["authors"]] == ["A", "D", "E", "F", "G", "H"]
    assert answer["claims"] == []
