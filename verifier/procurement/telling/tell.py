"""Telling people what is due now, and remembering what they were told: the part that reads, sends and writes.

What is sent is remembered right after it was taken. Whoever stops between the two tells that one message twice, with the same id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from verifier.errors import VerifierError, WorldError
from verifier.gate.moves import ENDED, State
from verifier.procurement.alone import alone
from verifier.procurement.index import Wanted
from verifier.procurement.records import Records
from verifier.procurement.telling import Message, Notifier
from verifier.procurement.telling.awaited import Awaited, When, awaited
from verifier.procurement.telling.enclosing import enclosed
from verifier.procurement.telling.installed import notifier, wanted
from verifier.procurement.telling.letter import message
from verifier.procurement.telling.posts import Post, people, posts, unlisted, vacant
from verifier.procurement.telling.rhythm import rhythm
from verifier.words import say


@dataclass(frozen=True)
class Telling:
    """What came of it. `unknown` are people for whom something waits and whom nobody can tell, `vacant` what nobody may do."""

    silent: bool
    waiting: int = 0
    """Posts that are due, sent or not."""
    messages: list[tuple[str, Message]] = field(default_factory=list)
    """(notifier, message) of those that were sent; of a dry run of those that would be."""
    unknown: tuple[str, ...] = ()
    vacant: tuple[Awaited, ...] = ()
    troubles: list[VerifierError] = field(default_factory=list)


def tell(records: Records, environment: Mapping[str, str], *, dry: bool = False) -> Telling:
    """Sends what is due; in quiet hours nothing. Raises UsageError for settings that cannot be right.

    What goes wrong with one contract or one person is among `troubles`, and the others are told.
    """
    with alone(records.settings.folder):
        due = _Due.of(records)
        told = Telling(due.silent, len(due.posts), unknown=due.unknown, vacant=due.vacant, troubles=list(due.troubles))
        if due.silent and not dry:
            return told
        for post in due.posts:
            try:
                way = due.ways[post.notifier]
                made = message(post, enclosed(post, records.store) if way.private else (), due.now)
                if not dry:
                    _send(way, made, due.settings[post.notifier], environment)
                    _remember(records, post, due.now)
            except VerifierError as error:
                told.troubles.append(error)
            else:
                told.messages.append((post.notifier, made))
        return told


@dataclass(frozen=True)
class _Due:
    now: str
    silent: bool
    settings: Mapping[str, Mapping[str, object]]
    ways: Mapping[str, Notifier]
    posts: tuple[Post, ...]
    unknown: tuple[str, ...]
    vacant: tuple[Awaited, ...]
    troubles: tuple[VerifierError, ...]

    @classmethod
    def of(cls, records: Records) -> _Due:
        notices, now = records.settings.section("notices"), records.clock()
        settings, beat, known = wanted(notices), rhythm(notices), people(notices)
        ways = {name: notifier(name) for name in settings}
        private = {name: one.private for name, one in ways.items()}
        troubles: list[VerifierError] = []
        when = When(now, beat.day(now), notices["cure-warning"])
        found = tuple(_found(records, when, troubles))
        return cls(
            now=now,
            silent=beat.silent(now),
            settings=settings,
            ways=ways,
            posts=posts(found, known, private, records.index.told(), rhythm=beat, now=now),
            unknown=unlisted(found, known),
            vacant=vacant(found),
            troubles=tuple(troubles),
        )


def _found(records: Records, when: When, troubles: list[VerifierError]) -> Iterator[Awaited]:
    for contract in _standing(records):
        try:
            kept = frozenset(path.name for path in records.store.kept(contract))
            yield from awaited(records.record(contract), records.policy, when, kept)
        except VerifierError as error:
            troubles.append(error)


def _standing(records: Records) -> Iterator[str]:
    """The contracts of which a milestone has not ended, as the index has them."""
    after = ""
    while page := records.listed(Wanted(after=after)):
        yield from (one.id for one in page if State(one.state) not in ENDED)
        after = page[-1].key


def _send(way: Notifier, made: Message, settings: Mapping[str, object], environment: Mapping[str, str]) -> None:
    """Raises VerifierError, also where another's notifier breaks: that must not keep the others from being told."""
    try:
        way.notify(made, settings, environment)
    except VerifierError:
        raise
    except Exception as error:
        words = say("The notifier {name} broke ({why}).", name=way.name, why=type(error).__name__)
        raise WorldError(words) from error


def _remember(records: Records, post: Post, now: str) -> None:
    with records.index.changing() as changes:
        changes.tell((one.key for one in post.items), post.person.id, post.notifier, now)
