"""Live progress on stderr: every checker with its time, and the time left. Plain lines where stderr is no terminal."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import Progress, ProgressColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from verifier.course import Left
from verifier.model import CheckResult
from verifier.render.inert import inert
from verifier.render.words import SHAPES, phrase, seconds, word
from verifier.words import Text, counter, said, translator

MINUTES = 90
"""Seconds from which on they are told in minutes."""


class Display:
    """Shows what runs and what ended. `told` is called from several threads.

    `since` are the seconds since 1970 at which something else began; the time from there to the first checker is said once.
    """

    def __init__(self, language: str = "en", *, since: str = "") -> None:
        self._language, self._since = language, since
        self._console = Console(stderr=True, highlight=False)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._left: Left = lambda: None
        self._progress = _Progress(self._time_left, *columns, console=self._console, transient=True)
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._progress.stop()

    def told(self, name: str, state: str, result: CheckResult | None) -> None:
        """One event of one checker."""
        with self._lock:
            if state == "started":
                self._ready()
                self._tasks[name] = self._progress.add_task(name, total=None)
                return
            self._progress.remove_task(self._tasks.pop(name))
            if result is not None:
                self._console.print(_line(result, self._language), markup=False, soft_wrap=True)

    def outlook(self, left: Left) -> None:
        """How to ask for the time left. It is told all the time on a terminal, and else once."""
        self._left = left
        if not self._console.is_terminal and (words := self._time_left()):
            self._console.print(words, markup=False, soft_wrap=True)

    def _time_left(self) -> str:
        """Nothing where nobody knows."""
        left = self._left()
        return "" if left is None else _words(left, self._language)

    def said(self, words: Text) -> None:
        """A sentence that is about none of them."""
        self._console.print(inert(words.in_language(self._language)), markup=False, soft_wrap=True)

    def _ready(self) -> None:
        since, self._since = self._since, ""
        if since:
            milliseconds = round((time.time() - float(since)) * 1000)
            tr = translator(self._language)
            told = tr("The first checker starts after {seconds}.", seconds=seconds(milliseconds, self._language))
            self._console.print(told, markup=False, soft_wrap=True)


class _Progress(Progress):
    """With a line below the tasks, which may be empty."""

    def __init__(self, below: Callable[[], str], *columns: ProgressColumn, console: Console, transient: bool) -> None:
        self._below = below
        super().__init__(*columns, console=console, transient=transient)

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if words := self._below():
            yield f"  {words}"


def _words(left: float, language: str) -> str:
    tr, tr_n = translator(language), counter(language)
    if left > MINUTES:
        return tr("about {n} min left", n=round(left / 60))
    return tr_n(math.ceil(left), "about {n} second left", "about {n} seconds left")


def _line(result: CheckResult, language: str) -> str:
    trouble = f"  {inert(said(result.seen.trouble.message, language))}" if result.seen.trouble else ""
    time = seconds(result.milliseconds, language)
    cached = f"  {phrase(f'cached.{result.cached}', language)}" if result.cached else ""
    return f"  {SHAPES[result.state]} {word(result.topic, language):<17} {result.name:<12} {time:>8}{cached}{trouble}"
