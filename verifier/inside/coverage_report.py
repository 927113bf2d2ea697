"""Says which statements of the pristine tree were executed. Runs in the sandbox on verifier's interpreter, after the tests.

    coverage_report.py RCFILE < {paths: [...], traceable: {path: [lines] or null}}

The data files (/in/coverage.*) come from the delivered process and are not trusted: the denominator is computed here, from the
delivered sources, less what the interpreter of the tests leaves no trace of (traceable_lines.py). Lines under `pragma: no cover`
count as missed (see the rcfile). A `.pyi` that holds nothing but types is left out: its name alone makes no stub.
Prints {path: {statements: [lines], missing: [lines], branches, missing_branches} or {unreadable: why}}.
"""

import ast
import json
import os
import sys
import tempfile
from glob import glob

from coverage import Coverage, CoverageData
from coverage.exceptions import CoverageException
from coverage.python import PythonFileReporter

TREE = "/delivery"
WORK = "/copy"
DATA = "/in/coverage.*"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# The statements of a stub beside its functions and classes, and what is in none of them.
SAYS = (
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    *filter(None, [getattr(ast, "TypeAlias", None)]),
)
COMPUTES = (ast.Lambda, ast.comprehension)


def executed(rcfile):
    """All processes' data together, as if the pristine tree had run. Also the files that could not be read."""
    measured = Coverage(config_file=rcfile, data_file=os.path.join(tempfile.mkdtemp(), "all"), source=[TREE])
    unreadable = []
    for name in sorted(glob(DATA)):
        part = CoverageData(basename=name)
        try:
            part.read()
            measured.get_data().update(part, map_path=lambda path: path.replace(WORK + "/", TREE + "/", 1))
        except CoverageException as error:
            unreadable.append("%s: %s" % (os.path.basename(name), type(error).__name__))
    return measured, unreadable


def one(measured, path, traceable):
    full = os.path.join(TREE, path)
    try:
        _, statements, _, missing, _ = measured.analysis2(full)
        branches = measured.branch_stats(full)
        if traceable is not None:
            known = PythonFileReporter(full, measured).translate_lines(traceable)
            statements, missing = ([line for line in some if line in known] for some in (statements, missing))
    except (CoverageException, RecursionError, MemoryError) as error:
        return {"unreadable": (str(error).splitlines() or [type(error).__name__])[0][:200]}
    return {
        "statements": sorted(statements),
        "missing": sorted(missing),
        "branches": sum(total for total, _ in branches.values()),
        "missing_branches": sum(total - taken for total, taken in branches.values()),
    }


def is_stub(path):
    """Whether a file says types and does nothing."""
    if not path.endswith(".pyi"):
        return False
    try:
        with open(os.path.join(TREE, path), "rb") as handle:
            tree = ast.parse(handle.read())
        return all(tells(one) for one in tree.body) and not any(isinstance(one, COMPUTES) for one in ast.walk(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
        return False


def tells(statement):
    if isinstance(statement, FUNCTIONS):
        return all(is_empty(one) for one in statement.body)
    if isinstance(statement, (ast.ClassDef, ast.If)):
        return all(tells(one) for one in [*statement.body, *getattr(statement, "orelse", ())])
    return isinstance(statement, SAYS) or is_empty(statement)


def is_empty(statement):
    """`...`, `pass`, a docstring, or that it is not there."""
    if isinstance(statement, ast.Raise):
        error = statement.exc
        return getattr(getattr(error, "func", error), "id", "") == "NotImplementedError"
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def main(rcfile):
    asked = json.load(sys.stdin)
    measured, unreadable = executed(rcfile)
    paths = [path for path in asked["paths"] if not is_stub(path)]
    files = {path: one(measured, path, asked["traceable"].get(path)) for path in paths}
    json.dump({"files": files, "unreadable": unreadable}, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1])
