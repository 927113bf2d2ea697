"""Which tests run which lines, and how long each takes, measured inside the run itself. Python 3.6 upwards.

Imported by the scripts that run tests, under a name that no delivery has.
"""

import os
import time


class Scout:
    """Measures these lines, {path: [lines]} below a folder, test by test. Where coverage cannot, it says nothing of them."""

    def __init__(self, coverage, root, lines):
        self.lines = {os.path.join(os.path.realpath(root), path): (path, set(these)) for path, these in lines.items()}
        self.seconds = {}
        self.begun = 0.0
        try:
            self.measured = coverage(config_file=False, data_file=None, branch=False, include=sorted(self.lines))
            self.measured.start()
        except Exception:
            self.measured = None

    def enters(self, test):
        self.begun = time.perf_counter()
        self.switch(test)

    def leaves(self, test):
        self.seconds[test] = round(time.perf_counter() - self.begun, 3)
        self.switch("")

    def switch(self, context):
        try:
            self.measured.switch_context(context)
        except Exception:
            self.measured = None

    def found(self):
        """{path: {line: [tests]}} with an empty name for what ran outside of every test."""
        try:
            self.measured.stop()
            data = self.measured.get_data()
            return {path: self.contexts(data, file, lines) for file, (path, lines) in self.lines.items()}
        except Exception:
            return {}

    def contexts(self, data, file, lines):
        return {line: sorted(tests) for line, tests in data.contexts_by_lineno(file).items() if line in lines}
