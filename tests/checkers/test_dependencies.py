"""Which distributions a delivery needs to run, and what their installed metadata says, read in the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import checked
from support.translated import english_alone

from verifier.checker import Settings
from verifier.checkers.dependencies import Dependencies
from verifier.licence_dependencies import COUNTED
from verifier.model import Checkout, Dependency, Observations

MIT = "License: MIT\nClassifier: License :: OSI Approved :: MIT License\n"


class Delivery:
    """A tree and an environment, made line by line."""

    def __init__(self, folder: Path) -> None:
        self.tree, self.workspace = folder / "delivery", folder / "workspace"
        self.tree.mkdir()
        self.site = self.workspace / "env" / "venv" / "lib" / "python3.11" / "site-packages"
        self.site.mkdir(parents=True)
        (self.workspace / "env" / "venv" / "pyvenv.cfg").write_text("version_info = 3.11.4\n")

    def has(self, **files: str) -> None:
        for name, content in files.items():
            path = self.tree / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(content, encoding="utf-8")

    def installs(self, name: str, metadata: str = MIT, *requires: str, module: str = "", url: str = "") -> None:
        info = self.site / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        lines = "".join(f"Requires-Dist: {each}\n" for each in requires)
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{metadata}{lines}")
        (info / "RECORD").write_text(f"{module or name}/__init__.py,,\n{info.name}/METADATA,,\n../../../bin/x,,\n")
        if url:
            (info / "direct_url.json").write_text(f'{{"url": "{url}", "dir_info": {{"editable": true}}}}')

    def seen(self) -> Observations:
        found = checked.run(Dependencies(), checked.checkout(self.tree), self.workspace).seen
        assert found.trouble is None
        assert english_alone(found) == []
        return found

    def found(self) -> dict[str, Dependency]:
        return {one.name: one for one in self.seen().dependencies}


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    return Delivery(tmp_path)


def test_a_declared_dependency_with_what_it_brings_along(delivery: Delivery) -> None:
    delivery.has(
        pyproject_dot_toml='[project]\nname = "shop"\ndependencies = [\n'
        '  "Paste_It[fast]>=1",\n  "gone; python_version<\'3\'",\n]\n',
        shop_dot_py="import paste\n",
    )
    delivery.installs(
        "paste-it",
        MIT,
        "glue>=2",
        "speed; extra == 'fast'",
        "linter; extra == 'dev'",
        "old; python_version < '3.8'",
        module="paste",
    )
    delivery.installs("glue", "License-Expression: GPL-3.0-or-later\n", "paste-it")  # each brings the other
    delivery.installs("speed", "Classifier: License :: OSI Approved :: BSD License\n")
    for unused in ("linter", "old", "gone", "other"):
        delivery.installs(unused)
    found = delivery.found()
    assert list(found) == ["Paste_It", "glue", "speed"]
    asked = found["Paste_It"]
    assert (asked.path, asked.line, asked.by, asked.imported) == ("pyproject.toml", 4, "", True)
    assert (asked.version, asked.metadata, asked.words, asked.means) == (
        "1.0",
        "paste_it-1.0.dist-info/METADATA",
        "MIT; MIT License",
        ("MIT",),
    )
    brought = found["glue"]
    assert (brought.by, brought.path, brought.line, brought.imported) == ("Paste_It", "pyproject.toml", 4, True)
    assert brought.means == ("GPL-3.0-or-later",)
    assert found["speed"].means == ("BSD-2-Clause", "BSD-3-Clause")


@pytest.mark.parametrize(
    ("files", "path", "line"),
    [
        (
            {"requirements_dot_txt": "# a comment\n-r more/run.txt\n", "more__run_dot_txt": "\npaste==1.0  # why\n"},
            "more/run.txt",
            2,
        ),
        ({"requirements_dot_txt": "--index-url x\n./local\npaste==1.0 --hash=sha256:00\n"}, "requirements.txt", 3),
        (
            {"setup_dot_py": "from setuptools import setup\nsetup(name='shop',\n install_requires=['paste'])\n"},
            "setup.py",
            3,
        ),
        ({"setup_dot_cfg": "[metadata]\nname = shop\n[options]\ninstall_requires =\n  paste>1\n"}, "setup.cfg", 5),
        ({"Pipfile": '[packages]\npaste = "*"\n[dev-packages]\nlinter = "*"\n'}, "Pipfile", 2),
        (
            {
                "pyproject_dot_toml": '[tool.poetry.dependencies]\npaste = "^1"\n'
                '[tool.poetry.group.dev.dependencies]\nlinter = "*"\n'
            },
            "pyproject.toml",
            2,
        ),
        (
            {
                "requirements_dot_txt": "paste\n",
                "requirements-dev_dot_txt": "linter\n",
                "tox_dot_ini": "[testenv]\ndeps = linter\n",
                "pyproject_dot_toml": '[dependency-groups]\ndev = ["linter"]\n',
            },
            "requirements.txt",
            1,
        ),
    ],
)
def test_every_way_to_declare_what_runs_and_none_for_development(
    delivery: Delivery, files: dict[str, str], path: str, line: int
) -> None:
    delivery.has(shop_dot_py="import paste\n", **files)
    delivery.installs("paste")
    delivery.installs("linter", "License: GPL\n")
    assert [(one.name, one.path, one.line) for one in delivery.found().values()] == [("paste", path, line)]


def test_what_only_the_built_metadata_names_is_declared_too(delivery: Delivery) -> None:
    delivery.has(setup_dot_py="from setuptools import setup\nsetup(name='shop', install_requires=open('x').read())\n")
    delivery.installs("shop", MIT, "paste", "linter; extra == 'dev'", url="file:///copy")
    delivery.installs("paste")
    assert [(one.name, one.path, one.line) for one in delivery.found().values()] == [("paste", "setup.py", None)]


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import yaml.nodes\n", True),
        ("from yaml import load\n", True),
        ("INSTALLED_APPS = ['yaml']\n", True),
        ("from . import yaml\n", False),
        ("import json  # not yaml\n", False),
        ("def broken(:\n", False),
    ],
)
def test_whether_source_names_it(delivery: Delivery, source: str, imported: bool) -> None:
    delivery.has(requirements_dot_txt="PyYAML\n", shop_dot_py=source, tests__test_shop_dot_py="import yaml\n")
    delivery.installs("PyYAML", module="yaml")
    assert delivery.found()["PyYAML"].imported is imported


def test_what_is_brought_along_by_something_used_is_used(delivery: Delivery) -> None:
    delivery.has(requirements_dot_txt="linter\npaste\nbrush\n", shop_dot_py="import paste\n")
    delivery.installs("linter", MIT, "glue", "brush")
    delivery.installs("brush", MIT, "hair")
    delivery.installs("paste", MIT, "glue", "brush")
    for name in ("glue", "hair"):
        delivery.installs(name)
    assert {name: (one.imported, one.by) for name, one in delivery.found().items()} == {
        "paste": (True, ""),
        "glue": (True, "paste"),
        "brush": (True, "paste"),
        "hair": (True, "brush"),
        "linter": (False, ""),
    }


def test_what_is_not_installed_is_said(delivery: Delivery) -> None:
    delivery.has(requirements_dot_txt="paste\n", shop_dot_py="")
    found = delivery.found()["paste"]
    assert (found.version, found.metadata, found.means, found.imported) == ("", "", (), True)


def test_other_languages_leave_it_open(delivery: Delivery) -> None:
    delivery.has(package_dot_json='{"dependencies": {"left-pad": "1"}}', go_dot_mod="module x\n", shop_dot_py="")
    seen = delivery.seen()
    (count,) = [one for one in seen.measures if one.name == COUNTED]
    assert (count.value, count.partial) == (0, True)
    assert count.detail == (
        "go.mod: dependencies in other languages are not looked into; "
        "package.json: dependencies in other languages are not looked into"
    )


def test_what_is_for_development_alone_in_another_language_is_nothing(delivery: Delivery) -> None:
    delivery.has(package_dot_json='{"devDependencies": {"mocha": "1"}}', shop_dot_py="")
    (count,) = delivery.seen().measures
    assert (count.name, count.value, count.partial, count.detail) == (COUNTED, 0, False, "")


def test_what_somebody_may_write_to_hurt_it(delivery: Delivery) -> None:
    deep = "-r requirements.txt\n-r /etc/passwd\n-r ../../outside.txt\n"
    delivery.has(requirements_dot_txt=deep + "paste\n" + "x" * 100_000 + "\n", shop_dot_py="import paste\n")
    delivery.installs(
        "paste", "License: " + "M" * 100_000 + "\n", "not a requirement ==", "glue; nonsense == 'x'", "paste"
    )
    nameless = delivery.site / "nameless-1.0.dist-info"
    nameless.mkdir()
    (nameless / "METADATA").write_bytes(b"\xff\xfe\x00")
    delivery.installs("torn")
    (delivery.site / "torn-1.0.dist-info" / "RECORD").write_bytes(b'"\xff\0')
    (found,) = delivery.found().values()
    assert (found.name, found.means, len(found.words)) == ("paste", (), 80)


@pytest.mark.self
def test_nothing_is_run_where_nothing_was_delivered() -> None:
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    assert Dependencies().steps(tree, Settings()) == []
    assert Dependencies().parse(tree, []) == Observations()
