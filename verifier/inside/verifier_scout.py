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
        self.lines = {os.path.join(os.path.realpath(root), path): (path, set(these)) for path, these in lines.items()}
        self.seconds = {}
        self.begun = 0.0
        self.test = ""
        self.starting = set()
        if hasattr(sys, "addaudithook"):  # before Python 3.8 nobody tells
            sys.addaudithook(self.hears)
        try:
            self.measured = coverage(config_file=False, data_file=None, branch=False, include=sorted(self.lines))
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
        """{lines: {path: {line: [tests]}}, starting: [tests], seconds: {test: seconds}}.

        An empty name among the tests of a line stands for what ran outside of every test; `starting` start other processes.
        """
        return {"lines": self.run_by(), "starting": sorted(self.starting), "seconds": self.seconds}

    def run_by(self):
        try:
            self.measured.stop()
            data = self.measured.get_data()
            return {path: self.contexts(data, file, lines) for file, (path, lines) in self.lines.items()}
        except Exception:
            return {}

    def contexts(self, data, file, lines):
        return {line: sorted(tests) for line, tests in data.contexts_by_lineno(file).items() if line in lines}
