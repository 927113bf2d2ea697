"""Which licences will do, by name, and where their texts are: for the person who has to choose one. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.criteria import LONGEST_CHOICE, requirement
from verifier.licence import keys, known
from verifier.policy import Comparison, LicencePolicy
from verifier.words import Text, say

SPDX = "https://spdx.org/licenses"
"""The list that gives every licence its identifier and has its text (https://spdx.org/licenses/)."""


def address(licence: str) -> str:
    """Where SPDX has the text of one licence of its list."""
    return f"{SPDX}/{licence}.html"


def recommended(wanted: Comparison, policy: LicencePolicy) -> tuple[str, ...]:
    """Those of the buyer's recommended licences that will do, where there is a choice."""
    return tuple(sorted(policy.recommended & wanted.value)) if isinstance(wanted.value, frozenset) else ()


def named(wanted: Comparison, policy: LicencePolicy) -> Text:
    """What is required; of a list that is too long for a sentence, the recommended ones."""
    best = recommended(wanted, policy)
    if not best or not isinstance(wanted.value, frozenset) or len(wanted.value) <= LONGEST_CHOICE:
        return requirement(wanted)
    return say("{required}; recommended: {names}", required=requirement(wanted), names=", ".join(best))


def text_of(wanted: Comparison, policy: LicencePolicy) -> Text:
    """Where the text of what is required is to be had; nothing where SPDX lists none of it."""
    value = wanted.value
    expressions = recommended(wanted, policy) or (sorted(value) if isinstance(value, frozenset) else [str(value)])
    return where(sorted(key for one in expressions for key in keys(one)))


def where(licences: Sequence[str]) -> Text:
    """The address of the text, of one licence of several as an example."""
    listed = [one for one in licences if known(one) and not one.startswith("LicenseRef-")]
    if not listed:
        return Text("", "")
    one = {"licence": listed[-1], "address": address(listed[-1])}
    if len(listed) == 1:
        return say("The text of {licence} is at {address}.", **one)
    return say("SPDX's list has the text of each, that of {licence} at {address}.", **one)
