"""What tests print is written the same on every machine: neither addresses in memory nor where the interpreter lies are told."""

from __future__ import annotations

import os
import runpy
import sys
import sysconfig
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "verifier" / "inside" / "verifier_record.py"


@pytest.fixture
def clean(monkeypatch):
    """The script's own, on an interpreter that lies there, with what its names are links to."""

    def made(*prefixes, real=None):
        monkeypatch.setattr(sys, "path", list(sys.path))
        if prefixes:
            monkeypatch.setattr(sys, "base_prefix", prefixes[0])
            monkeypatch.setattr(sys, "base_exec_prefix", prefixes[-1])
            monkeypatch.setattr(os.path, "realpath", lambda path, **_: (real or {}).get(path, path))
        return runpy.run_path(str(SCRIPT))["clean"]

    return made


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("/opt/py-3.11/lib/python3.11/os.py", "<python>/lib/python3.11/os.py"),
        ("'/opt/py-3.11' and /opt/py-3.11/bin/python3.", "'<python>' and <python>/bin/python3."),
        ("/opt/py-3.11.", "<python>."),
        ("/home/a/lib/python3.11/os.py", "<python>/lib/python3.11/os.py"),
        ("/exec/lib/x.so", "<python>/lib/x.so"),
        ("file:///opt/py-3.11/x", "file://<python>/x"),
        ("/opt/py-3.112/x /opt/py-3.11-b /opt/py-3.11_c", "/opt/py-3.112/x /opt/py-3.11-b /opt/py-3.11_c"),
        ("/copy/opt/py-3.11/x a/opt/py-3.11", "/copy/opt/py-3.11/x a/opt/py-3.11"),
        ("<X at 0x7f00deadbeef>", "<X at 0x…>"),
    ],
)
def test_the_interpreters_folder_is_not_told(clean, text, cleaned):
    assert clean("/opt/py-3.11", "/exec", real={"/opt/py-3.11": "/home/a"})(text) == cleaned


def test_of_a_folder_within_another_the_inner_one_is_meant(clean):
    assert clean("/opt", real={"/opt": "/opt/python"})("/opt/python/x /opt/y") == "<python>/x <python>/y"


@pytest.mark.parametrize("prefix", ["/usr", "/usr/local", "/"])
def test_of_a_folder_that_holds_other_things_as_well_only_the_interpreters_are_its(clean, prefix):
    root = prefix.rstrip("/")
    text = f"{root}/lib/python3.11/os.py {root}/lib64/python3.6/x {root}/bin/python3 {root}/include/python3.9/Python.h"
    assert (
        clean(prefix)(text)
        == "<python>/lib/python3.11/os.py <python>/lib64/python3.6/x <python>/bin/python3 <python>/include/python3.9/Python.h"
    )
    others = (
        f"{root}/share/zoneinfo {root}/lib/x {root}/bin/pythonic {root}/lib/pythonic {prefix} /copy{root}/bin/python3"
    )
    assert clean(prefix)(others) == others


def test_on_this_interpreter_nothing_of_its_place_is_left(clean):
    said = clean()(f"{os.__file__} {sysconfig.get_path('stdlib')} {os.path.realpath(sys.executable)}")
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    assert said.replace("lib64", "lib") == f"<python>/lib/{version}/os.py <python>/lib/{version} <python>/bin/{version}"


def test_the_end_is_kept_and_it_is_as_long_on_every_machine(clean):
    long = "/opt/a-very-long-name-of-a-folder-of-this-machine"
    text = "".join(f"{{0}}/lib/{number:05}.py\n" for number in range(3000))
    assert clean(long)(text.format(long)) == clean("/x")(text.format("/x"))
    assert len(clean("/x")(text.format("/x"))) == 2000
    assert clean("/x")(text.format("/x")).endswith("<python>/lib/02999.py\n")


def test_what_is_no_text_is_made_one(clean):
    assert clean()(KeyError("a")) == "'a'"
