"""What a test itself did, noted before anything delivered can say otherwise. Python 3.6 upwards, delivered interpreter.

Imported by the scripts that run tests, under a name that no delivery has, before the tree is on the path. A delivered hook may
tell a failed test as passed, one in front of it may keep it from running, and a conftest.py may put its own function in the
place of the runner's. None of this is undone here: it is told, and judged outside.
"""

import __future__

import contextlib
import dis
import functools
import inspect
import json
import operator
import os
import pathlib
import sys
import threading
import types
import warnings

try:
    from importlib.metadata import distributions
except ImportError:  # Python 3.6 and 3.7
    from importlib_metadata import distributions

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
# The methods of a test of unittest's kind through which it is run.
RUNS = ("__call__", "run", "_callTestMethod")
RUNNERS = ("_pytest", "pytest", "pluggy", "unittest", "coverage", "__main__", __name__)
MOST_REACHED = 100
FUTURE = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
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
        self.known = {}
        self.contents = Contents()

    def __contains__(self, path):
        path = os.path.realpath(path)
        return path.startswith(self.work) or path in self.files

    def others(self, path):
        """Of an installed package or of verifier: neither the delivery's nor made up while it ran. Of code, only by its name."""
        path = os.path.realpath(path) if path and not path.startswith("<") else path
        return path.startswith((HERE, *self.installed)) and path not in self

    def by_others(self, part):
        """Whether a function, with all that it wraps and keeps, or a class is of an installed file, and as that file has it."""
        functions = reached(part)
        if isinstance(part, type):
            functions = [one for one in vars(part).values() if isinstance(one, types.FunctionType) and is_written(one)]
        if isinstance(part, type) or not functions:
            home = getattr(sys.modules.get(getattr(part, "__module__", None)), "__file__", None) or ""
            return self.others(home) and os.path.basename(home) != "mock.py" and all(map(self.genuine, functions))
        return all(map(self.genuine, functions))

    def genuine(self, function):
        """Any code can bear any file's name: this function's is what the file holds, and sees what that file's module holds."""
        code = function.__code__
        if not self.others(code.co_filename) or not self.others(function.__globals__.get("__file__") or ""):
            return False
        return id(code) in self.known or self.contents.hold(code)

    def knows(self, parts):
        """Takes these as they are: nothing delivered has run. Their code is kept, so that no other gets its place in memory."""
        for part in parts:
            self.known.update((id(function.__code__), function.__code__) for function in reached(part))

    def method(self, owner, name):
        """(path, line) of a class's method where that is the delivery's own; nothing where it is somebody else's."""
        method = next((vars(one)[name] for one in owner.__mro__ if name in vars(one)), None)
        return None if method is None or self.by_others(method) else self.place(method)

    def place(self, part):
        """(path, line) of what is not others': the file that it was compiled from, or else that in whose module it was made."""
        for function in reached(part):
            code = function.__code__
            if not self.genuine(function):
                home = function.__globals__.get("__file__") or ""
                if self.others(code.co_filename) and not self.others(home):
                    return self.named(home), None
                return self.named(code.co_filename), code.co_firstlineno
        return self.named(file_of(part)), None

    def named(self, path):
        """From the tree's root; of a file of the delivery that is installed its name."""
        path = os.path.realpath(path)
        return path[len(self.work) :] if path.startswith(self.work) else os.path.basename(path)


class Untouched:
    """The runners' functions and classes as they were before the delivery's first line ran."""

    def __init__(self, delivered):
        self.delivered = delivered
        self.before = {}
        self.look()

    def look(self):
        """Again, once more of them are loaded and still nothing of the delivery is."""
        for name, part in parts().items():
            if name not in self.before:
                self.before[name] = part
                self.delivered.knows([part])

    def replaced(self):
        """The names of those in whose place the delivery put others. An installed package may do so."""
        now = parts()
        same = lambda one, other: getattr(one, "__code__", one) is getattr(other, "__code__", other)  # noqa: E731
        changed = (name for name, was in self.before.items() if name in now and not same(now[name], was))
        return sorted(name for name in changed if not self.delivered.by_others(now[name]))


def parts():
    """{name: function, class or what else can be called} of all modules of the runners that are loaded."""
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
        found[place] = value


def file_of(part):
    """Where a function's code or a class is from; nothing where that cannot be told."""
    module = sys.modules.get(getattr(part, "__module__", None))
    code = getattr(part, "__code__", None)
    return getattr(code, "co_filename", None) or getattr(module, "__file__", None) or ""


def reached(part):
    """The functions that a callable is made of: itself, what it binds and wraps, and what it keeps to call."""
    found, waiting, seen = [], [part], set()
    while waiting and len(seen) < MOST_REACHED:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, (types.MethodType, staticmethod, classmethod)):
            waiting.append(one.__func__)
        elif isinstance(one, property):
            waiting.append(one.fget)
        elif isinstance(one, (functools.partial, functools.partialmethod)):
            waiting += [one.func, *one.args, *one.keywords.values()]
        elif isinstance(one, types.FunctionType):
            found.append(one)
            waiting += filter(None, [one.__dict__.get("__wrapped__"), *map(kept, one.__closure__ or ())])
        elif isinstance(one, types.BuiltinFunctionType) or type(one).__module__ == "functools":
            waiting += filter(None, [getattr(one, "__dict__", {}).get("__wrapped__")])
    return found


