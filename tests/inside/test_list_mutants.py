"""Small changes to source: each is one, at one place, and the sample is always the same."""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.inside import list_mutants
from verifier.inside.list_mutants import Source, applied, changes, compiles, drawn, sham

pytestmark = pytest.mark.self

EXPRESSIONS = st.recursive(
    st.sampled_from(
        ["a", "b.c", "f(a)", "1", "0.5", "-2", "True", "'x'", "b'y'", "None", "f'{a!r} 1'", "[1, a]", "d['k']"]
    ),
    lambda inner: (
        st.builds(
            "{}{}{}".format,
            inner,
            st.sampled_from([" + ", "-", " * ", "//", "<", " is not ", " not  in ", " and ", " or "]),
            inner,
        )
        | st.builds("not {}".format, inner)
        | st.builds("({})".format, inner)
        | st.builds("({} # é < 1\n   + {})".format, inner, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
    ),
    max_leaves=6,
)
STATEMENTS = st.builds(
    str.format,
    st.sampled_from(
        ["x = {}", "x += {}", "return {}", "if {}: pass", "while {}:\n        break", "é = ({},\n      2)", "g(k={})"]
    ),
    EXPRESSIONS,
)
SOURCES = st.lists(STATEMENTS, min_size=1, max_size=6).map(
    lambda lines: ("def f(a, b, d, g):\n" + "".join(f"    {line}\n" for line in lines)).encode()
)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@given(SOURCES.filter(compiles), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_a_change_compiles_and_is_one_stretch_of_one_line(source, mark):
    source = mark + source
    found = changes(Source(source))
    for one in found:
        changed = applied(source, one.start, one.end, one.after)
        assert compiles(changed), one
        assert changed != source
        before, after = source.splitlines(), changed.splitlines()
        assert len(before) == len(after)
        assert [n for n, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new] == [one.line]
        assert source[one.start : one.end].decode() == one.before
    assert len({(one.start, one.end, one.after) for one in found}) == len(found)
    more = sham(source)
    assert compiles(applied(source, more["start"], more["end"], more["after"]))


@given(SOURCES.filter(compiles), st.randoms(use_true_random=False), st.integers(0, 12))
def test_the_sample_hangs_on_nothing_but_the_changes(source, chance: random.Random, count):
    found = [(path, one) for path in ("a.py", "b.py") for one in changes(Source(source))]
    sample = drawn(found, count, lambda *_: True)
    chance.shuffle(found)
    assert drawn(found, count, lambda *_: True) == sample
    assert drawn(found, count + 1, lambda *_: True)[:count] == sample
    assert len(set(sample)) == len(sample) == min(count, len(found))


def test_no_file_and_no_kind_takes_all():
    large = b"def f(a):\n" + b"".join(b"    x = a < %d\n" % n for n in range(200))
    small = b"def f(a):\n    if a:\n        return True\n    return a + 1\n"
    found = [(path, one) for path, text in (("a.py", large), ("b.py", small)) for one in changes(Source(text))]
    sample = drawn(found, 12, lambda *_: True)
    assert sum(path == "b.py" for path, _ in sample) == 6
    kinds = [one.kind for path, one in sample if path == "a.py"]
    assert kinds.count("comparison") == kinds.count("number") == 3


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", {"<": ">="}),
        ("x = a is  not b", {"is  not": "is"}),
        ("x = a not in b", {"not in": "in"}),
        ("x = not a", {"not": "not not"}),
        ("x = a and b", {"and": "or"}),
        ("x -= a", {"-": "+"}),
        ("x **= a", {"**": "*"}),
        ("if a: pass", {"a": "not (a)"}),
        ("x = 0x10", {"0x10": "17"}),
        ("x = False", {"False": "True"}),
        ("x = 'a'", {"'a'": "'XXa'"}),
        ("def f(): return a(b)", {"a(b)": "None"}),
        ("def f(): return None", {}),
        ("x = a + 'b' + c", {"'b'": "'XXb'"}),
        ("x = '%s' % a", {"'%s'": "'XX%s'"}),
        ('def f():\n    """What it is."""', {}),
        ("if __name__ == '__main__':\n    a(1)", {}),
        ("if '__main__' == __name__:\n    a(1)\nelse:\n    b(2)", {"2": "3"}),
        ("from typing import TYPE_CHECKING as TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", {}),
        ("import typing as t\nif not t.TYPE_CHECKING:\n    a(1)", {"1": "2"}),
        ("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import a", {}),
        ("TYPE_CHECKING = False", {}),
        ("x: 'int' = a", {}),
        ("def f(a: 'int') -> 'int': pass", {}),
        ("__all__ = ['a', 'b']", {}),
        ("__version__ = '1.0'", {}),
        ("raise ValueError('no' + str(1))", {}),
        ("log.info('there are %s', 1)", {}),
        ("self._logger.error('no')", {}),
        ("@a(1)\ndef f(): pass", {}),
        ("@typing.overload\ndef f(a=1): ...", {}),
        ("x = f'{1} of {2}'", {}),
        ("x = 'a' 'b'", {}),
        ("add(help='What it is')", {}),
        ("use(error='It is not')", {}),
        ("assert a, 'no'", {}),
        # What has such a name, and is code all the same.
        ("if __name__:\n    a(1)", {"__name__": "not (__name__)", "1": "2"}),
        ("if __name__ != '':\n    a(1)", {"!=": "==", "''": "'XX'", "1": "2"}),
        (
            "__name__ = '__main__'\nif __name__ == '__main__':\n    a(1)",
            {"==": "!=", "'__main__'": "'XX__main__'", "1": "2"},
        ),
        ("if __name__ == '__main__':\n    def f(a): return a + 1", {"+": "-", "1": "2", "a + 1": "None"}),
        ("if TYPE_CHECKING:\n    x = 1", {"TYPE_CHECKING": "not (TYPE_CHECKING)", "1": "2"}),
        ("TYPE_CHECKING = True\nif TYPE_CHECKING:\n    a()", {"TYPE_CHECKING": "not (TYPE_CHECKING)", "True": "False"}),
        ("from .own import TYPE_CHECKING\nif TYPE_CHECKING: a()", {"TYPE_CHECKING": "not (TYPE_CHECKING)"}),
        ("@overload\ndef f(a): return a - 1", {"-": "+", "1": "2", "a - 1": "None"}),
        ("@a(lambda b: b * 2)\ndef f(): pass", {"*": "+", "2": "3"}),
        ("def f(a: A(lambda b: b * 2)): pass", {"*": "+", "2": "3"}),
        ("raise Found(a * 2, 'at last')", {"*": "+", "2": "3"}),
        ("log.info('%s', x := a * 2)", {"*": "+", "2": "3"}),
        ("use(error=a * 2, help=f'{a}')", {"*": "+", "2": "3"}),
        ("use(error=2)", {"2": "3"}),
        ("__rates__ = {'local': 650}", {"'local'": "'XXlocal'", "650": "651"}),
        ("__total__ = a * 2", {"*": "+", "2": "3"}),
        ("__tablename__ = 'rates'", {}),
        ("x = f'{a * 2}'", {"f'{a * 2}'": "(\"XX\" + f'{a * 2}')"}),
        ("raise ValueError(f'{a * 2}')", {}),
    ],
)
def test_what_is_changed_and_what_is_not(source, expected):
    assert {one.before: one.after for one in changes(Source(source.encode()))} == expected


