"""Tells of code that is run under the name of a delivered file which does not hold it, and of who else writes what coverage saw.

Coverage knows lines by the name of a file and their number, and any code can bear any name: what ran then is not what was
delivered. Python tells of code that is run, and of a function that gets another, by its audit events, from 3.8 on; before,
nobody does. Imported by the scripts that run tests, under a name that no delivery has.
"""

import importlib
import os
import sys
import sysconfig

from verifier_witness import inner, likeness, lines

# With what is given with each: code, a function's code, an attribute that is set, a database, a file that is opened.
HEARD = ("exec", "function.__new__", "object.__setattr__", "sqlite3.connect", "open")
# By which what was measured can be changed.
CHANGES = (
    "add_arcs",
    "add_file_tracers",
    "add_lines",
    "erase",
    "loads",
    "purge_files",
    "touch_file",
    "touch_files",
    "update",
)
IMPORTS = getattr(importlib._bootstrap, "_call_with_frames_removed", None)  # noqa: SLF001 - through it every import runs


class Watch:
    """Writes the events `foreign` (once of each file) and `measure` (once of each way in which coverage's data is changed)."""

    def __init__(self, write, delivered, out, data=None):
        self.write = write
        self.delivered = delivered
        self.contents = delivered.contents
        self.out = os.path.join(os.path.realpath(out), "coverage")
        self.standard = tuple(os.path.realpath(sysconfig.get_path(one)) + os.sep for one in ("stdlib", "platstdlib"))
        self.told = set()
        self.files = {}
        if data is not None:
            for name in CHANGES:
                if name in vars(data):
                    setattr(data, name, self.asked(name, vars(data)[name]))
        if hasattr(sys, "addaudithook"):
            sys.addaudithook(self.hears)

    def hears(self, event, given):
        if event not in HEARD:
            return
        try:
            frame = sys._getframe(1)  # noqa: SLF001 - who asks for it
            if event == "object.__setattr__":
                if given[1] == "__code__":
                    self.runs(given[2], frame)
            elif event in ("exec", "function.__new__"):
                self.runs(given[0], frame)
            elif event == "sqlite3.connect" or is_writing(given):
                self.opens(given[0], frame)
        except Exception:  # what is watched must not break by it
            return

    def runs(self, code, frame):
        path = self.delivered_path(code.co_filename)
        if path is None or path in self.told or self.fits(code, path, frame):
            return
        self.told.add(path)
        self.write("foreign", path=path, by=self.caller(frame))

    def delivered_path(self, name):
        """From the tree's root; nothing of a file that is not in it."""
        if name not in self.files:
            real = "" if name.startswith("<") else os.path.realpath(name)
            self.files[name] = self.delivered.named(real) if real.startswith(self.delivered.work) else None
        return self.files[name]

    def fits(self, code, path, frame):
        """Whether the file holds it. An installed package may put more into each function, such as checks of types."""
        if is_pytests(frame):
            return True
        loader = frame.f_back.f_locals.get("self") if IMPORTS and frame.f_code is IMPORTS.__code__ else None
        asks = frame.f_code.co_filename if loader is None else file_of_kind(loader)
        held = self.contents.of_file(os.path.join(self.delivered.work, path), code)
        if self.delivered.others(asks) and not self.is_standard(asks):
            return all(
                any(one.co_name == own.co_name and lines(one) <= lines(own) for own in held) for one in inner(code)
            )
        alike = set(map(likeness, held))
        return all(likeness(one) in alike or is_part(one, held) for one in inner(code)) or self.contents.hold(code)

    def is_standard(self, path):
        inside = os.path.realpath(path)
        return inside.startswith(self.standard) and "site-packages" not in inside

    def asked(self, name, original):
        def changing(data, *given, **named):
            frame = sys._getframe(1)  # noqa: SLF001 - who asks for it
            if os.path.realpath(data.data_filename()).startswith(self.out) and not self.is_coverages(frame):
                self.tell(name, frame)
            return original(data, *given, **named)

        changing.__name__ = name
        return changing

    def opens(self, path, frame):
        path = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        if path and os.path.realpath(path).startswith(self.out) and not self.is_coverages(frame):
            self.tell("open", frame)

    def tell(self, name, frame):
        if name not in self.told:
            self.told.add(name)
            self.write("measure", how=name, by=self.caller(frame))

    def is_coverages(self, frame):
        """Whether coverage itself asks, by its own code."""
        path, code = frame.f_code.co_filename, frame.f_code
        own = os.path.basename(os.path.dirname(path)) == "coverage" and self.delivered.others(path)
        return own and (id(code) in self.delivered.known or self.contents.hold(code))

    def caller(self, frame):
        """The innermost place in the delivery that led there; nothing where none did."""
        while frame is not None:
            path = self.delivered_path(frame.f_code.co_filename)
            if path is not None:
                return "%s:%d" % (path, frame.f_lineno)
            frame = frame.f_back
        return ""


def is_writing(given):
    """What `open` tells of: path, mode, flags."""
    mode = given[1] if len(given) > 1 else None
    return bool(set("wax+") & set(mode)) if isinstance(mode, str) else False


def is_pytests(frame):
    """The import of a module in which pytest explains assertions."""
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    own = getattr(getattr(rewrite, "AssertionRewritingHook", None), "exec_module", None)
    return own is not None and frame.f_code is own.__code__


def file_of_kind(one):
    return getattr(sys.modules.get(type(one).__module__), "__file__", None) or ""


def is_part(code, held):
    """A module's own statements, some of them left out."""
    return code.co_name == "<module>" and any(one.co_name == "<module>" and lines(code) <= lines(one) for one in held)
