"""What writing a report takes is loaded beside the assessment, and only what the asked for forms need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json, sys, threading
from verifier.cli import documents

documents.made_ready(json.loads(sys.argv[1]))
[thread.join() for thread in threading.enumerate() if thread is not threading.main_thread()]
pages = sys.modules.get("verifier.render.templates")
loaded = [name for _, name in pages._environment().cache] if pages else []
print(json.dumps([sorted(loaded), "babel.messages.pofile" in sys.modules]))
"""


@pytest.mark.parametrize(
    ("kind", "loaded"), [("folder", ["assessment.html", "report.html"]), ("json", [])], ids=["folder", "json"]
)
def test_it_is_loaded(kind, loaded):
    words = [sys.executable, "-c", SCRIPT, json.dumps([[kind, "-"]])]
    assert json.loads(subprocess.run(words, capture_output=True, check=True).stdout) == [loaded, True]
