"""What asks to look away from a finding, as SARIF suppressions (3.35). Pure.

Viewers hide a result whose suppression is accepted, or says nothing about its status. Only the buyer's signed waiver may do that:
a comment in the delivered tree is written as `rejected`, or the delivery would hide its own findings.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from operator import itemgetter

from verifier.render.inert import inert
from verifier.render.reading import Entry, Reading
from verifier.render.sarif_text import cut, location

MARKERS = {"nosec": "bandit", "nosemgrep": "semgrep", "noqa": "ruff", "pylint": "pylint"}
"""Whose marker each is; `kind` begins with it (`verifier/inside/look/suppressions.py`)."""
OF_SECRETS = "pragma: allowlist secret"
WHOLE_FILE = frozenset({"noqa: file", "pylint: skip-file"})
NEXT_LINE = "pylint: disable-next"
MOST = 10
"""Listed for one result: a hostile file may have a thousand on the lines of one finding."""
STATUS = {"signed": "accepted", "proposed": "underReview", "expired": "rejected"}


class Suppressions:
    """The document's suppressions by tool and file, in order of line; those of a whole file stand at line 0."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._marks: dict[tuple[str, str], list[tuple[int, Entry]]] = defaultdict(list)
        for entry in reading.document["suppressions"]:
            tool = "secrets" if entry["kind"] == OF_SECRETS else MARKERS.get(entry["kind"].split(":")[0])
            if tool:
                self._marks[tool, entry["path"]].append((_line(entry), entry))
        for marks in self._marks.values():
            marks.sort(key=itemgetter(0))

    def __bool__(self) -> bool:
        """Whether any finding could have one."""
        return bool(self._marks or self._reading.waivers)

    def of(self, finding: Entry) -> list[Entry]:
        """SARIF suppression objects, each once."""
        found = [self._waiver(waiver) for waiver in self._reading.waivers_of(finding)]
        found += [_in_source(entry) for entry in self._beside(finding)]
        return [one for number, one in enumerate(found) if one not in found[:number]]

    def _beside(self, finding: Entry) -> list[Entry]:
        """Those of its tool on its lines, and for its whole file."""
        marks = self._marks.get((finding["rule"].split(":")[0], finding["path"]), [])
        first = finding["line"] or 1
        last = max(first, finding["endLine"] or 0)
        whole = bisect_right(marks, 0, key=itemgetter(0))
        start, end = bisect_left(marks, first, key=itemgetter(0)), bisect_right(marks, last, key=itemgetter(0))
        return [entry for _, entry in (*marks[: min(whole, MOST)], *marks[start : min(end, start + MOST)])][:MOST]

    def _waiver(self, waiver: Entry) -> Entry:
        reason = f"{waiver['reason']} ({waiver['by']}, {waiver['until']})"
        status = STATUS[self._reading.standing(waiver)]
        return {"kind": "external", "status": status, "justification": cut(inert(reason))}


def _line(entry: Entry) -> int:
    """The line that it is about; 0 is the whole file."""
    if entry["kind"] in WHOLE_FILE:
        return 0
    return int(entry["line"]) + int(entry["kind"] == NEXT_LINE)


def _in_source(entry: Entry) -> Entry:
    made: Entry = {"kind": "inSource", "status": "rejected", "location": location(entry["path"], entry["line"])}
    return made | ({"justification": cut(inert(entry["justification"]))} if entry["justification"] else {})
