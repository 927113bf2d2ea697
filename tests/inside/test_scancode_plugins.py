"""The plug-ins of scancode that are left out: none of them does anything under our options."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from verifier.checkers.scancode import OPTIONS

INSIDE = Path(__file__).resolve().parents[2] / "verifier" / "inside"
ENABLED = """
import sys
from scancode import cli
from scancode_plugins import ASKED
with cli.scancode.make_context("scancode", sys.argv[1:]) as context:
    given = dict(context.params)
from plugincode import PluginManager
for stage, manager in PluginManager.managers.items():
    for one in manager.plugin_classes:
        if one(**given).is_enabled(**given):
            print(f"scancode_{stage}", one.name)
"""


def test_those_that_our_options_enable_are_those_that_are_loaded(tmp_path):
    (tmp_path / "a").touch()
    words = [*OPTIONS, "--json", str(tmp_path / "out.json"), str(tmp_path / "a")]
    script = f"import sys; sys.path.insert(0, {str(INSIDE)!r})\n{ENABLED}"
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sys.path.insert(0, str(INSIDE))
    from scancode_plugins import ASKED

    kept = {(group, name) for group, names in ASKED.items() for name in names} - {("scancode_pre_scan", "ignore")}
    assert {tuple(line.split()) for line in done.stdout.splitlines()} == kept