@pytest.fixture
def listed(tmp_path: Path, monkeypatch):
    """What the script prints for these files, asked for so."""
    monkeypatch.setattr(list_mutants, "TREE", str(tmp_path))

    def run(files, *scopes, count=40):
        for name, text in files.items():
            (tmp_path / name).write_bytes(text)
        asked = {"count": count, "scopes": [{"least": least, "files": these} for least, these in scopes]}
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(asked)))
        printed = io.StringIO()
        monkeypatch.setattr(sys, "stdout", printed)
        list_mutants.main()
        return json.loads(printed.getvalue())

    return run


TWO = b"def f(a):\n    x = a < 1\n    return x\n"


def test_only_statements_that_ran_are_changed(listed):
    found = listed({"a.py": TWO}, (1, {"a.py": {"ran": [1, 3], "changed": None}}))
    assert [(one["line"], one["before"]) for one in found["mutants"]] == [(3, "x")]
    assert found["possible"] == 1
    assert found["shams"] == {"a.py": {"start": len(TWO), "end": len(TWO), "after": "pass\n"}}


def test_the_first_scope_that_holds_enough_is_drawn_from(listed):
    few, all_ = {"a.py": {"ran": [1, 2, 3], "changed": [3]}}, {"a.py": {"ran": [1, 2, 3], "changed": None}}
    assert listed({"a.py": TWO}, (2, few), (1, all_))["possible"] == 3
    assert listed({"a.py": TWO}, (1, few), (1, all_))["possible"] == 1


@pytest.mark.parametrize("text", [b"x = (\n", b"# coding: latin-1\nx = 1\n", b"(" * 5000, b"x = 1 \\", b"\0"])
def test_a_file_that_is_not_read_as_we_read_it_is_left_alone(listed, text):
    assert listed({"a.py": text}, (1, {"a.py": {"ran": [1, 2], "changed": None}})) == {
        "possible": 0,
        "mutants": [],
        "shams": {},
    }
