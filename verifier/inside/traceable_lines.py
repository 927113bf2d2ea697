"""Says on which lines of each file the interpreter that ran the tests can report at all. Python 3.6 upwards; runs none of them.

    traceable_lines.py < JSON list of paths

Interpreters before 3.10 leave no trace of some statements that ran: the line of a decorated `def` (3.6, 3.7), `while True:` (3.8,
3.9), `if __debug__:`. No test could run those. Prints {path: [lines], or null where it does not compile}.
"""

import dis
import json
import os
import sys
import types

TREE = "/delivery"


def lines(code):
    found = {line for _, line in dis.findlinestarts(code) if line}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= lines(constant)
    return found


def traceable(path):
    try:
        with open(os.path.join(TREE, path), "rb") as handle:
            return sorted(lines(compile(handle.read(), path, "exec", dont_inherit=True)))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
        return None


def main():
    json.dump({path: traceable(path) for path in json.load(sys.stdin)}, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main()
