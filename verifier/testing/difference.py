"""What a delivery changed about the tests that were there before it. Pure.

Judged by full name first. A test whose file or class was renamed is found again by its function's name, where no fewer
came than went; so a failing test that is renamed does not become inherited, and a moved one is not counted as removed.
pytest and unittest name one test in two ways: where one ran at the base and the other here, both names are one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.testing.events import Run
from verifier.words import say

FAILING = ("failed", "error")
PASSED = ("passed", "xpassed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Names of tests, and of files that could not be collected, in the order of the run."""

    inherited: tuple[str, ...] = ()  # failing now and before
    unclear: tuple[str, ...] = ()  # failing now; whether by themselves before as well cannot be told
    removed: tuple[str, ...] = ()  # functions that passed before and are gone, or of which cases are, with how many
    newly_skipped: tuple[str, ...] = ()  # passed before, skipped or expected to fail now
    base_ran: bool = True
    head_listed: bool = True  # all tests of the delivery are known by name: what is not among them is gone


def compare(base: Run, head: Run) -> Difference:
    """Two runs of one project's tests. A base that could not be run to its end explains nothing and proves nothing.

    Nor does a failure at the base for want of a package, a service or the network, where the test now fails in other words.
    """
    if not base.finished or base.reported != set(base.collected):
        return Difference(unclear=tuple(head.failing()), base_ran=False)
    base = _named_as(head, base)
    before = set(base.failing())
    again = [name for name in head.failing() if name in before]
    lacked, lacks = base.lacking(), head.lacking()
    unclear = [name for name in again if name in lacked and lacks.get(name) != lacked[name]]
    moved = _moved(base, head)
    was_passing = [name for name in base.outcomes if base.outcome(name) in PASSED] if head.listed else []
    return Difference(
        inherited=tuple(name for name in again if name not in unclear),
        unclear=tuple(unclear),
        removed=tuple(_gone(was_passing, base, head, moved)),
        newly_skipped=tuple(n for n in was_passing if _given_up(base.outcome(n), _found(n, moved), head)),
        head_listed=head.listed,
    )


def doubted(difference: Difference) -> Difference:
    """What is left of it where the base ran in an environment that is not its own: its failures excuse nobody's."""
    return replace(difference, inherited=(), unclear=(*difference.inherited, *difference.unclear))


def function(name: str) -> str:
    """A test's name without its parameters: they may hold dates and addresses. A folder's name may hold brackets as well."""
    path, separator, rest = name.partition("::")
    return path + separator + re.sub(r"\[.*\]$", "", rest, flags=re.DOTALL)


def _found(name: str, moved: Mapping[str, str]) -> str:
    """What a test of the base is called now."""
    old = function(name)
    return moved.get(old, old) + name[len(old) :]


def _given_up(before: str, name: str, head: Run) -> bool:
    """Skipped now, or expected to fail; one that was so before and passed by chance may fail again."""
    now = head.outcome(name) if name in head.outcomes else ""
    return now == "skipped" or (now == "xfailed" and before == "passed")


def _gone(passed: Iterable[str], base: Run, head: Run, moved: Mapping[str, str]) -> list[str]:
    """Functions of which nothing is left, or fewer cases; what a broken file holds is not known, and the file itself counts.

    Parameters may hold dates and addresses: a case of a new name that runs makes up for one whose name is gone. What was
    moved without the rest of its function is found again by its parameters.
    """
    before, now = _cases(base.collected), _cases(head.collected)
    idle = {name for name in head.outcomes if _idles(head, name)}
    found = before.keys() | moved.values()
    arrived = {f: [case for case in cases if f + case not in idle] for f, cases in now.items() if f not in found}
    strays = Counter((_last(f), case) for f, cases in arrived.items() for case in cases)
    broken = [str(event["id"]) for event in head.collection_errors]
    gone: list[str] = []
    for old, cases in _cases(passed).items():
        new = moved.get(old, old)
        left = now.get(new, {})
        lost = [case for case in cases if case not in left and not (left and _taken(strays, (_last(old), case)))]
        missing = len(lost) - sum(case not in before[old] and new + case not in idle for case in left)
        if missing > 0 and not any(_within(old, id_) for id_ in broken):
            words = say("{test} ({n} of {cases} cases)", test=old, n=missing, cases=len(cases))
            gone.append(words if left else old)
    return gone


def _cases(names: Iterable[str]) -> dict[str, dict[str, None]]:
    """Each function's cases, by their parameters, in the order of the run."""
    found: dict[str, dict[str, None]] = {}
    for name in names:
        found.setdefault(function(name), {})[name[len(function(name)) :]] = None
    return found


def _taken(counter: Counter[tuple[str, str]], one: tuple[str, str]) -> bool:
    """Whether there was one left to take."""
    counter[one] -= 1
    return counter[one] >= 0


def _within(name: str, holder: str) -> bool:
    """Whether a test lies in a file, a folder or package (pytest before 8 names its `__init__.py`), a class or a module."""
    bare = re.sub(r"(?:^|/)(?:__init__\.py)?$", "", holder)
    if not bare or name.startswith((f"{bare}::", f"{bare}/", f"{bare}.")):
        return True
    if _by_path(name) and not _by_path(holder):
        return name.startswith(_folder(holder)) and _dotted(holder)[-1] in _dotted(name.partition("::")[0])
    if not _by_path(name) and (_by_path(holder) or "." not in holder):
        inside = any(_dotted(name)[-1].startswith(f"{end}.") for end in _dotted(holder))
        return holder.startswith(_folder(name)) and inside
    return False


