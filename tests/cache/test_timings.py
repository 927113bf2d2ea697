"""How long checkers took: of this project, else of any; whatever lies there instead costs nothing."""

from __future__ import annotations

import json

import pytest

from verifier.cache import Timings, opened
from verifier.cli import main


@pytest.fixture
def path(tmp_path):
    return tmp_path / "timings.json"


def test_a_projects_own_time_counts_and_any_others_where_it_has_none(path):
    timings = Timings(path)
    timings.measured("pylint", "3.3.8", "https://git.example.org/a", 2.0)
    timings.measured("pylint", "3.3.8", "https://git.example.org/b", 4.0)
    timings.keep()
    again = Timings(path)
    assert again.slowness("pylint", "3.3.8", "https://git.example.org/a") == 2.0
    assert again.slowness("pylint", "3.3.8", "https://git.example.org/b") == 4.0
    assert again.slowness("pylint", "3.3.8", "https://git.example.org/c") == 3.0
    assert again.slowness("pylint", "3.3.9", "https://git.example.org/a") is None
    assert b"example" not in path.read_bytes()


def test_the_newest_counts_half(path):
    timings = Timings(path)
    for measured in (8.0, 4.0, 2.0):
        timings.measured("tests", "", "a", measured)
    assert timings.slowness("tests", "", "a") == 4.0


def test_a_time_that_cannot_be_has_bounds(path):
    timings = Timings(path)
    timings.measured("tests", "", "slept", 1e9)
    timings.measured("unicode", "", "slept", 0.0)
    assert (timings.slowness("tests", "", "slept"), timings.slowness("unicode", "", "slept")) == (100.0, 0.01)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"\xff", b"[" * 100_000, b'{"a": NaN, "b": -1, "c": "1", "d": 1e99, "e": null}', b"1" * 5000],
)
def test_what_is_damaged_or_forged_beyond_belief_is_not_there(path, content):
    path.write_bytes(content)
    timings = Timings(path)
    assert timings._known == {}
    timings.measured("pylint", "1", "a", 2.0)
    timings.keep()
    assert Timings(path).slowness("pylint", "1", "a") == 2.0


def test_they_do_not_grow_without_end_and_what_was_measured_last_stays(path, monkeypatch):
    monkeypatch.setattr("verifier.cache.timings.MOST", 4)
    timings = Timings(path)
    for project in ("a", "b", "c"):
        timings.measured("pylint", "1", project, 2.0)
    timings.keep()
    assert len(json.loads(path.read_bytes())) == 4
    assert Timings(path).slowness("pylint", "1", "c") == 2.0


def test_where_they_cannot_be_kept_nobody_is_stopped(tmp_path):
    timings = Timings(tmp_path / "gone" / "timings.json")
    timings.measured("pylint", "1", "a", 2.0)
    timings.keep()
    assert timings.slowness("pylint", "1", "a") == 2.0


def test_they_lie_beside_the_answers_of_this_machine(tmp_path):
    timings = opened(tmp_path, print).timings
    timings.measured("pylint", "1", "a", 2.0)
    timings.keep()
    assert opened(tmp_path, print).timings.slowness("pylint", "1", "a") == 2.0


@pytest.fixture
def said(tmp_path, monkeypatch, capfd):
    """What `verifier assess` says of a small delivery on standard error, with its timings in an own place."""
    (tmp_path / "delivery").mkdir()
    (tmp_path / "delivery" / "rates.py").write_text("RATE = 1\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("VERIFIER_NO_CACHE")

    def run(*options):
        main(["assess", str(tmp_path / "delivery"), "--only", "unicode", "--output", "text=-", *options])
        return capfd.readouterr().err

    return run


def test_the_time_left_is_told_once_it_was_measured(said, tmp_path):
    kept = tmp_path / "verifier" / "results" / "timings.json"
    assert "left" not in said("--no-cache")
    assert not kept.exists()
    assert "left" not in said()
    content = kept.read_bytes()
    assert "second left" in said()
    assert "left" not in said("--no-cache")
    assert kept.read_bytes() == content  # all of it came from the cache, which says nothing of what it takes
    kept.write_text("forged")
    assert "left" not in said()
