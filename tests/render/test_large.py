"""30,000 findings with hostile names: every form in seconds, and without the whole of it in memory several times."""

from __future__ import annotations

import gc
import json
import pkgutil
import re
import time
from pathlib import Path

import pytest
from support import reported

from verifier.cli.documents import FORMATS
from verifier.render.pdf import to_pdf

NUMBER = 30_000
SECONDS = 10
MEGABYTES = 300
HOSTILE = "\x1b[31m\u202e ##[error] [a](b) {0} =cmd;@x ]]> <b>& \ud800\uffff é漢"


@pytest.fixture(scope="module")
def large():
    found = [
        reported.finding(
            number,
            rule=f"bandit:B{number % 200}",
            path=f"src/{HOSTILE}/{number}.py",
            line=number + 1,
            message=f"{HOSTILE} {number} " + "word " * 30,
            excerpt=HOSTILE * 3,
        )
        for number in range(NUMBER)
    ]
    marks = [
        {"kind": "nosec", "path": one["path"], "line": one["line"], "text": HOSTILE, "justification": HOSTILE}
        for one in found
    ]
    return reported.with_findings(found, suppressions=marks)


@pytest.mark.parametrize("form", ["sarif", "junit", "gitlab", "csv", "html", "pdf", "md"])
def test_a_large_report_takes_seconds_and_little_memory(form, large):
    render = pkgutil.resolve_name(FORMATS[form])
    gc.collect()
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew: proc(5)
    started = time.process_time()
    text = render(large)
    spent = time.process_time() - started
    assert len(text) > 10_000
    assert spent < SECONDS
    assert _memory("VmHWM") - before < MEGABYTES


def _memory(name: str) -> int:
    """Megabytes."""
    return int(re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024


def test_a_long_account_of_the_environment_takes_seconds_on_paper():
    """Rows that are laid out as a grid are laid out anew for every page that they go over."""
    record = Path(__file__).parents[1] / "fixtures" / "reports" / "itsdangerous" / "report.json"
    document = json.loads(record.read_text())
    for checker in document["checkers"]:
        if checker["name"] == "environment":
            checker["notes"] = [f"failed: uv pip install {number} " + "--option words " * 200 for number in range(60)]
    started = time.process_time()
    assert len(to_pdf(document)) > 10_000
    assert time.process_time() - started < SECONDS
