"""A pytest plug-in that tells what each phase of a test came to within all hooks, and which of the delivery's could change that.

Python 3.6 upwards, delivered interpreter; imported under a name that no delivery has, before the tree is on the path.
"""

import sys
import unittest

import pytest
from verifier_record import place, said
from verifier_witness import RUNS, Entry, Untouched, file_of, patched, telling

# What pytest asks about how a test went, or whether and how it is run.
EDITING = (
    "pytest_exception_interact",
    "pytest_pyfunc_call",
    "pytest_runtest_call",
    "pytest_runtest_logreport",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "pytest_runtest_teardown",
    "pytest_runtestloop",
)


class Witness:
    """Writes the events `ran` (of each phase), `hook` (of each of the delivery's that can edit) and `replaced`."""

    def __init__(self, write, delivered):
        self.write = write
        self.delivered = delivered
        self.untouched = Untouched(self.delivered)
        self.known = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config):
        """All plug-ins are loaded now, and nothing of the delivery yet."""
        self.untouched.look()
        for name in EDITING:
            self.delivered.knows(one.function for one in implementations(early_config, name) if self.installed(one))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session):
        """All conftest.py are loaded now: what is registered last and last in turn stands within all others."""
        session.config.pluginmanager.register(Innermost(self.write))
        self.known = self.hooks(session.config)
        for hook, path, line in self.known + self.cases(session.items):
            self.write("hook", hook=hook, path=path, line=line)
        self.tell_patched()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session):
        late = [] if self.known is None else set(self.hooks(session.config)) - set(self.known)
        names = self.untouched.replaced() + sorted(hook for hook, _, _ in late)
        if names:
            self.write("replaced", names=names)
        self.tell_patched()

    def tell_patched(self):
        for one in patched(self.delivered):
            self.write("patched", **one)

    def hooks(self, config):
        """[(hook, path, line)] of what is not an installed package's."""
        asked = [(name, one) for name in EDITING for one in implementations(config, name)]
        own = [(name, one) for name, one in asked if not self.is_others(one)]
        return [(name, *self.delivered.place(one.function)) for name, one in own]

    def is_others(self, implementation):
        return self.delivered.by_others(implementation.function) and not self.is_delivered(implementation.plugin)

    def installed(self, implementation):
        return not self.is_delivered(implementation.plugin) and self.delivered.others(file_of(implementation.function))

    def is_delivered(self, plugin):
        """An object of a class of the delivery's own, whatever that is derived of. A module may lend what is others'."""
        home = getattr(sys.modules.get(type(plugin).__module__), "__file__", None)
        return bool(home) and not self.delivered.others(home)

    def cases(self, items):
        """The same of tests of unittest's kind that say themselves how they are run."""
        kinds = {item.cls for item in items if is_case(item)}
        owners = sorted(
            (one for one in kinds if one and issubclass(one, unittest.TestCase)), key=lambda one: one.__name__
        )
        places = {(name, self.delivered.method(one, name)): one for one in owners for name in RUNS}
        return [("%s.%s" % (one.__name__, name), *place) for (name, place), one in places.items() if place]


def implementations(config, name):
    return getattr(config.hook, name).get_hookimpls()


class Innermost:
    def __init__(self, write):
        self.write = write

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_setup(self, item):
        yield from self.phase(item, "setup", None)

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self, item):
        self.inner = None
        function = item.obj if isinstance(item, pytest.Function) else None
        if function and is_case(item):
            item.obj = telling(function, self.told, item.cls)
        yield from self.phase(item, "call", function)

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_pyfunc_call(self):
        """Within what is around the call: a hook here may keep an exception from ever leaving the test."""
        outcome = yield
        self.inner = outcome.excinfo

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item):
        yield from self.phase(item, "teardown", None)

    def told(self, error, expected):
        self.inner = None if expected else error

    def phase(self, item, when, function):
        with Entry(function) as entered:
            outcome = yield
        error = outcome.excinfo
        if when == "call":
            error = error or self.inner or caught(item)
        facts = {"outcome": word(error)}
        if facts["outcome"] == "failed":
            facts.update(place(error), message=said(error))
        expected = item.get_closest_marker("xfail") is not None
        self.write("ran", id=item.nodeid, when=when, entered=bool(entered), xfail=expected, **facts)


def is_case(item):
    return isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, unittest.TestCase)


def caught(item):
    """What unittest's own machinery caught of a test of its kind, before pytest's hooks see it."""
    errors = vars(item).get("_excinfo")
    first = errors[0] if errors else None
    return getattr(first, "_excinfo", None)


def word(error):
    if error is None:
        return "passed"
    if isinstance(error[1], (pytest.skip.Exception, unittest.SkipTest)):
        return "skipped"
    return "xfailed" if isinstance(error[1], pytest.xfail.Exception) else "failed"
