"""Runs pylint on the files named on standard input (a JSON list of paths), without the tree's inline disables.

    run_pylint.py RCFILE < paths.json

pylint has no option against `# pylint: disable` and `skip-file` comments: it reads them in PyLinter.process_tokens (pylint 4.1.4,
pylint/lint/pylinter.py), which therefore does nothing here. The delivery's folders are appended to the path, never put first:
pylint's own modules must not be looked for in them.
"""

import gc
import json
import os
import pkgutil
import sys
from glob import glob

import pylint.checkers
from pylint.lint import PyLinter, Run

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from ending import end

del sys.path[0]  # delivered code must not seem to import what lies there

SELDOM = (500_000, 20, 100)
"""When the garbage collector looks: what pylint makes is there to the end, and looking at it took a third of the time."""
PACKAGES = "/env/venv/lib/python*/site-packages"


def warm():
    """What a host does once for many runs: pylint loads all that is in this folder."""
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))  # the host takes it off again
    import pylint_standard  # noqa: PLC0415 - a host's alone

    for module in pkgutil.walk_packages(pylint.checkers.__path__, "pylint.checkers."):
        __import__(module.name)
    pylint_standard.make()


def main(rcfile):
    gc.set_threshold(*SELDOM)
    PyLinter.process_tokens = lambda *_: None
    tree = os.getcwd()
    sys.path += [tree, f"{tree}/src", *sorted(glob(PACKAGES))]
    paths = [f"./{path}" for path in json.load(sys.stdin)]
    # Without roots a folder that lacks __init__.py is taken for no package, and what it imports from beside it is not seen.
    roots = f"--source-roots={tree}/src,{tree}"
    Run([f"--rcfile={rcfile}", "-j1", "--exit-zero", "--output-format=json2", roots, *paths], exit=False)
    end(0)


if __name__ == "__main__":
    main(sys.argv[1])
