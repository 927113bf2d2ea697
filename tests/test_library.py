"""What other programs may import, and the examples of the documentation."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import verifier

ROOT = Path(__file__).parents[1]


def test_every_name_that_is_promised_is_there_and_no_other():
    assert all(getattr(verifier, name) is not None for name in verifier.__all__)
    assert set(verifier.__all__) <= set(dir(verifier))
    with pytest.raises(AttributeError, match="no attribute 'nothing_of_that_name'"):
        _ = verifier.nothing_of_that_name


def test_to_import_it_imports_no_tool_and_no_library():
    code = "import sys, verifier; print(sorted({'git', 'babel', 'jinja2', 'yaml', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_examples_of_the_documentation_hold(monkeypatch):
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / "docs" / "library.md"), module_relative=False, encoding="utf-8")
    assert tried > 10
    assert failed == 0


def test_the_documentation_builds_without_a_warning(tmp_path):
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", ROOT / "docs", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "library.html").exists()
