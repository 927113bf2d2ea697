"""Runs pylint on the files named on standard input (a JSON list of paths), without the tree's inline disables.

    run_pylint.py RCFILE < paths.json

pylint has no option against `# pylint: disable` and `skip-file` comments: it reads them in PyLinter.process_tokens (pylint 4.1.4,
pylint/lint/pylinter.py), which therefore does nothing here. The delivery's folders are appended to the path, never put first:
pylint's own modules must not be looked for in them.
"""

import json
import os
import sys
from glob import glob

from pylint.lint import PyLinter, Run

PACKAGES = "/env/venv/lib/python*/site-packages"


def main(rcfile):
    PyLinter.process_tokens = lambda *_: None
    tree = os.getcwd()
    sys.path += [tree, f"{tree}/src", *sorted(glob(PACKAGES))]
    paths = [f"./{path}" for path in json.load(sys.stdin)]
    # Without roots a folder that lacks __init__.py is taken for no package, and what it imports from beside it is not seen.
    roots = f"--source-roots={tree}/src,{tree}"
    Run([f"--rcfile={rcfile}", "-j1", "--exit-zero", "--output-format=json2", roots, *paths])


if __name__ == "__main__":
    main(sys.argv[1])
