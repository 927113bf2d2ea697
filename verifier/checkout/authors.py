"""Who wrote what is delivered: the SHA-256 of every address that its commits carry, so that no address stands in a report."""

from __future__ import annotations

import re
from hashlib import sha256

from verifier.checkout.git import Git

FORMAT = "--format=%ae%n%ce%n%(trailers:key=Co-authored-by,valueonly)"
"""Author, committer and co-authors, by what the commit itself says: no mailmap of the delivery puts another in their place."""
ADDRESS = re.compile(r"<([^<>]+)>")


def authors(git: Git, head: str, base: str | None = None) -> tuple[str, ...]:
    """Of every commit that head has and base has not, sorted. Addresses count in small letters."""
    wanted = (head, f"^{base}") if base else (head,)
    said = git.run("log", "--no-mailmap", "--no-show-signature", FORMAT, *wanted, "--").decode("utf-8", "replace")
    found = {address for line in said.splitlines() for address in ADDRESS.findall(line) or [line]}
    return tuple(sorted(sha256(one.strip().lower().encode()).hexdigest() for one in found if one.strip()))
