"""A few files are read by one process, many by two: the answer is the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from verifier.checkers.scancode import OPTIONS

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ROOT / "verifier" / "inside"
SCRIPT = """
import multiprocessing.pool, sys
sys.path.insert(0, sys.argv[1])
import run_scancode
from scancode import pool
get, run_scancode.FEW = pool.get_pool, int(sys.argv[2])
def told(**options):
    print(options["processes"])
    return get(**options)
from scancode import cli
cli.get_pool = told
run_scancode.main(*sys.argv[3:])
"""


def test_the_answer_is_the_same(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "LICENSE").write_bytes((ROOT / "LICENSES" / "MIT.txt").read_bytes())
    (tree / "a.py").write_text("# Copyright 2020 Ada\n# SPDX-License-" + "Identifier: MIT\n")
    (tree / "b.py").write_text("print(1)\n")
    targets = json.dumps([[one.name] for one in tree.iterdir()])
    told, answers = [], []
    for few in ("3", "2"):
        out = tmp_path / few
        out.mkdir()
        places = [out / "answer", out / "known", out / "made", *OPTIONS, tree]
        argv = [sys.executable, "-c", SCRIPT, INSIDE, few, *places]
        done = subprocess.run(argv, input=targets, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        told.append(done.stdout.split())
        answers.append([(out / name).read_text() for name in ("answer", "made")])
    assert told == [[], ["2"]]
    assert answers[0] == answers[1]
    assert {one["path"]: one["copyrights"] != [] for one in json.loads(answers[0][0])["files"]}["a.py"]
