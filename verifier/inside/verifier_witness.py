"""What a test itself did, noted before anything delivered can say otherwise. Python 3.6 upwards, delivered interpreter.

Imported by the scripts that run tests, under a name that no delivery has, before the tree is on the path. A delivered hook may
tell a failed test as passed, one in front of it may keep it from running, and a conftest.py may put its own function in the
place of the runner's. None of this is undone here: it is told, and judged outside.
"""

import contextlib
import functools
import inspect
import json
import os
import sys
import threading

try:
    from importlib.metadata import distributions
except ImportError:  # Python 3.6 and 3.7
    from importlib_metadata import distributions

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
# The methods of a test of unittest's kind through which it is run.
RUNS = ("__call__", "run", "_callTestMethod")
RUNNERS = ("_pytest", "pytest", "pluggy", "unittest", "coverage", "__main__", __name__)
# What only shapes words: a delivery may put its own there.
WORDS = ("shortDescription", "__str__", "__repr__", "_pytest.terminal", "_pytest._io", "unittest.mock")


def own_files(work):
    """The files of the distributions that were installed from the tree itself."""
    found = set()
    for one in distributions():
        origin = json.loads(one.read_text("direct_url.json") or "{}").get("url", "")
        if origin.startswith("file://" + work):
            found.update(os.path.realpath(str(one.locate_file(path))) for path in one.files or ())
    return frozenset(found)


class Delivered:
    """Tells the delivery's own code from everybody else's, by the file that it was compiled from."""

    def __init__(self, work):
        self.work = os.path.realpath(work) + os.sep
        self.files = own_files(work)
        self.installed = tuple({os.path.realpath(path) + os.sep for path in sys.path if path})

    def __contains__(self, path):
        path = os.path.realpath(path)
        return path.startswith(self.work) or path in self.files

    def others(self, path):
        """Of the interpreter, of an installed package or of verifier: neither the delivery's nor made up while it ran."""
        path = os.path.realpath(path) if path and not path.startswith("<") else path
        return path.startswith(("<frozen ", HERE, *self.installed)) and path not in self

    def method(self, owner, name):
        """(path, line) of a class's method where that is the delivery's own; nothing where it is somebody else's."""
        method = next((vars(one)[name] for one in owner.__mro__ if name in vars(one)), None)
        code = getattr(getattr(method, "verifier_hears", method), "__code__", None)
        if code is None or self.others(code.co_filename):
            return None
        return self.named(code.co_filename), code.co_firstlineno

    def named(self, path):
        """From the tree's root; of a file of the delivery that is installed its name."""
        path = os.path.realpath(path)
        return path[len(self.work) :] if path.startswith(self.work) else os.path.basename(path)


class Untouched:
    """The runners' functions and classes as they were before the delivery's first line ran."""

    def __init__(self, delivered):
        self.delivered = delivered
        self.before = parts()

    def replaced(self):
        """The names of those in whose place the delivery put others. An installed package may do so."""
        now = parts()
        changed = (name for name, was in self.before.items() if name in now and now[name] is not was)
        return sorted(name for name in changed if not self.delivered.others(file_of(now[name])))


def parts():
    """{name: its code, or the class} of all functions, methods and classes of the runners that are loaded."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in RUNNERS and module is not None:
            for key, value in list(vars(module).items()):
                place = "%s.%s" % (name, key)
                keep(found, place, value)
                if isinstance(value, type) and value.__module__ == name:
                    for inner, method in list(vars(value).items()):
                        keep(found, "%s.%s" % (place, inner), method)
    return found


def keep(found, place, value):
    value = getattr(value, "__func__", value)  # of a class or static method
    value = value.fget if isinstance(value, property) else value
    if callable(value) and not any(word in place for word in WORDS):
        found[place] = getattr(value, "__code__", value)


def file_of(part):
    """Where a function's code or a class is from; nothing where that cannot be told."""
    module = sys.modules.get(getattr(part, "__module__", None))
    return getattr(part, "co_filename", None) or getattr(module, "__file__", None) or ""


class Entry:
    """Whether a function is entered while this is looked at, in whichever thread. It costs nothing once it is."""

    def __init__(self, function):
        self.codes = bodies(function)
        self.seen = False

    def __enter__(self):
        self.watching = bool(self.codes) and sys.getprofile() is None
        if self.watching:
            threading.setprofile(self.look)
            sys.setprofile(self.look)
        return self

    def look(self, frame, *_):
        if frame.f_code in self.codes:
            self.seen = True
            sys.setprofile(None)

    def __exit__(self, *_):
        if self.watching:
            threading.setprofile(None)
            sys.setprofile(None)

    def __bool__(self):
        """Also where it could not be watched: nothing is said against a test for that."""
        return self.seen or not self.watching


def bodies(function):
    """The code of a function and of what it wraps."""
    found = []
    while function is not None and len(found) < 20:
        function = getattr(function, "__func__", function)
        code = getattr(function, "__code__", None)
        if code is not None:
            found.append(code)
        function = getattr(function, "__wrapped__", None)
    return found


def telling(method, tell, owner):
    """The same method, of the same kind: unittest asks whether it is to be awaited."""
    expected = any(getattr(one, "__unittest_expecting_failure__", False) for one in (method, owner))

    @contextlib.contextmanager
    def told():
        try:
            yield
        except BaseException:
            tell(sys.exc_info(), expected)
            raise
        tell(None, expected)

    @functools.wraps(method)
    async def awaited(*given, **named):
        with told():
            return await method(*given, **named)

    @functools.wraps(method)
    def called(*given, **named):
        with told():
            return method(*given, **named)

    return awaited if inspect.iscoroutinefunction(method) else called
