"""Modules of the standard library, and of those that every setup.py imports, as syntax trees that are made before pylint asks for
them, for a host whose runs share them.

Much of a small run is spent on them. Only the first step is taken beforehand, in which a source text becomes a tree: that hangs
on the text and its name alone (astroid 4.1, `AstroidBuilder._data_build`). What is concluded from a tree, and in which order, is
as without it. A run changes the trees that it gets, so it gets each once; that of another run is as it was, since a host forks.
"""

import os

import astroid
from astroid.builder import AstroidBuilder, open_source_file
from astroid.manager import AstroidManager

MODULES = (
    "abc",
    "argparse",
    "ast",
    "base64",
    "codecs",
    "collections",
    "configparser",
    "contextlib",
    "copy",
    "copyreg",
    "dataclasses",
    "datetime",
    "difflib",
    "enum",
    "functools",
    "genericpath",
    "importlib",
    "importlib._bootstrap",
    "importlib.metadata",
    "inspect",
    "io",
    "json",
    "json.decoder",
    "json.encoder",
    "locale",
    "logging",
    "ntpath",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "platform",
    "posixpath",
    "random",
    "re",
    "re._compiler",
    "re._constants",
    "re._parser",
    "shlex",
    "shutil",
    "string",
    "subprocess",
    "tempfile",
    "textwrap",
    "threading",
    "traceback",
    "types",
    "typing",
    "unittest",
    "unittest.case",
    "unittest.loader",
    "unittest.mock",
    "urllib.parse",
    "uuid",
    "warnings",
    "weakref",
    "zipimport",
    "_collections_abc",
    "_py_abc",
)
"""Those that small projects ask for: nine tenths of the time that 28 of them took to read the standard library."""
BESIDE = {
    "setuptools": "setuptools",
    "setuptools.dist": "setuptools/dist",
    "setuptools.monkey": "setuptools/monkey",
    "setuptools.warnings": "setuptools/warnings",
    "distutils.cmd": "setuptools/_distutils/cmd",
    "distutils.core": "setuptools/_distutils/core",
    "distutils.dist": "setuptools/_distutils/dist",
    "distutils.extension": "setuptools/_distutils/extension",
    "typing_extensions": "typing_extensions",
}
"""Those that lie beside astroid, by the names by which it asks for them. Pylint looks there before it looks at a delivery."""
OTHERWISE = {"_ast.ast": "ast", "_functools.functools": "functools", "_weakref.weakref": "weakref"}
"""Names by which astroid asks for some of them once more."""
MADE = {}


def make():
    for name, path in places():
        stream, _, data = open_source_file(path)
        stream.close()
        MADE[data, name, path] = WHOLE(AstroidBuilder(AstroidManager()), data, name, path)
    AstroidBuilder._data_build = made  # noqa: SLF001 - the place of the one below


def places():
    """Names with the paths of their files, as far as there are such files."""
    standard, beside = os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(astroid.__file__))
    named = [(name, standard, name.replace(".", "/")) for name in MODULES]
    named += [(name, standard, module) for name, module in OTHERWISE.items()]
    named += [(name, beside, module) for name, module in BESIDE.items()]
    for name, folder, module in named:
        path = os.path.join(folder, module)
        path = os.path.join(path, "__init__.py") if os.path.isdir(path) else f"{path}.py"
        if os.path.exists(path):
            yield name, path


def made(self, data, name, path):
    """As `AstroidBuilder._data_build`."""
    return MADE.pop((data, name, path), None) or WHOLE(self, data, name, path)


WHOLE = AstroidBuilder._data_build  # noqa: SLF001 - nothing else takes only this step
