"""Evidence that was deleted, for whoever asks where it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verifier.render.inert import inert
from verifier.words import say

if TYPE_CHECKING:
    from verifier.procurement.deleting import Deletion


def lines(found: Iterable[Deletion], language: str) -> str:
    """A line each, "" for none."""
    told = (
        say(
            "  {names}: deleted on {day} by rule {rule}, digest {digest}",
            names=inert(", ".join(one.names)),
            day=one.time[:10],
            rule=one.rule,
            digest=one.digest,
        )
        for one in found
    )
    return "".join(f"{one.in_language(language)}\n" for one in told)
