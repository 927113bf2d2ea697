"""Which packages a project names: in every manifest that there is, by name alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.inside.project.dependencies import dependencies
from verifier.inside.project.reader import Reader

MANIFESTS = {
    "requirements.txt": (
        "# words\n-r more.txt\nrequests[socks]>=2 ; python_version > '3'\nhttps://a.example/b.zip\nname @ https://c\n",
        ["requests", "name"],
    ),
    "api/requirements/base.txt": ("django~=4.2\n", ["django"]),
    "pyproject.toml": (
        (
            '[build-system]\nrequires = ["hatchling"]\n'
            '[project]\ndependencies = ["rich>=14"]\n[project.optional-dependencies]\nfast = ["uvloop"]\n'
            '[dependency-groups]\ntest = ["pytest", {include-group = "other"}]\n'
            '[tool.poetry.dependencies]\npython = "^3.11"\nhttpx = "^0.27"\nown = {path = "../own"}\n'
            '[tool.poetry.group.lint.dependencies]\nmypy = "*"\n'
        ),
        ["rich", "hatchling", "uvloop", "pytest", "httpx", "mypy"],
    ),
    "setup.cfg": (
        "[options]\ninstall_requires =\n    attrs\n    six; python_version < '3'\n[options.extras_require]\nx = numpy\n",
        ["attrs", "six", "numpy"],
    ),
    "setup.py": (
        (
            "from setuptools import setup\nREQUIRED = ['click>=8']\n"
            "setup(name='own', install_requires=REQUIRED + ['flask'], extras_require={'test': ['nose']}, keywords=['six'])\n"
        ),
        ["click", "flask", "nose"],
    ),
    "Pipfile": ('[packages]\nboto3 = "*"\n[dev-packages]\nblack = "*"\n', ["boto3", "black"]),
    "tox.ini": ("[testenv]\ndeps =\n    tblib\n", ["tblib"]),
    "web/package.json": (
        '{"name": "own", "dependencies": {"chalk": "5"}, "devDependencies": {"@types/node": "20"}}',
        ["chalk", "@types/node"],
    ),
}


@pytest.mark.parametrize(("path", "text", "names"), [(path, *rest) for path, rest in MANIFESTS.items()], ids=MANIFESTS)
def test_the_names_of_a_manifest(tmp_path: Path, path: str, text: str, names: list[str]) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    found = dependencies(Reader(str(tmp_path)))
    assert sorted(one.name for one in found) == sorted(names)
    assert {one.path for one in found} == {path}
    assert {one.index for one in found} == {"npm" if path.endswith(".json") else "pypi"}
    lines = text.splitlines()
    assert all(one.line and one.name in lines[one.line - 1] for one in found)


def test_a_manifest_that_cannot_be_read_is_passed_over_and_said(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\n")
    (tmp_path / "package.json").write_text('["chalk"]')
    (tmp_path / "requirements.txt").write_text("rich\n")
    reader = Reader(str(tmp_path))
    assert [one.name for one in dependencies(reader)] == ["rich"]
    assert {one["path"] for one in reader.unreadable} == {"pyproject.toml"}
