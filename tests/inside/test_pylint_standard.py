"""A tree that was made beforehand is the one that astroid makes, and a run gets it once."""

from __future__ import annotations

import enum
import importlib.util
from pathlib import Path

import astroid
import pytest
from astroid.builder import AstroidBuilder
from astroid.manager import AstroidManager

INSIDE = Path(__file__).parents[2] / "verifier" / "inside"


@pytest.fixture
def standard(monkeypatch):
    """With three modules, one of them a package, one beside astroid, and nothing left in astroid afterwards."""
    whole = AstroidBuilder._data_build
    spec = importlib.util.spec_from_file_location("pylint_standard", INSIDE / "pylint_standard.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ALL, module.ALL_BESIDE = module.MODULES, module.BESIDE
    monkeypatch.setattr(module, "MODULES", ("enum", "json"))
    monkeypatch.setattr(module, "BESIDE", {"distutils.core": "setuptools/_distutils/core", "gone": "gone"})
    module.make()
    yield module
    AstroidBuilder._data_build = whole


def test_every_module_is_there(standard):
    """In this Python, and beside astroid: a name that is not would be of no use."""
    folder = Path(enum.__file__).parent
    for name in (*standard.ALL, *standard.OTHERWISE.values()):
        path = folder.joinpath(*name.split("."))
        assert path.is_dir() or path.with_name(path.name + ".py").is_file()
    beside = Path(astroid.__file__).parents[1]
    assert all((beside / one).is_dir() or (beside / f"{one}.py").is_file() for one in standard.ALL_BESIDE.values())


def test_they_have_the_names_by_which_astroid_asks_for_them(standard):
    """It names a module after what is imported, and its file as it finds it."""
    asked, whole = set(), standard.WHOLE

    def noted(self, data, name, path):
        asked.add((name, path))
        return whole(self, data, name, path)

    AstroidBuilder._data_build = noted
    manager = AstroidManager()
    manager.clear_cache()
    for name in standard.ALL_BESIDE:
        manager.ast_from_module_name(name)
    manager.clear_cache()
    standard.BESIDE = standard.ALL_BESIDE
    assert {one for one in standard.places() if one[0] in standard.ALL_BESIDE} <= asked


def test_a_tree_that_was_made_beforehand_is_the_same(standard):
    assert {name for _, name, _ in standard.MADE} == {"enum", "json", "distutils.core", *standard.OTHERWISE}
    for given, (tree, builder) in dict(standard.MADE).items():
        again, other = standard.WHOLE(AstroidBuilder(AstroidManager()), *given)
        assert tree.repr_tree(ids=False) == again.repr_tree(ids=False)
        assert len(builder._delayed_assattr) == len(other._delayed_assattr)
        assert len(builder._import_from_nodes) == len(other._import_from_nodes)


def test_a_tree_is_given_once_and_only_to_who_asks_for_that_text(standard):
    path = enum.__file__
    data = Path(path).read_text("utf-8")
    beforehand = standard.MADE[data, "enum", path][0]
    asked = AstroidBuilder(AstroidManager())
    assert asked._data_build(data + "\n", "enum", path)[0] is not beforehand
    assert asked._data_build(data, "enum", path)[0] is beforehand
    assert asked._data_build(data, "enum", path)[0] is not beforehand
