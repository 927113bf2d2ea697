"""Live progress on stderr: every checker with its time. Plain lines where stderr is no terminal."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from verifier.model import CheckResult
from verifier.render.inert import inert
from verifier.render.words import SHAPES, phrase, seconds, word
from verifier.words import Text, said, translator


class Display:
    """Shows what runs and what ended. `told` is called from several threads.

    `since` are the seconds since 1970 at which something else began; the time from there to the first checker is said once.
    """

    def __init__(self, language: str = "en", *, since: str = "") -> None:
        self._language, self._since = language, since
        self._console = Console(stderr=True, highlight=False)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=self._console, transient=True)
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


def _line(result: CheckResult, language: str) -> str:
    trouble = f"  {inert(said(result.seen.trouble.message, language))}" if result.seen.trouble else ""
    time = seconds(result.milliseconds, language)
    cached = f"  {phrase(f'cached.{result.cached}', language)}" if result.cached else ""
    return f"  {SHAPES[result.state]} {word(result.topic, language):<17} {result.name:<12} {time:>8}{cached}{trouble}"
