"""What every assessment reads of what ships with us is there before the first child is made."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from verifier.fleet import child

SCRIPT = """
import json, sys
from verifier.render import templates

if sys.argv[1] == "gone":
    templates.shipped = lambda name: None
import verifier.fleet.ready
from verifier import words
from verifier.rulebook import document

before = document._parsed.cache_info()
verifier.fleet.ready.rulebook.load_profile("micro-ca")
after = document._parsed.cache_info()
pages = sorted(name for _, name in templates._environment().cache) if sys.argv[1] != "gone" else []
print(json.dumps([after.misses - before.misses, after.hits > before.hits, pages, words._catalogue.cache_info().currsize]))
"""


def told(word: str) -> list[object]:
    done = subprocess.run([sys.executable, "-c", SCRIPT, word], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_is_read():
    assert told("there") == [0, True, ["assessment.html", "report.html"], 1]


def test_what_is_missing_is_for_the_child_to_tell():
    assert told("gone")[2] == []


@pytest.mark.parametrize("name", child.PRELOADED)
def test_every_module_that_is_loaded_is_there(name):
    """Its server passes over one that is not."""
    __import__(name)
