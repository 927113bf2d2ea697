"""A few small files are read by one process, more by two: the answer is the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.checkers.scancode import OPTIONS

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ROOT / "verifier" / "inside"
SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import run_scancode
run_scancode.ALONE_FILES, run_scancode.ALONE_BYTES = json.loads(sys.argv[2])
run_scancode.load()
from licensedcode import index, match_set
from pygmars import lex, parse
from scancode import cli
get, forked = cli.get_pool, []
def told(**options):
    forked.append(options["processes"])
    return get(**options)
cli.get_pool = told
run_scancode.main(*sys.argv[3:])
places = lex.Lexer.lex_tokens, parse.Parser.parse, match_set.compute_candidates, index.match_blocks_seq
print(json.dumps([forked, [one.__module__ for one in places]]))
"""
SHORTCUTS = ["scancode_copyrights", "scancode_copyrights", "scancode_shortcuts", "scancode_shortcuts"]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    tree = tmp_path_factory.mktemp("tree")
    (tree / "LICENSE").write_bytes((ROOT / "LICENSES" / "MIT.txt").read_bytes())
    (tree / "a.py").write_text("# Copyright 2020 Ada\n# SPDX-License-" + "Identifier: MIT\n")
    (tree / "b.py").write_text("print(1)\n")
    return tree


def scanned(tree, out, files, size):
    """(what was forked and what is in place, answer, what is left for later)."""
    out.mkdir()
    targets = json.dumps([[one.name] for one in tree.iterdir()])
    places = [out / "answer", out / "known", out / "made", *OPTIONS, tree]
    argv = [sys.executable, "-c", SCRIPT, INSIDE, json.dumps([files, size]), *places]
    done = subprocess.run(argv, input=targets, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), (out / "answer").read_text(), (out / "made").read_text()


def test_the_answer_is_the_same(tree, tmp_path):
    size = sum(one.stat().st_size for one in tree.iterdir())
    alone, *answer = scanned(tree, tmp_path / "alone", 3, size)
    assert alone == [[], SHORTCUTS]
    for name, files, most in (("more", 2, size), ("larger", 3, size - 1)):
        forked, *other = scanned(tree, tmp_path / name, files, most)
        assert forked == [[2], SHORTCUTS]
        assert other == answer
    assert {one["path"]: one["copyrights"] != [] for one in json.loads(answer[0])["files"]}["a.py"]
