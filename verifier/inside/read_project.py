"""Writes what the project says of itself to /out: project.json, and our pytest.ini. Runs in the sandbox, on our interpreter."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import Reader, ini_text, installation, tests


def main(root, out):
    reader = Reader(root)
    facts = {"installation": installation(reader), "tests": tests(reader)}
    facts["unreadable"] = sorted(
        {item["path"]: item for item in reader.unreadable}.values(), key=lambda item: item["path"]
    )
    with open(os.path.join(out, "pytest.ini"), "w", encoding="utf-8", newline="\n") as handle:
        handle.write(ini_text(facts["tests"]))
    text = json.dumps(facts, sort_keys=True, indent=1)
    with open(os.path.join(out, "project.json"), "w", encoding="utf-8") as handle:
        handle.write(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main(".", "/out")
