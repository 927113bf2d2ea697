"""The post of one payment release: when it is tried again, when the payer has it, when it is given up. Pure.

    post = after(post, answer, "2026-11-29T12:00:00Z", rules, chance)

It is sent at least once: whoever receives it knows it by its digest, and pays once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from verifier.procurement.payment.answer import Answer, Meaning

LONGEST_ASKED = 86_400
"""Seconds that a payer may ask to wait (Retry-After): what asks for more is tried after a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The section `posting` of record.yml; all but `tries` are seconds."""

    tries: int
    first_wait: int
    longest_wait: int
    patience: int
    """For one answer."""

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> Rules:
        return cls(**{name.replace("-", "_"): value for name, value in section.items()})


class Standing(StrEnum):
    """Where a post stands."""

    WAITING = "waiting"
    POSTED = "posted"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """`digest` is the release's; `contract` and `milestone` are as the ledger names them. Times are "" for never."""

    digest: str
    contract: str
    milestone: str
    endpoint: str = ""
    """Where it was sent last."""
    tries: int = 0
    next: str = ""
    """Before then it is not tried."""
    posted: str = ""
    """Since when the payer has it."""
    dead: str = ""
    """Since when it is given up."""
    status: int = 0
    """Of the last answer; 0 where there was none."""
    told: str = ""
    """Its first words, or why there was none; inert."""

    @property
    def standing(self) -> Standing:
        if self.posted:
            return Standing.POSTED
        return Standing.GIVEN_UP if self.dead else Standing.WAITING

    def due(self, moment: str) -> bool:
        return self.standing is Standing.WAITING and self.next <= moment


def after(post: Post, answer: Answer, moment: str, rules: Rules, chance: float) -> Post:
    """The post after one more try, which ended at this moment. `chance` is at least 0 and less than 1."""
    told = replace(
        post, tries=post.tries + 1, endpoint=answer.endpoint, status=answer.status, told=answer.told, next=""
    )
    if answer.meaning is Meaning.TAKEN:
        return replace(told, posted=moment)
    if answer.meaning is Meaning.NEVER or told.tries >= rules.tries:
        return replace(told, dead=moment)
    asked = later(moment, min(answer.wait, LONGEST_ASKED))
    return replace(told, next=max(asked, next_try(told.tries, moment, rules, chance)))


def next_try(attempt: int, moment: str, rules: Rules, chance: float) -> str:
    """When to try again after so many tries: twice as long each time, up to the longest wait.

    Half of the wait is left to chance, so that those who failed together do not come back together.
    """
    wait = min(rules.longest_wait, rules.first_wait * 2 ** min(attempt - 1, 64))
    least = (wait + 1) // 2
    return later(moment, least + int(chance * (wait - least + 1)))


def later(moment: str, seconds: int) -> str:
    then = datetime.fromisoformat(moment) + timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_until(moment: str, now: str) -> float:
    """0 where it has come."""
    return max(0.0, (datetime.fromisoformat(moment) - datetime.fromisoformat(now)).total_seconds())
