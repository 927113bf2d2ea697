"""With a worker's hosts a report is what it is without them, byte for byte, and no tool is started for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.unbuilt import nothing

from verifier import pipeline, rulebook, sandbox
from verifier.checkout import Limits, Request
from verifier.report import to_dict

ONLY = ("licence", "security", "lint", "source")
EXAMPLE = "examples/parcel-rates"

pytestmark = pytest.mark.skipif(bool(sandbox.missing()), reason=sandbox.missing() or "sandbox there")


def assessed(hub=None):
    request = Request(where=str(rulebook.rules_dir().parent / EXAMPLE), limits=Limits())
    found = pipeline.assess(request, rulebook.load_profile("micro-ca"), only=ONLY, hub=hub)
    results = tuple(replace(one, milliseconds=0) for one in found.report.results)
    return to_dict(replace(found.report, started="", finished="", results=results)), found.evidence


def test_a_report_is_the_same_with_hosts_and_without_however_often(monkeypatch):
    monkeypatch.setattr(pipeline._Run, "_environment", nothing)
    alone, started = assessed(), []
    run = sandbox.Bubblewrap.run
    monkeypatch.setattr(sandbox.Bubblewrap, "run", lambda self, job: started.append(job) or run(self, job))
    with sandbox.kept() as hub:
        assert assessed(hub) == alone
        assert assessed(hub) == alone
    assert {job.argv[0].rpartition("/")[2] for job in started} == {"ruff"} or not started
