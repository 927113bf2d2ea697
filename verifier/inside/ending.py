"""The end of a process that leaves its memory as it is.

Python takes apart what is loaded before it ends. Of what pylint or scancode has made that takes up to as long as the work did.
"""

import atexit
import os
import sys
import threading


def end(code):
    """Ends the process with this code, when its threads are done and what it printed has gone out."""
    try:
        threading._shutdown()  # noqa: SLF001 - as Python does at its end
        atexit._run_exitfuncs()  # noqa: SLF001 - likewise
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        os._exit(120)
    os._exit(code & 0xFF)
