"""What a file that nobody can read may have been made from: a readable one of its name, where sources lie. Pure."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from verifier.inventory import Look

_LINKED = "c cpp cython python rust go java kotlin scala csharp fsharp vb fortran haskell swift zig pascal"
_WEB = frozenset({"javascript", "typescript", "coffeescript", "vue", "svelte"})
MADE_FROM = {
    "compiled": frozenset(_LINKED.split()),
    "javascript": _WEB,
    "typescript": _WEB,
    "css": frozenset({"css"}),
}
"""The languages that each is made from."""
_MINIFIED = re.compile(r"[.-]min$")
_PLATFORM = re.compile(r"\.(?:cpython-|pypy|cp|pp|abi)\d.*$")
"""In the name of a compiled Python module: https://peps.python.org/pep-3149/."""


class Origins:
    """Looks up, among all looks, what one may come from. Nothing says that it does: nobody has made it again."""

    def __init__(self, looks: Iterable[Look]) -> None:
        self._named: dict[str, list[Look]] = defaultdict(list)
        for look in looks:
            if look.kind == "file" and not look.binary and not look.minified:
                self._named[_stem(look.path)].append(look)

    def of(self, look: Look) -> str:
        """The path, or an empty word."""
        wanted = MADE_FROM.get(look.language or "", frozenset())
        folders = set(_folders(posixpath.dirname(look.path)))
        near = (
            one.path
            for one in self._named[_stem(look.path)]
            if one.language in wanted and one.path != look.path and posixpath.dirname(one.path) in folders
        )
        return min(near, default="")


def _stem(path: str) -> str:
    """`dist/Rates.min.js`, `rates.ts` and `__pycache__/rates.cpython-311.pyc` have the same."""
    name = posixpath.basename(path).lower().rpartition(".")[0]
    return _PLATFORM.sub("", _MINIFIED.sub("", name))


def _folders(own: str) -> Iterator[str]:
    """Its own, the one above, and the sources beside either."""
    for folder in (own, posixpath.dirname(own)):
        yield folder
        yield posixpath.join(folder, "src")
