"""Names of packages that one could take for a much used one. It is a suspicion: a name alone proves nothing."""

import re

POPULAR = 5_000  # of the most downloaded packages; names of rarer ones are too many to be told from typing errors
WELL_KNOWN = 1_000  # for what is further from a slip of the finger
SHORTEST = 5  # letters; below that, names that differ in one are all taken
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


class Popular:
    """The names of one index, the most downloaded first. Who is among them resembles nobody, however rare."""

    def __init__(self, names, normal):
        self._normal = normal
        self._rank = {}
        for name in names:
            self._rank.setdefault(normal(name), len(self._rank))
        self._by_words = {}
        for name, rank in self._rank.items():
            if "-" in name and rank < WELL_KNOWN:
                self._by_words.setdefault(frozenset(name.split("-")), name)

    def resembled(self, name):
        """The most popular name that this one could be taken for, or None."""
        own = self._normal(name)
        if own in self._rank or len(own) < SHORTEST:
            return None
        near = {one for one in _slips(own) if self._rank.get(one, POPULAR) < POPULAR and not _numbered(one, own)}
        near.update(one for one in _without_python(own) if self._rank.get(one, WELL_KNOWN) < WELL_KNOWN)
        if "-" in own:
            near.update(filter(None, [self._by_words.get(frozenset(own.split("-")))]))
        return min(near, key=self._rank.get, default=None)


def pypi(name):
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def npm(name):
    return name.lower()


def _slips(name):
    """One letter left out, doubled, exchanged or added, or two that changed places."""
    for place in range(len(name) + 1):
        before, after = name[:place], name[place:]
        yield before + after[1:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def _numbered(one, other):
    """Two that differ in a number at their end are mostly a successor and what it follows: publicsuffix, publicsuffix2."""
    return one.rstrip("0123456789") == other.rstrip("0123456789")


def _without_python(name):
    """`python-requests` and `requests-py` for requests."""
    return [one for one in (re.sub(r"^(?:python|py)-|-(?:python|py)\d?$", "", name),) if one != name]
