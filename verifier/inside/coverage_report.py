"""Says which statements of the pristine tree were executed. Runs in the sandbox on verifier's interpreter, after the tests.

    coverage_report.py RCFILE < {paths: [...], traceable: {path: [lines] or null}}

The data files (/in/coverage.*) come from the delivered process and are not trusted: the denominator is computed here, from the
delivered sources, less what the interpreter of the tests leaves no trace of (traceable_lines.py). Lines under `pragma: no cover`
count as missed (see the rcfile).
Prints {path: {statements: [lines], missing: [lines], branches, missing_branches} or {unreadable: why}}.
"""

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


def main(rcfile):
    asked = json.load(sys.stdin)
    measured, unreadable = executed(rcfile)
    files = {path: one(measured, path, asked["traceable"].get(path)) for path in asked["paths"]}
    json.dump({"files": files, "unreadable": unreadable}, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1])
