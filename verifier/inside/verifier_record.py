"""Where the scripts that run tests write to, and what of an error: words and place. Python 3.6 upwards, delivered interpreter.

Imported by them under a name that no delivery has, before the tree is on the path.
"""

import os
import re
import socket
import sys
import traceback

WORK = "/copy"
MAX_TEXT = 2000
# Folders that hold other things as well: there, only what is the interpreter's own.
SHARED = ("", "/usr", "/usr/local")
PYTHONS = r"(?=/(?:bin|include|lib(?:32|64)?)/python[\d.]*(?![\w-]))"


def interpreters():
    """The places in which the interpreter lies on this machine, as an expression."""
    named = {sys.base_prefix, sys.base_exec_prefix}
    found = {path.rstrip("/") for name in named for path in (name, os.path.realpath(name))}
    places = sorted(found, key=lambda path: (-len(path), path))
    words = [re.escape(path) + (PYTHONS if path in SHARED else r"(?![\w-]|\.\w)") for path in places]
    return re.compile(r"(?<![\w.-])(?:%s)" % "|".join(words))


INTERPRETER = interpreters()


def clean(text):
    """Neither addresses in memory nor where the interpreter lies: they differ between runs and machines. No more is taken out."""
    end = INTERPRETER.sub("<python>", str(text)[-20 * MAX_TEXT :])
    return re.sub(r"0x[0-9a-fA-F]{6,}", "0x…", end)[-MAX_TEXT:]


def place(error):
    """Where it broke, in the last frame that is the delivery's own, and in what words."""
    kind, value, trace = error
    frames = [frame for frame in traceback.extract_tb(trace) if frame[0].startswith(WORK + os.sep)]
    words = clean("".join(traceback.format_exception_only(kind, value)).strip()[:MAX_TEXT])
    if not frames:
        return {"crash": words}
    return {"path": os.path.relpath(frames[-1][0], WORK), "line": frames[-1][1], "crash": words}


def said(error):
    return clean("".join(traceback.format_exception(*error)))


def channel(path):
    """What events are written to, open until the end: whatever else runs in this process can add to it, and take nothing back."""
    out = socket.socket(socket.AF_UNIX)
    out.connect(path)
    return out.makefile("w", encoding="utf-8", errors="backslashreplace")
