"""What can be posted to GitHub, and in which order. A refusal of one post leaves the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import ClassVar

from verifier.errors import UsageError
from verifier.publish import Order, Posted
from verifier.publish.github import check, comment, scanning, signed, status
from verifier.publish.github.place import Place, place
from verifier.publish.http import Refused
from verifier.words import in_language, later, say

READ_ONLY = 403
"""How GitHub refuses a job that came from a fork: its token may only read."""


class GitHub:
    name: ClassVar[str] = "github"
    kinds: ClassVar[Mapping[str, str]] = {
        "status": later("a commit status"),
        "check": later("a check run with annotations"),
        "comment": later("one comment on the pull request"),
        "sarif": later("findings for code scanning"),
        "release": later("a signed statement beside a release"),
        "attestation": later("a signed statement in the attestation store"),
    }
    signed: ClassVar[frozenset[str]] = frozenset({"release", "attestation"})

    def publish(self, order: Order) -> Iterator[Posted]:
        where = place(order)
        for kind, post in list(_posts(order, where)):
            yield _told(kind, where, post)


def _posts(order: Order, where: Place) -> Iterator[tuple[str, Callable[[], Posted]]]:
    if order.report is not None:
        document, language = in_language(order.report, order.language), order.language
        of_report = {"status": status.post, "check": check.post, "comment": comment.post, "sarif": scanning.post}
        for kind in order.kinds:
            yield kind, partial(of_report[kind], where, document, language)
    if order.signed is not None:
        content = order.signed
        signed.checked(content, frozenset(order.kinds))
        if "release" in order.kinds and not order.release:
            raise UsageError(say("Name the release with --release TAG."))
        of_signed = {
            "release": partial(signed.asset, where, content, order.name, order.release),
            "attestation": partial(signed.attestation, where, content),
        }
        for kind in order.kinds:
            yield kind, of_signed[kind]


def _told(kind: str, where: Place, post: Callable[[], Posted]) -> Posted:
    try:
        return where.api.patiently(post)
    except Refused as refusal:
        if where.foreign and refusal.status == READ_ONLY:
            words = say("Not posted ({kind}): the token of a fork's pull request may only read.", kind=kind)
            return Posted(what=kind, words=words)
        return Posted(what=kind, words=say("Not posted ({kind}): {why}", kind=kind, why=refusal.words), missing=True)
    except (KeyError, TypeError, ValueError):
        words = say("Not posted ({kind}): GitHub's answer is of another form than it describes.", kind=kind)
        return Posted(what=kind, words=words, missing=True)
