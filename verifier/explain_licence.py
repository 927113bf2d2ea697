"""Which licences will do, and whether one of them does, in one language. Pure: criteria in, lines out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from verifier.criteria import LONGEST_CHOICE, holds, requirement
from verifier.licence import canonical, keys
from verifier.licence_wanted import recommended, text_of, where
from verifier.model import Measure
from verifier.policy import Comparison, Criteria, Criterion
from verifier.words import translator

LISTS = ("licences.accepted", "licences.recommended")
"""What criteria may name instead of a list of their own."""
CHECK = "licence.project"
WIDTH = 100


def choice(wanted: Comparison, criteria: Criteria, language: str) -> Iterator[str]:
    """Every licence that will do, where a sentence only counts them."""
    if not isinstance(wanted.value, frozenset) or len(wanted.value) <= LONGEST_CHOICE:
        return
    tr = translator(language)
    if best := recommended(wanted, criteria.licences):
        yield tr("  Recommended: {names}", names=", ".join(best))
    yield tr("  Accepted ({n}):", n=len(wanted.value))
    yield from _listed(wanted.value)


def of_list(name: str, criteria: Criteria, language: str) -> Iterator[str]:
    """One of the buyer's two lists, whole."""
    tr, policy = translator(language), criteria.licences
    listed = policy.accepted if name == LISTS[0] else policy.recommended
    meaning = (
        tr("Licences that will do where the criteria say so and no contract names another.")
        if name == LISTS[0]
        else tr("Licences that the buyer would rather have than others of those accepted.")
    )
    yield f"{name} · {meaning}"
    yield from _listed(listed)
    yield f"  {text_of(Comparison(op='one_of', value=listed, unit='expression'), policy).in_language(language)}"
    yield from _used(criteria, language)


def of_licence(name: str, criteria: Criteria, language: str) -> Iterator[str]:
    """Whether a licence, or an expression of several, will do."""
    tr, expression = translator(language), canonical(name) or name
    measure = Measure(name=CHECK, value=expression, unit="expression")
    yield tr("{licence} · a licence", licence=expression)
    for criterion in _about(criteria):
        if criterion.comparison is None:
            continue
        required = requirement(criterion.comparison).in_language(language)
        if holds(criterion.comparison, measure):
            yield tr("  Accepted by {criterion} (required: {required}).", criterion=criterion.id, required=required)
        else:
            yield tr("  Not accepted by {criterion} (required: {required}).", criterion=criterion.id, required=required)
    if expression in criteria.licences.recommended:
        yield tr("  It is one of the licences that are recommended.")
    if text := where(sorted(keys(expression))):
        yield f"  {text.in_language(language)}"
    yield from _used(criteria, language)


def _about(criteria: Criteria) -> list[Criterion]:
    return [one for one in criteria.criteria if one.check == CHECK]


def _used(criteria: Criteria, language: str) -> Iterator[str]:
    tr, found = translator(language), _about(criteria)
    for criterion in found:
        command = f"verifier explain {criterion.id}"
        yield tr("  Criterion: {command}", command=command)
    if not found:
        yield tr("  No criterion of {profile} is about the project's licence.", profile=criteria.profile)


def _listed(licences: frozenset[str]) -> list[str]:
    indent = "    "
    lines = ", ".join(sorted(licences, key=str.lower))
    return textwrap.wrap(
        lines, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
