"""Telling people what waits for them: who is awaited, by whom they are told, and that nobody is told the same thing twice.

A third party registers a class under the entry-point group `verifier.notifiers` of its own distribution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

GROUP = "verifier.notifiers"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The message to a supplier, ready to send: the one text with findings in it, which goes to one person alone."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """All that one person is told at one time. `subject` is one line; no text of a contract can make it two.

    `id` is the same for the same things told to the same person, so that whoever gets it twice can know.
    """

    id: str
    person: str
    address: str
    languages: tuple[str, ...]
    time: str
    subject: str
    text: str
    items: tuple[Mapping[str, Any], ...]
    """The same for programs: contract, milestone, state, round, role, what, since, command."""
    enclosed: tuple[Enclosed, ...] = ()


class Notifier(Protocol):
    """One way to tell. Its settings are the part of `notices` in record.yml by its name (a third party's: of `others`)."""

    name: ClassVar[str]
    private: ClassVar[bool]
    """Whether it reaches that person alone: only then findings go along, in the message to a supplier."""

    def notify(self, message: Message, settings: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """Hands it over. Raises UsageError for settings that cannot be right, WorldError where it was not taken."""
        ...