def _named_as(head: Run, base: Run) -> Run:
    """The base's run with the names that the head's runner has for the same tests, and files that could not be collected."""
    places = _places(base) | _places(head)
    names = _counterparts([*base.collected, *base.outcomes], [*head.collected, *head.outcomes], places)
    broken, now = ([str(event["id"]) for event in run.collection_errors] for run in (base, head))
    names |= _counterparts(broken, now, {})
    if not names:
        return base
    return replace(
        base,
        collected=[names.get(name, name) for name in base.collected],
        outcomes={names.get(name, name): reports for name, reports in base.outcomes.items()},
        collection_errors=[{**one, "id": names.get(one["id"], one["id"])} for one in base.collection_errors],
    )


def _places(run: Run) -> dict[str, str]:
    """The file of each test that unittest named, where it was told: another file's test of that name is another test."""
    return {name: path for path, names in run.files.items() for name in names if path != name and not _by_path(name)}


def _counterparts(old: Iterable[str], new: Iterable[str], places: Mapping[str, str]) -> dict[str, str]:
    """Of the names that only one of two runs has, those that mean the same, one in pytest's and one in unittest's way."""
    before, now = dict.fromkeys(old), dict.fromkeys(new)
    gone, come = [name for name in before if name not in now], [name for name in now if name not in before]
    units, paths = ([n for n in gone if not _by_path(n)], [n for n in come if _by_path(n)])
    back = _pairs([n for n in come if not _by_path(n)], [n for n in gone if _by_path(n)], places)
    return _pairs(units, paths, places) | {path: unit for unit, path in back.items()}


def _pairs(units: Sequence[str], paths: Sequence[str], places: Mapping[str, str]) -> dict[str, str]:
    """unittest's names to pytest's: by the whole name, then by one from a folder within, and only where there is no other."""
    found: dict[str, str] = {}
    for whole in (True, False):
        known = set(found.values())
        ends: dict[str, list[str]] = {}
        for path in (path for path in paths if path not in known):
            for end in _dotted(path)[: 1 if whole else None]:
                ends.setdefault(end, []).append(path)
        fits = {unit: ends.get(_dotted(unit)[0 if whole else -1], []) for unit in units if unit not in found}
        fits = {unit: [path for path in those if _may_be(unit, path, places)] for unit, those in fits.items()}
        wanted = Counter(path for those in fits.values() for path in those)
        found |= {unit: those[0] for unit, those in fits.items() if len(those) == 1 and wanted[those[0]] == 1}
    return found


def _may_be(unit: str, path: str, places: Mapping[str, str]) -> bool:
    """Whether they lie in one file, or, where that is not known, in one suite's folder."""
    place = places.get(function(unit))
    return path.partition("::")[0] == place if place else path.startswith(_folder(unit))


def _by_path(name: str) -> bool:
    """Whether a name is pytest's, of a file and what is in it; unittest's is a module's, with the suite's folder before it."""
    return "::" in name or name.endswith(".py")


def _folder(name: str) -> str:
    """The folder of the suite that one of unittest's names is of."""
    return name[: name.rfind("/") + 1]


def _dotted(name: str) -> list[str]:
    """A name as modules have it, from each of its folders on: which of them is the top, unittest is told when it starts."""
    plain = function(name)
    path, _, rest = plain.partition("::")
    parts = re.sub(r"(?:(?:^|/)__init__)?\.py$", "", path).split("/") if _by_path(plain) else path.split("/")
    within = rest.replace("::", ".") + name[len(plain) :]
    return [".".join(filter(None, (*parts[start:], within))) for start in range(len(parts))]


def _functions(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(function(name) for name in names))


def _moved(base: Run, head: Run) -> dict[str, str]:
    """Functions that went from one place and came up in another under the same name; those that run are matched first."""
    old, new = _functions(base.collected), _functions(head.collected)
    went, came = [n for n in old if n not in set(new)], [n for n in new if n not in set(old)]
    last_went, last_came = Counter(map(_last, went)), Counter(map(_last, came))
    went, came = sorted(went, key=_idle(base).__contains__), sorted(came, key=_idle(head).__contains__)
    found: dict[str, str] = {}
    for last in dict.fromkeys(map(_last, went)):
        if last_went[last] <= last_came[last]:
            found |= zip([n for n in went if _last(n) == last], [n for n in came if _last(n) == last], strict=False)
    return found


def _idle(run: Run) -> set[str]:
    """Functions of which a case is skipped or expected to fail."""
    return set(_functions(name for name in run.outcomes if _idles(run, name)))


def _idles(run: Run, name: str) -> bool:
    return run.outcome(name) in ("skipped", "xfailed")


def _last(name: str) -> str:
    """The function's own name, of pytest's `file::Class::function` and of unittest's `package.module.Class.function`."""
    return name.rpartition("::")[2] if "::" in name else name.rpartition(".")[2]
