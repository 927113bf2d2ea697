"""The end of a process that leaves its memory as it is.

Python takes apart what is loaded before it ends. Of what pylint or scancode has made that takes a third of all their time.
"""

import atexit
import os
import sys
import threading
from contextlib import suppress


def end(code):
    """Ends the process with this code, when its threads are done and what it printed has gone out."""
    try:
        threading._shutdown()  # noqa: SLF001 - as Python does at its end
        atexit._run_exitfuncs()  # noqa: SLF001 - likewise
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException as error:
        with suppress(OSError):
            os.write(2, f"{error!r}\n".encode(errors="replace"))
        os._exit(120)
    os._exit(code & 0xFF)
