"""Checkers run side by side: no more than there are processors, and what is secret is known before anything is told."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from verifier import pipeline
from verifier.checkout import Request
from verifier.rulebook import load_profile

EXAMPLE = Path(__file__).parents[1] / "examples" / "parcel-rates"
SEVERAL = ("unicode", "bandit", "malware", "reuse", "secrets")


class Watched:
    """`run_checker`, which counts how many run."""

    def __init__(self):
        self.now, self.most, self.lock, self.run = 0, 0, threading.Lock(), pipeline.run_checker

    def __call__(self, *arguments):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return self.run(*arguments)
        finally:
            with self.lock:
                self.now -= 1


@pytest.mark.parametrize("cores", [1, 2])
def test_as_many_run_as_there_are_processors_and_are_told_after_what_is_secret(monkeypatch, cores):
    watched, told = Watched(), []
    monkeypatch.setattr(pipeline, "run_checker", watched)
    monkeypatch.setattr(pipeline.sandbox, "cores", lambda: cores)
    found = pipeline.assess(
        Request(where=str(EXAMPLE)),
        load_profile("micro-ca"),
        only=SEVERAL,
        progress=lambda name, state, _: told.append((name, state)),
    )
    assert watched.most == cores
    assert [one.name for one in found.report.results] == ["reuse", "bandit", "malware", "secrets", "unicode", "source"]
    assert sorted(name for name, state in told if state == "ended") == sorted((*SEVERAL, "source"))
    assert all(told.index((name, "started")) < told.index((name, "ended")) for name, _ in told)
    looked = told.index(("secrets", "started"))
    assert not [one for one in told[:looked] if one[1] == "ended"]


def test_a_checker_that_no_one_asked_for_looks_for_secrets_and_is_not_told():
    told = []
    request, criteria = Request(where=str(EXAMPLE)), load_profile("micro-ca")
    found = pipeline.assess(request, criteria, only=["unicode"], progress=lambda *one: told.append(one[:2]))
    assert [one.name for one in found.report.results] == ["unicode", "source"]
    assert {name for name, _ in told} == {"unicode", "source"}
    assert len(told) == 4
