"""Writes what the project says of itself to /out. Runs in the sandbox, on our interpreter; nothing of the project is run.

    project.json: {"install": ..., "runs": [[...]], "rest": {...}, "unapplied": [{path, line, what}], "services": [...],
                   "unreadable": [{path, reason}]}

Beside it lie the files that it names: our pytest configurations (*.ini) and lists of requirements (*.txt).
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import Reader, imported, install, of_tests, projects, runs, services


def main(root, out):
    reader = Reader(root)
    found = projects(reader)
    installed, lists = install(reader, found)
    installed |= imported(reader, found)
    suites, rest, settings = runs(reader, found)
    facts = {"install": installed, "runs": suites, "rest": rest, "services": services(reader)}
    facts["unapplied"] = of_tests(reader, found)
    facts["unreadable"] = sorted(
        {item["path"]: item for item in reader.unreadable}.values(), key=lambda item: item["path"]
    )
    for name, text in (lists | settings | {"project.json": json.dumps(facts, sort_keys=True, indent=1)}).items():
        with open(os.path.join(out, name), "w", encoding="utf-8", newline="\n") as handle:
            handle.write(text)


if __name__ == "__main__":
    main(".", "/out")
