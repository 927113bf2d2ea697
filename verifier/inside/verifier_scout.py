"""Which tests run which lines, and how long each takes, measured inside the run itself. Python 3.6 upwards.

Imported by the scripts that run tests, under a name that no delivery has.
"""

import os
import sys
import time

# What tells that a test starts another process: which lines that one runs is not seen here.
STARTS = ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "os.exec")


class Scout:
    """Measures these lines, {path: [lines]} below a folder, test by test. Where coverage cannot, it says nothing of them."""

    def __init__(self, coverage, root, lines):
        self.lines = {path: set(these) for path, these in lines.items()}
        self.places = {path: os.path.join(os.path.realpath(root), path) for path in lines}
        self.seconds = {}
        self.begun = 0.0
        self.test = ""
        self.starting = set()
        if hasattr(sys, "addaudithook"):  # before Python 3.8 nobody tells
            sys.addaudithook(self.hears)
        try:
            self.measured = coverage(
                config_file=False, data_file=None, branch=False, include=sorted(self.places.values())
            )
            self.measured.start()
        except Exception:
            self.measured = None

    def hears(self, event, _):
        if event in STARTS and self.test:
            self.starting.add(self.test)

    def enters(self, test):
        self.begun = time.perf_counter()
        self.test = test
        self.switch(test)

    def leaves(self, test):
        self.seconds[test] = round(time.perf_counter() - self.begun, 3)
        self.test = ""
        self.switch("")

    def shares(self, shared):
        """What is set up in one test for others as well is run for none of them alone."""
        self.switch("" if shared else self.test)

    def switch(self, context):
        try:
            self.measured.switch_context(context)
        except Exception:
            self.measured = None

    def found(self):
        """{lines: {path: {line: [tests]}}, files: {path: [tests]}, starting: [tests], seconds: {test: seconds}}.

        An empty name among the tests of a line stands for what ran outside of every test. Those of a file run any line of it,
        whether it was asked for or not; `starting` start other processes.
        """
        lines = self.run_by()
        asked = {path: {line: run[line] for line in self.lines[path] & set(run)} for path, run in lines.items()}
        files = {path: sorted(set().union(*run.values())) for path, run in lines.items()}
        return {"lines": asked, "files": files, "starting": sorted(self.starting), "seconds": self.seconds}

    def run_by(self):
        """{path: {line: [tests]}}, of all lines."""
        try:
            self.measured.stop()
            data = self.measured.get_data()
            return {path: self.contexts(data, file) for path, file in self.places.items()}
        except Exception:
            return {}

    def contexts(self, data, file):
        return {line: sorted(tests) for line, tests in data.contexts_by_lineno(file).items()}
