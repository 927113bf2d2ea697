"""Scancode's index without what takes most of the time to load, where only a few files are to be read.

Two thirds of loading is one automaton, which finds the rules that stand in a file word for word. Such a rule has no word that the
file lacks: for a few files it is quicker to make an automaton of the rules that have none, each time, than to load that of all.
They are looked for among those alone of which one word, that few rules have, is in the file.
A second automaton is for an option that we do not use; it is never woken.
tests/inside/test_scancode_automaton.py holds the answers of the one against those of the other.
"""

import pickle
from collections import defaultdict
from functools import cache
from itertools import chain

import ahocorasick

FEW = 30
"""Files for which it is quicker."""


def install():
    """Lets scancode load its index with both asleep."""
    from licensedcode import cache  # noqa: PLC0415 - imported while the collector sleeps

    cache.load_cache_file = load


def load(path):
    with open(path, "rb") as file:
        return Unpickler(file).load()


class Unpickler(pickle.Unpickler):
    """Reads all but automatons."""

    def find_class(self, module, name):
        return Asleep if (module, name) == ("ahocorasick", "Automaton") else super().find_class(module, name)


class Asleep:
    """What an automaton is made of."""

    def __init__(self, *parts):
        self._parts = parts

    def awake(self):
        return ahocorasick.Automaton(*self._parts)


def prepare(index):
    """Once, for however many files."""
    if isinstance(index.unknown_automaton, Asleep):
        index.unknown_automaton = None
    fitting(index)


@cache
def fitting(index):
    return Fitting(index.tids_by_rid)


def settle(index, files):
    """Gives the index what it needs for so many files. One that was built just now is as it is."""
    if isinstance(index.rules_automaton, Asleep):
        index.rules_automaton = fitting(index) if files <= FEW else index.rules_automaton.awake()


class Fitting:
    """Answers as the automaton of all rules does (licensedcode/index.py adds each rule's words, and no other)."""

    def __init__(self, rules):
        self._rules, self._by_word = rules, defaultdict(list)
        for number, wanted in enumerate(rules):
            # Of three words the one with the highest number: legalese, which many rules have, is numbered first.
            self._by_word[max(wanted[0], wanted[len(wanted) // 2], wanted[-1])].append(number)

    def iter(self, words):
        """As `Automaton.iter`: (place of the last word, [(rule, first of its words, last of its words)])."""
        has = frozenset(words)
        few = ahocorasick.Automaton(ahocorasick.STORE_ANY, ahocorasick.KEY_SEQUENCE)
        for rule in sorted(chain.from_iterable(self._by_word[word] for word in has & self._by_word.keys())):
            if has.issuperset(wanted := self._rules[rule]):
                few.add_word(tuple(wanted), [(rule, 0, len(wanted) - 1)])
        few.make_automaton()
        return few.iter(words) if len(few) else iter(())
