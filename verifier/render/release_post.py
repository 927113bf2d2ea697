"""How far the post of a payment release is, in a sentence. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from verifier.render.inert import inert
from verifier.words import Text, say

if TYPE_CHECKING:
    from verifier.procurement.payment.post import Post


def told(contract: str, post: Post, tries: int) -> Text:
    """Which release it is, and what became of it. `tries` are as many as there may be."""
    named = {"contract": inert(contract), "milestone": post.milestone}
    return say("Contract {contract}, milestone {milestone}: {what}", what=standing(post, tries), **named)


def standing(post: Post, tries: int) -> Text:
    """What became of it alone."""
    named = {"digest": post.digest}
    if post.posted:
        return say("the payer has the release {digest} since {time}.", time=post.posted, **named)
    if post.dead:
        return say(
            "the payer has not taken the release {digest}, and it is given up since {time}: {why}. Once that is mended: "
            "verifier record post --again {digest}",
            time=inert(post.dead),
            why=_why(post),
            **named,
        )
    if not post.tries:
        return say("the release {digest} is to be posted to the payer.", **named)
    return say(
        "the payer has not taken the release {digest} yet: {why}. It is tried again from {time} on ({n} of {most} tries).",
        time=post.next,
        why=_why(post),
        n=post.tries,
        most=tries,
        **named,
    )


def entry(post: Post) -> dict[str, Any]:
    """As JSON: what is not known is null."""
    said = {name: value for name, value in asdict(post).items() if name not in ("digest", "contract")}
    known = {name: None if value in ("", 0) and name != "tries" else value for name, value in said.items()}
    return {"release": post.digest, "state": post.standing.value, **known}


def _why(post: Post) -> Text:
    if not post.status:
        return say("it could not be reached ({why})", why=inert(post.told))
    if 300 <= post.status < 400:
        return say("it sends elsewhere ({status}), where a release is not taken", status=post.status)
    if post.told:
        return say("it answered {status}, {told}", status=post.status, told=inert(post.told))
    return say("it answered {status}", status=post.status)
