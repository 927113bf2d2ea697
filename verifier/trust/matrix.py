"""Who may not be whom: the one matrix. The trust policy may only add to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

NEVER_ONE_PERSON = frozenset(
    frozenset(pair)
    for pair in (
        ("supplier", "requester"),
        ("supplier", "assessor"),
        ("supplier", "certifier"),
        ("supplier", "payer"),
        ("certifier", "requester"),
        ("certifier", "assessor"),
        ("certifier", "payer"),
    )
)
"""Pairs of roles that one person may not have in one purchase."""
NOT_AUTHORS = ("assessor", "certifier")
"""Roles that whoever wrote a delivered commit may not have."""


def shared(roles: Mapping[str, frozenset[str]], apart: Iterable[frozenset[str]]) -> Iterator[tuple[str, str, str]]:
    """(person, role, role) where one person has two roles that must be apart. `roles` maps a role to the persons who had it."""
    for pair in sorted(NEVER_ONE_PERSON | frozenset(apart), key=sorted):
        first, second = sorted(pair)
        for person in sorted(roles.get(first, frozenset()) & roles.get(second, frozenset())):
            yield person, first, second
