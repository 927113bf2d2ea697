"""Runs bandit on the files named on standard input (a JSON list of paths), with nothing of the tree steering it.

    python -I run_bandit.py /out/secrets.json < paths.json

bandit's command reads `.bandit` files, leaves out paths by name, takes files from a command line of limited length, and
prints source lines and hard-coded passwords. Its manager is asked directly instead: exactly these files, `# nosec`
ignored, the answer in bandit's own words without source (https://bandit.readthedocs.io/en/1.9.4/formatters/json.html).
The passwords themselves are in a file apart, for what other tools may quote to be searched for them.
"""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from bandit.core import docs_utils
from bandit.core.config import BanditConfig
from bandit.core.manager import BanditManager
from seek.quotable import quotable

LITERAL = {"B105", "B106", "B107"}
"""Tests whose message ends with the literal that they found (bandit/plugins/general_hardcoded_password.py)."""


def main() -> None:
    paths = json.load(sys.stdin)
    # debug: a test that crashes on a file takes the file out of the scanned ones, where bandit would only log it.
    manager = BanditManager(BanditConfig(), "file", ignore_nosec=True, debug=True)
    manager.files_list = [os.path.join(".", path) for path in paths]  # "-" alone would mean standard input
    manager.run_tests()
    with open(sys.argv[1], "w") as file:
        json.dump(sorted({text for issue in manager.results for text in literal(issue)}), file)
    answer = {
        "scanned": sorted(plain(path) for path in manager.files_list),
        "skipped": sorted([plain(path), reason] for path, reason in manager.get_skipped()),
        "results": sorted((result(issue) for issue in manager.results), key=order),
    }
    json.dump(answer, sys.stdout, sort_keys=True)


def result(issue) -> dict:
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
    main()
