"""Looks for text that reads otherwise than it runs, in the files named on standard input.

    python -I run_unicode.py /in/known.json /out/made.json < targets.json

Targets are [path, whether it is Python that parses, whether what is only unseen matters there]. The answer names characters by
their number and name; none of them stands in it.
"""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from apart import Apart
from plain_text import read, text_of
from seen.characters import HIDDEN, named, on_line, right_to_left, turns
from seen.names import Name, judged, names

MOST = 20  # listed for one file and kind; more are counted


def main(known, made):
    targets = sorted(json.load(sys.stdin))
    parts = Apart(known, made).answered(targets, look, lasting)
    read_in = [(path, is_python) for path, is_python, _ in targets if "skipped" not in parts[path]]
    answer = {
        "scanned": [path for path, _ in read_in],
        "skipped": {path: part["skipped"] for path, part in parts.items() if "skipped" in part},
        "findings": [],
        "more": [],
    }
    for path, _ in read_in:
        keep(answer, path, parts[path])
    foreign = {path: [Name(*name) for name in parts[path]["foreign"]] for path, _ in read_in if parts[path]["foreign"]}
    # Most projects have none, and telling the names of every file takes long.
    python = [path for path, is_python in read_in if is_python and foreign]
    others = {name.text for path in python for name in names_of(read(path)[0])}
    for path, those in foreign.items():
        keep(answer, path, few(look_alikes(those, others), path))
    answer["findings"].sort(key=lambda one: (one["path"], one["line"], one["kind"], one["column"]))
    json.dump(answer, sys.stdout, sort_keys=True)


def lasting(part):
    """A file that could not be opened may be another time."""
    return not part.get("skipped", "").startswith("cannot")


def look(targets):
    """What each of these files holds, whatever stands in the others."""
    return {path: of_file(path, is_python, unseen) for path, is_python, unseen in targets}


def of_file(path, is_python, unseen):
    data, why = read(path)
    if why:
        return {"skipped": why}
    plain = data.isascii()
    hidden = few(() if plain else characters(text_of(data), unseen=unseen), path)
    foreign = [] if plain or not is_python else [name for name in names_of(data) if not name.text.isascii()]
    return {**hidden, "foreign": foreign}


def few(found, path):
    """The first of each kind, and the number of the others."""
    counts, listed = {}, []
    for one in found:
        counts[one["kind"]] = counts.get(one["kind"], 0) + 1
        if counts[one["kind"]] <= MOST:
            listed.append({**one, "path": path})
    return {"findings": listed, "more": sum(max(0, count - MOST) for count in counts.values())}


def keep(answer, path, found):
    answer["findings"] += found["findings"]
    if found["more"]:
        answer["more"].append([path, found["more"]])


def characters(text, *, unseen):
    """One find a line and kind, at its first place."""
    for number, line in enumerate(text.split("\n"), 1):
        if not HIDDEN.search(line):
            continue
        hidden = on_line(line, first=number == 1)
        for kind, those in (
            ("bidi-control", [one for one in hidden if turns(one[1])]),
            ("invisible", [one for one in hidden if unseen and not turns(one[1])]),
        ):
            if those:
                yield {
                    "kind": kind,
                    "line": number,
                    "column": those[0][0],
                    "characters": sorted({named(character) for _, character in those}),
                    "right_to_left": right_to_left(line),
                }


def names_of(data):
    try:
        return list(names(data))
    except Exception:  # it parses, so what is left is what tokenize reads otherwise: nothing of it is a name
        return []


def look_alikes(foreign, others):
    """One find a name, at its first place."""
    seen = {}
    for name in sorted(foreign, key=lambda one: (one.line, one.column)):
        if name.text not in seen:
            seen[name.text] = judged(name, others - {name.text})
    for one in filter(None, seen.values()):
        text = one.name.text
        yield {
            "kind": "look-alike" if one.sure else "mixed-scripts",
            "line": one.name.line,
            "column": one.name.column,
            "characters": sorted({named(character) for character in text if not character.isascii()}),
            "name": text.encode("unicode_escape").decode("ascii"),
            "like": one.like,
        }


if __name__ == "__main__":
    main(*sys.argv[1:])
