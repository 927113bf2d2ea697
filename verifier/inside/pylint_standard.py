"""Modules of the standard library as syntax trees that are made before pylint asks for them, for a host whose runs share them.

Most of a small run is spent on them. Only the first step is taken beforehand, in which a source text becomes a tree: that hangs on the text
and its name alone (astroid 4.1, `AstroidBuilder._data_build`). What is concluded from a tree, and in which order, is as without it.
Each run changes the trees that it gets, so each gets a tree once: those that it shares with others are copied as it writes.
"""

import importlib.util

from astroid.builder import AstroidBuilder, open_source_file
from astroid.manager import AstroidManager

MODULES = ("argparse", "collections", "functools", "enum", "typing", "re._compiler", "re._parser", "re", "pathlib", "traceback", "_collections_abc", "dataclasses", "os", "types", "abc", "textwrap")
"""Asked for by the most of 30 small projects, or slowest to read."""
MADE = {}


def make():
    for name in MODULES:
        spec = importlib.util.find_spec(name)
        path = spec.loader_state.filename if spec.origin == "frozen" else spec.origin
        stream, _, data = open_source_file(path)
        stream.close()
        MADE[data, name, path] = WHOLE(AstroidBuilder(AstroidManager()), data, name, path)
    AstroidBuilder._data_build = made


def made(self, data, name, path):
    """As `AstroidBuilder._data_build`."""
    return MADE.pop((data, name, path), None) or WHOLE(self, data, name, path)


WHOLE = AstroidBuilder._data_build
