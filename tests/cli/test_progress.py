"""What is shown while checkers run: the time left on a terminal all the time, and else once."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from verifier.cli.progress import Display


@pytest.fixture
def shown(monkeypatch):
    """A display in a language, and a function that gives what it has written."""

    def made(language="en", *, terminal):
        written = io.StringIO()
        console = Console(file=written, force_terminal=terminal, highlight=False, width=80)
        monkeypatch.setattr("verifier.cli.progress.Console", lambda **_: console)
        return Display(language), written.getvalue

    return made


@pytest.mark.parametrize(
    ("language", "seconds", "words"),
    [
        ("en", 0.2, "about 1 second left"),
        ("en", 42.3, "about 43 seconds left"),
        ("en", 130, "about 2 min left"),
        ("fr", 42.3, "encore 43 secondes environ"),
        ("fr", 130, "encore 2 min environ"),
    ],
)
def test_without_a_terminal_it_is_said_once(shown, language, seconds, words):
    display, written = shown(language, terminal=False)
    with display:
        display.outlook(lambda: seconds)
        display.told("reuse", "started", None)
        display.told("reuse", "ended", None)
    assert written().strip() == words


def test_on_a_terminal_it_is_below_what_runs_and_goes_down(shown):
    display, written = shown(terminal=True)
    left = iter((3, 2))
    with display:
        display.outlook(lambda: next(left, None))
        display.told("reuse", "started", None)
        for _ in range(4):
            display._progress.refresh()
    text = written()
    assert "reuse" in text
    assert text.index("about 3 seconds left") < text.index("about 2 seconds left")


@pytest.mark.parametrize("terminal", [True, False])
def test_where_nobody_knows_nothing_is_said(shown, terminal):
    display, written = shown(terminal=terminal)
    with display:
        display.outlook(lambda: None)
        display.told("reuse", "started", None)
        display._progress.refresh()
    assert "left" not in written()
