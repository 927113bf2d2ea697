"""Two shortcuts through scancode's approximate matching that change no answer, only its time; most of a scan was spent there.

- `candidates`: scancode compares the words of a file with each of its 36,000 rules, and passes over those with which they have
  too few words in common, "legalese" or any (licensedcode/match_set.py, `compare_token_sets`). Here an index from words to rules
  counts the legalese for all rules at once, of the rules that are left the words of any kind are counted, and scancode
  compares those, one in ten, that have enough of both.
- `match_blocks`: scancode looks at every word of a file for the longest run of words that a rule has as well, again for each
  part of the file. Here the words that the rule has are looked up once, and the rest is passed over: a run begins and ends
  at such words.

tests/inside/test_scancode_shortcuts.py holds both against scancode's own functions.
"""

from bisect import bisect_left
from collections import Counter
from itertools import chain
from types import SimpleNamespace

from intbitset import intbitset


def install(index):
    """Puts both in the place of scancode's own, for this index; once, whoever asks."""
    from licensedcode import index as indexing  # noqa: PLC0415 - imported while the collector sleeps
    from licensedcode import match_set  # noqa: PLC0415

    if indexing.match_blocks_seq is match_blocks:
        return
    whole = match_set.compute_candidates
    rules = Rules(index)

    def candidates(query_run, idx, matchable_rids, **options):
        if idx is not index:
            return whole(query_run, idx, matchable_rids, **options)
        few = rules.alike(set(query_run.matchable_tokens()), matchable_rids)
        found = whole(query_run, few, range(len(few.rules_by_rid)), **options)
        return [(scores, rule.rid, rule, words) for scores, _, rule, words in found]

    match_set.compute_candidates = candidates
    indexing.match_blocks_seq = match_blocks


class Rules:
    """Which rules have a word, and how many of its words a rule demands."""

    def __init__(self, index):
        self._index = index
        having = [[] for _ in range(index.len_legalese)]
        for rid in sorted(index.approx_matchable_rids):
            for word in index.sets_by_rid[rid]:
                if word < index.len_legalese:
                    having[word].append(rid)
        self._having = [tuple(rids) for rids in having]
        self._least = [rule.get_min_high_matched_length(unique=True) for rule in index.rules_by_rid]

    def alike(self, words, among):
        """An index of those rules alone with which the words, which are token ids, have enough in common, in their order."""
        having = (self._having[word] for word in words if 0 <= word < len(self._having))
        counted = Counter(chain.from_iterable(having))
        least, index = self._least, self._index
        likely = (rid for rid, number in counted.items() if number >= least[rid] and rid in among)
        mine, rules, sets = intbitset([word for word in words if word >= 0]), index.rules_by_rid, index.sets_by_rid
        rids = sorted(rid for rid in likely if enough(rules[rid], len(mine & sets[rid])))
        return SimpleNamespace(
            len_legalese=index.len_legalese,
            rules_by_rid=[rules[rid] for rid in rids],
            sets_by_rid=[sets[rid] for rid in rids],
            msets_by_rid=[index.msets_by_rid[rid] for rid in rids],
        )


def enough(rule, number):
    """Whether so many of a rule's words, each counted once, are as many as it demands, and as large a part of them all."""
    share = rule._minimum_containment or 0  # noqa: SLF001 - as `compare_token_sets` asks it
    return number >= rule.get_min_matched_length(unique=True) and number / rule.get_length(unique=True) >= share


def match_blocks(a, b, a_start, a_end, b2j, len_good, matchables=frozenset(), **_):  # noqa: PLR0917 - scancode's
    """The same triples as `licensedcode.seq.match_blocks`: (place in a, place in b, length), in their order."""
    places = [i for i in range(a_start, a_end) if (word := a[i]) < len_good and word in b2j and i in matchables]
    both, queue, found = Both(a, b, b2j, places, matchables), [(a_start, a_end, 0, len(b))], []
    while queue:
        within = alo, ahi, blo, bhi = queue.pop()
        i, j, size = both.extended(both.longest(within), within)
        if size:
            found.append((i, j, size))
            if alo < i and blo < j:
                queue.append((alo, i, blo, j))
            if i + size < ahi and j + size < bhi:
                queue.append((i + size, ahi, j + size, bhi))
    return list(joined(sorted(found)))


class Both:
    """Two sequences of words; `places` are those in `a` from which `b2j` leads to places in `b`."""

    def __init__(self, a, b, b2j, places, matchables):
        self.a, self.b, self.b2j, self.places, self.matchables = a, b, b2j, places, matchables

    def longest(self, within):
        """The longest run of words that are looked up; of several the one that begins first in a, then in b."""
        alo, ahi, blo, bhi = within
        a, b2j, places = self.a, self.b2j, self.places
        besti, bestj, best = alo, blo, 0
        ends, last = {}, -2  # place in b -> length of the run that ends there and at `last` in a
        for at in range(bisect_left(places, alo), len(places)):
            i = places[at]
            if i >= ahi:
                break
            before, ends = (ends if i == last + 1 else {}), {}
            last = i
            for j in b2j[a[i]]:
                if j < blo:
                    continue
                if j >= bhi:
                    break
                size = ends[j] = before.get(j - 1, 0) + 1
                if size > best:
                    besti, bestj, best = i - size + 1, j - size + 1, size
        return besti, bestj, best

    def extended(self, run, within):
        """With the words on both sides that are the same, of whatever kind."""
        (i, j, size), (alo, ahi, blo, bhi) = run, within
        a, b, matchables = self.a, self.b, self.matchables
        if size:
            while i > alo and j > blo and a[i - 1] == b[j - 1] and i - 1 in matchables:
                i, j, size = i - 1, j - 1, size + 1
            while i + size < ahi and j + size < bhi and a[i + size] == b[j + size] and i + size in matchables:
                size += 1
        return i, j, size


def joined(blocks):
    """Blocks of which one ends where the next begins, in both, are one."""
    start, other, size = 0, 0, 0
    for i, j, more in blocks:
        if (start + size, other + size) == (i, j):
            size += more
            continue
        if size:
            yield start, other, size
        start, other, size = i, j, more
    if size:
        yield start, other, size
