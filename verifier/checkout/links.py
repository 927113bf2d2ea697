"""Where links lead, worked out on the list of all links, before any is made."""

from __future__ import annotations

from collections.abc import Mapping

MAX_HOPS = 40
"""Links followed in one path, as Linux does (MAXSYMLINKS)."""


def destination(link: bytes, targets: Mapping[bytes, bytes]) -> bytes | None:
    """Where a link leads inside the tree (`b""` is its root), other links on the way followed; None where it leaves it,
    at any step, or goes in circles. `targets` are all links by path.
    """
    here = link.split(b"/")[:-1]
    todo = targets[link].split(b"/")
    hops = 1
    if todo[0] == b"":
        return None
    while todo:
        part = todo.pop(0)
        if part == b".." and not here:
            return None
        if part == b"..":
            here.pop()
        elif part not in {b"", b"."}:
            here.append(part)
        target = targets.get(b"/".join(here)) if part not in {b"", b".", b".."} else None
        if target is not None:
            hops += 1
            if target.startswith(b"/") or hops > MAX_HOPS:
                return None
            here.pop()
            todo = target.split(b"/") + todo
    return b"/".join(here)
