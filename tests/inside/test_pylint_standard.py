"""A tree that was made beforehand is the one that astroid makes, and a run gets it once."""

from __future__ import annotations

import enum
import importlib.util
from pathlib import Path

import pytest
from astroid.builder import AstroidBuilder
from astroid.manager import AstroidManager

INSIDE = Path(__file__).parents[2] / "verifier" / "inside"


@pytest.fixture
def standard(monkeypatch):
    """With two modules, one of them a package, and nothing left in astroid afterwards."""
    whole = AstroidBuilder._data_build
    spec = importlib.util.spec_from_file_location("pylint_standard", INSIDE / "pylint_standard.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ALL = module.MODULES
    monkeypatch.setattr(module, "MODULES", ("enum", "json"))
    module.make()
    yield module
    AstroidBuilder._data_build = whole


def test_every_module_is_there(standard):
    """In this Python: a name that is not would cost all hosts of pylint their start."""
    folder = Path(enum.__file__).parent
    for name in (*standard.ALL, *standard.OTHERWISE.values()):
        path = folder.joinpath(*name.split("."))
        assert path.is_dir() or path.with_name(path.name + ".py").is_file()


def test_a_tree_that_was_made_beforehand_is_the_same(standard):
    assert {name for _, name, _ in standard.MADE} == {"enum", "json", *standard.OTHERWISE}
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
