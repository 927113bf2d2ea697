"""Runs bandit on the files named on standard input (a JSON list of [path]), with nothing of the tree steering it.

    python -I run_bandit.py /out/secrets.json /in/known.json /out/made.json < targets.json

bandit's command reads `.bandit` files, leaves out paths by name, takes files from a command line of limited length, and
prints source lines and hard-coded passwords. Its manager is asked directly instead: exactly these files, `# nosec`
ignored, the answer in bandit's own words without source (https://bandit.readthedocs.io/en/1.9.4/formatters/json.html).
The passwords themselves are in a file apart, for what other tools may quote to be searched for them.
"""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from apart import Apart
from seek.quotable import quotable

LITERAL = {"B105", "B106", "B107"}
"""Tests whose message ends with the literal that they found (bandit/plugins/general_hardcoded_password.py)."""


def main(quoted, known, made) -> None:
    parts = Apart(known, made).answered(json.load(sys.stdin), look, lambda part: not part["skipped"])
    with open(quoted, "w") as file:
        json.dump(sorted({text for part in parts.values() for text in part["secrets"]}), file)
    answer = {
        "scanned": sorted(path for path, part in parts.items() if not part["skipped"]),
        "skipped": sorted([path, reason] for path, part in parts.items() for reason in part["skipped"]),
        "results": sorted((result for part in parts.values() for result in part["results"]), key=order),
    }
    json.dump(answer, sys.stdout, sort_keys=True)


def warm() -> None:
    """What a host does once for many runs: bandit looks for its tests when it is loaded."""
    import bandit.core.manager  # noqa: F401, PLC0415 - it starts slowly, and all may be known


def look(targets) -> dict:
    """What bandit says of each of these files."""
    from bandit.core.config import BanditConfig  # noqa: PLC0415 - likewise
    from bandit.core.manager import BanditManager  # noqa: PLC0415

    # debug: a test that crashes on a file takes the file out of the scanned ones, where bandit would only log it.
    manager = BanditManager(BanditConfig(), "file", ignore_nosec=True, debug=True)
    manager.files_list = [os.path.join(".", path) for (path,) in targets]  # "-" alone would mean standard input
    manager.run_tests()
    parts = {path: {"skipped": [], "results": [], "secrets": []} for (path,) in targets}
    for path, reason in manager.get_skipped():
        parts[plain(path)]["skipped"].append(reason)
    for issue in manager.results:
        parts[plain(issue.fname)]["secrets"] += literal(issue)
        parts[plain(issue.fname)]["results"].append(result(issue))
    return parts


def result(issue) -> dict:
    from bandit.core import docs_utils  # noqa: PLC0415 - likewise

    if issue.test_id in LITERAL:
        issue.text = issue.text.split(":")[0]
    said = issue.as_dict(with_code=False)
    said["filename"] = plain(said["filename"])
    said["more_info"] = docs_utils.get_url(said["test_id"])
    return said


def literal(issue) -> tuple:
    """The password that a message ends with, as another tool might quote it."""
    return quotable(issue.text.partition(": '")[2][:-1]) if issue.test_id in LITERAL else ()


def order(said: dict) -> tuple:
    return said["filename"], said["line_number"], said["col_offset"], said["test_id"]


def plain(path: str) -> str:
    return path[2:]


if __name__ == "__main__":
    main(*sys.argv[1:])