def kept(cell):
    """What a function keeps from where it was made, if that can be called."""
    try:
        value = cell.cell_contents
    except ValueError:  # nothing yet
        return None
    return value if isinstance(value, (types.FunctionType, types.MethodType, functools.partial)) else None


def is_written(function):
    """In a file, and not put together while a class is made, as dataclasses do."""
    return not (function.__code__.co_filename.startswith("<") and function.__name__.startswith("__"))


class Contents:
    """What files hold as code: two code objects are the same where all that they do, and on which lines, is the same."""

    def __init__(self):
        self.known = {}

    def hold(self, code):
        """Whether the file whose name it bears holds it: as it is, or as pytest rewrites it to explain assertions.

        `compile` passes on what its caller has from __future__.
        """
        path, future = os.path.realpath(code.co_filename), code.co_flags & FUTURE
        return any(likeness(code) in self.of(path, way, future) for way in (compiled, rewritten))

    def of_file(self, path, code):
        """The code objects of a file as it is, under the conditions of another."""
        return inner(compiled(path, code.co_flags & FUTURE))

    def of(self, path, way, future):
        if (path, way, future) not in self.known:
            self.known[path, way, future] = frozenset(map(likeness, inner(way(path, future))))
        return self.known[path, way, future]


def inner(code):
    """A code object and those within it."""
    found, waiting = [], [code] if code else []
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [constant for constant in one.co_consts if isinstance(constant, types.CodeType)]
    return found


def lines(code):
    """Those of a code object itself, without those within it."""
    return {line for _, line in dis.findlinestarts(code) if line}


def likeness(code):
    lines = getattr(code, "co_linetable", None) or code.co_lnotab
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    taken = code.co_argcount, code.co_kwonlyargcount, code.co_flags
    return code.co_name, code.co_firstlineno, taken, code.co_code, lines, names, tuple(map(constant, code.co_consts))


def constant(value):
    if isinstance(value, types.CodeType):
        return likeness(value)
    words = sorted(map(repr, value)) if isinstance(value, frozenset) else [repr(value)]
    return type(value).__name__, tuple(words)


def compiled(path, flags):
    """Nothing where nobody can compile it."""
    try:
        with open(path, "rb") as handle, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(handle.read(), path, "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
        return None


def rewritten(path, _):
    """As pytest itself compiles it where it explains assertions; nothing where this pytest does so in a way unknown to us."""
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    hooks = (one for one in sys.meta_path if type(one).__name__ == "AssertionRewritingHook")
    config = getattr(next(hooks, None), "config", None)
    if rewrite is None or config is None or not path.endswith(".py"):
        return None
    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rewrite._rewrite_test(pathlib.Path(path), config)[1]  # noqa: SLF001 - nothing else compiles as it does
    return None


def patched(delivered):
    """The functions and classes of delivered modules in whose place tests have put others, with the lines that they would run.

    Looked at outside of any test: what a test or its fixture replaces is put back by then.
    """
    found = []
    for module in list(sys.modules.values()):
        path = os.path.realpath(getattr(module, "__file__", None) or "")
        if path.startswith(delivered.work) and not is_of_tests(path):
            own = [(name, value, None) for name, value in list(vars(module).items())]
            for kind in [
                value for _, value, _ in own if isinstance(value, type) and value.__module__ == module.__name__
            ]:
                own += [("%s.%s" % (kind.__name__, name), value, kind) for name, value in list(vars(kind).items())]
            found += [one for one in (replacement(delivered, path, *each) for each in own) if one]
    return found


def replacement(delivered, path, name, value, kind):
    places = [(function.__code__.co_filename, function.__code__.co_firstlineno) for function in reached(value)]
    if isinstance(value, type) and kind is None:
        places = [(getattr(sys.modules.get(value.__module__), "__file__", None) or "", None)]
    places = [
        (home, line) for home, line in places if os.path.realpath(home).startswith(delivered.work) and is_of_tests(home)
    ]
    if not places:
        return None
    known = inner(compiled(path, 0))
    for word in name.split("."):  # a method within its class
        within = [one for code in known[:1] for one in code.co_consts if isinstance(one, types.CodeType)]
        known = [found for one in within if one.co_name == word for found in inner(one)]
    if not known:
        return None
    ran = sorted({line for one in known for line in lines(one) if line > one.co_firstlineno and is_function(one)})
    home, line = places[0]
    return {"path": delivered.named(path), "name": name, "lines": ran, "by": delivered.named(home), "line": line}


def is_function(code):
    return bool(code.co_flags & inspect.CO_NEWLOCALS and code.co_flags & inspect.CO_OPTIMIZED)


def is_of_tests(path):
    """By the names that pytest and unittest have for files of tests, and the folders in which they usually lie."""
    *folders, name = path.split(os.sep)
    return (
        name == "conftest.py"
        or name.startswith("test")
        or name.endswith("_test.py")
        or bool({"test", "tests"} & set(folders))
    )


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
