"""What every assessment reads of what ships with us is there before the first child is made."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.worked import submission

import verifier
from verifier import rulebook, words
from verifier.fleet import child
from verifier.render import templates
from verifier.rulebook import document

ROOT = Path(verifier.__file__).parents[1]


def loads(_submission, _folder):
    """What a child still has to read where it is given nothing else to do."""
    before = document._parsed.cache_info().misses
    rulebook.load_profile("micro-ca")
    return {
        "read anew": document._parsed.cache_info().misses - before,
        "templates": sorted(name for _, name in templates._environment().cache),
        "catalogues": words._catalogue.cache_info().currsize,
    }


def test_a_child_has_it(tmp_path):
    done = asyncio.run(child.Children().run(loads, submission(1), tmp_path, seconds=60))
    assert done.told == {"read anew": 0, "templates": ["assessment.html", "report.html"], "catalogues": 1}


@pytest.mark.parametrize("gone", ["rules/criteria.schema.json", "rules/scope.yml", "reports/report.html"])
def test_what_is_missing_is_for_the_child_to_tell(tmp_path, gone):
    """Where the server of all children ended for it, none could be made."""
    for name in ("verifier", "rules", "reports"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / gone).unlink()
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import verifier.fleet.ready as it; print(it.__file__)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.startswith(str(tmp_path))) == (0, True), done.stderr


@pytest.mark.parametrize("name", child.PRELOADED)
def test_every_module_that_is_loaded_is_there(name):
    """Its server passes over one that is not."""
    assert importlib.import_module(name).__name__ == name
