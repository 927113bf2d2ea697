"""Runs a script that runs tests on unittest's machinery, and writes what happened. Python 3.6 upwards, delivered interpreter.

    run_script.py collect|run|alone|scout|until EVENTS FOLDER -- [--import-from=FOLDER...] SCRIPT|-m MODULE [WORD...]

For `python -m unittest`, Django's test command and scripts of a project's own: whatever they print, the events come from
unittest.TestResult itself. Nothing of the delivered tree is on the path while unittest and coverage are imported. With `alone`,
standard input names the tests that are run, and no other is; with `until` likewise, and the first whose own claim fails
ends the run; with `scout` the tests and the lines of which is told which of them run them.
"""

import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
import verifier_scout  # noqa: E402
from verifier_record import WORK, channel, clean, place, said  # noqa: E402
from verifier_watch import Watch  # noqa: E402
from verifier_witness import RUNS, Delivered, Untouched, patched, telling  # noqa: E402

sys.path[:] = [entry for entry in sys.path if entry not in ("", HERE)]

import platform  # noqa: E402
import runpy  # noqa: E402
import sysconfig  # noqa: E402
import threading  # noqa: E402
import unittest  # noqa: E402
import unittest.suite  # noqa: E402

import coverage  # noqa: E402

INSTALLED = tuple({os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("stdlib", "purelib", "platlib")})
IMPORT_FROM = "--import-from="
# Tests that break before a claim of one fails, with `until`: then none will.
MAX_BROKEN = 10


class Recorder:
    """Writes each event as it happens, so that an early exit leaves what was seen."""

    def __init__(self, path, mode, only, scout=None):
        self.scout = scout
        self.handle = channel(path)
        self.mode = mode
        self.only = only
        self.outermost = True
        self.broken = 0
        self.names = {}
        self.taken = {}  # name -> how many have it, but for their number
        self.open = {}
        self.collected = []
        self.here = threading.local()  # `outer`: the result and the test that run in this thread
        self.delivered = Delivered(WORK)
        if "COVERAGE_PROCESS_START" in os.environ:
            Watch(self.write, self.delivered, os.path.dirname(path), coverage.CoverageData)
        self.untouched = Untouched(self.delivered)
        self.told_hooks = set()
        self.wrapped = []
        self.hooks = {
            "startTest": self.started,
            "stopTest": self.stopped,
            "addSuccess": self.succeeded,
            "addError": self.failed,
            "addFailure": self.refuted,
            "addSkip": self.passed_over,
            "addSubTest": self.subtest,
            "addExpectedFailure": self.failed_as_expected,
            "addUnexpectedSuccess": self.succeeded_unexpectedly,
        }

    def write(self, event, claim=False, **facts):
        facts["event"] = event
        if self.mode == "until" and event == "report" and facts["outcome"] == "failed":
            facts["claim"] = claim
            self.broken += 1
        self.handle.write(json.dumps(facts, sort_keys=True) + "\n")
        self.handle.flush()
        if facts.get("claim") or (self.mode == "until" and self.broken >= MAX_BROKEN):
            os._exit(1)

    def name(self, test):
        """A test's id; a second test of the same id gets a number, since one outcome must not hide another."""
        known = self.names.get(id(test))
        if known is None or known[0] is not test:
            name = base = test.id()
            while name in self.taken:
                self.taken[base] += 1
                name = "%s#%d" % (base, self.taken[base])
            self.taken[name] = 1
            self.names[id(test)] = known = (test, name)
        return known[1]

    def collect(self, tests):
        for test in tests:
            if is_broken(test):
                error = getattr(test, "_exception", None)
                name = broken(test)
                facts = dict(place_of(error), file=name.replace(".", "/") + ".py")
                self.write("collection error", id=name, message=clean(error), **facts)
            elif skipped(test):
                self.write("collection skipped", id=test.id(), message="", file=skipped_file(test))
            else:
                for method in RUNS:
                    self.edits(type(test), method)
                self.collected.append(self.name(test))
                self.write("collected", id=self.collected[-1], file=file_of(test), **inherited(test))
        self.write("collection finished", count=len(self.collected))

    def hear(self, hook, result, *given, **named):
        """Not of a test that another one runs within itself, with a result of its own: how it has to go, the outer one knows."""
        test = given[0] if given else named["test"]
        case = getattr(test, "test_case", test)  # of a part, its test
        outer = getattr(self.here, "outer", None)
        if outer and outer[0] is not result and outer[1] is not case:
            return
        if hook == self.started and ours(case):
            self.here.outer = (result, case)
        elif hook == self.stopped:
            self.here.outer = None
        hook(*given, **named)

    def edits(self, owner, name):
        """Says once of a method that it is the delivery's own, and so can change what becomes of a test."""
        place = self.delivered.method(owner, name)
        if place is not None and place not in self.told_hooks:
            self.told_hooks.add(place)
            self.write("hook", hook="%s.%s" % (owner.__name__, name), path=place[0], line=place[1])

    def ran(self, test, error, expected):
        """What the method of a test came to, before any result is told. Not of a test that another one runs within itself."""
        outer = getattr(self.here, "outer", None)
        if outer is None or outer[1] is test:
            skipped = error is not None and issubclass(error[0], unittest.SkipTest)
            facts = {"outcome": "passed" if error is None else "skipped" if skipped else "failed"}
            if facts["outcome"] == "failed":
                facts.update(place(error), message=said(error))
            self.write("ran", id=self.name(test), when="call", entered=True, xfail=expected, **facts)

    def outcome(self, test, when, outcome, **facts):
        self.write("report", id=self.name(test), when=when, outcome=outcome, **facts)

    # The parameters have unittest's names. A result may be told details in place of an error or a reason, as testtools has it.

    def started(self, test):
        if ours(test):
            self.open[self.name(test)] = True
            self.write("started", id=self.name(test))
            if self.scout:
                self.scout.enters(self.name(test))

    def stopped(self, test):
        if ours(test):
            self.outcome(test, "teardown", "passed")
            if self.scout:
                self.scout.leaves(self.name(test))

    def succeeded(self, test, **_):
        if ours(test):
            self.outcome(test, "call", "passed")

    def refuted(self, test, err=None, details=None):
        self.failed(test, err, details, claim=True)

    def failed(self, test, err=None, details=None, claim=False):
        facts = dict(told_of(err, details), claim=claim)
        if ours(test):
            self.outcome(test, "call", "failed", **facts)
        elif is_holder(test):
            self.never_ran(test.id(), "failed", **facts)

    def passed_over(self, test, reason=None, details=None):
        test = getattr(test, "test_case", test)  # of a part that skips itself, its test
        message = in_words(details) if reason is None else clean(reason)
        if ours(test):
            self.outcome(test, "call", "skipped", message=message)
        elif is_holder(test):
            self.never_ran(test.id(), "skipped", message=message)

    def subtest(self, test, subtest, err):
        if err is not None and ours(test):
            facts = dict(place(err), message="%s\n%s" % (clean(subtest.id()), said(err)))
            self.outcome(test, "call", "failed", claim=issubclass(err[0], test.failureException), **facts)

    def failed_as_expected(self, test, err=None, details=None):
        self.outcome(test, "call", "skipped", xfail="expected failure", message=told_of(err, details)["message"])

    def succeeded_unexpectedly(self, test, **_):
        self.outcome(test, "call", "failed", message="Unexpected success")

    def never_ran(self, holder, outcome, **facts):
        """A class or a module that broke or was skipped before its tests: each of them is told so."""
        owner = re.sub(r"^\w+ \((.*)\)$", r"\1", holder)
        told = [name for name in self.collected if name.startswith(owner + ".") and name in self.open]
        if outcome == "failed" and told and holder.startswith("tearDown"):
            self.write("report", id=told[-1], when="teardown", outcome="failed", **facts)
        for name in self.collected:
            if name.startswith(owner + ".") and name not in self.open:
                self.open[name] = True
                self.write("report", id=name, when="setup", outcome=outcome, **facts)
                self.write("report", id=name, when="teardown", outcome="passed")


def is_holder(test):
    """What unittest reports in the place of a class or module whose set-up broke."""
    return type(test).__name__ == "_ErrorHolder"


def is_broken(test):
    """What unittest's loader puts in the place of a module that it could not import."""
    return type(test).__name__ == "_FailedTest"


def broken(test):
    return re.sub(r"^unittest\.loader\._FailedTest\.", "", test.id())


def skipped(test):
    """What the loader puts in the place of a module that asks to be skipped."""
    return type(test).__name__ == "ModuleSkipped"


def skipped_file(test):
    """Its method is called as the module is."""
    return test.id().split("ModuleSkipped.")[-1].replace(".", "/") + ".py"


def ours(test):
    return isinstance(test, unittest.TestCase) and not is_broken(test) and not skipped(test)


def source(test):
    """The file that a test's class comes from, or nothing where it comes from none; of a doctest or a function, its own file."""
    part = getattr(test, "_dt_test", None)  # of doctest
    if part is not None:
        return os.path.realpath(part.filename) if part.filename else ""
    function = getattr(getattr(test, "_testFunc", None), "__code__", None)  # of unittest.FunctionTestCase
    if function is not None:
        return os.path.realpath(function.co_filename)
    return home(type(test))


def home(kind):
    path = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return os.path.realpath(path) if path else ""


def file_of(test):
    """The same from the tree's root."""
    return from_root(source(test))


def from_root(path):
    return os.path.relpath(path, os.path.realpath(WORK)) if path else ""


def inherited(test):
    """The class and the file that a test is written in, where that is another file; of a doctest that it is one."""
    if hasattr(test, "_dt_test"):
        return {"doctest": True}
    if isinstance(test, unittest.FunctionTestCase):
        return {}
    name = getattr(test, "_testMethodName", "")
    owner = next((one for one in type(test).__mro__ if name in vars(one)), type(test))
    if home(owner) in ("", source(test)):
        return {}
    return {"written": "%s::%s.%s" % (from_root(home(owner)), owner.__qualname__, name)}


def flat(suite):
    found = []
    for test in suite:
        found += flat(test) if isinstance(test, unittest.BaseTestSuite) else [test]
    return found


def place_of(error):
    """The same of a text: unittest keeps only that of a module that could not be imported."""
    found = re.findall(r'File "%s/([^"]+)", line (\d+)' % WORK, str(error))
    last = str(error).strip().splitlines()[-1:] or [""]
    return (
        {"path": found[-1][0], "line": int(found[-1][1]), "crash": clean(last[0])}
        if found
        else {"crash": clean(last[0])}
    )


def told_of(error, details):
    return {"message": in_words(details)} if error is None else dict(place(error), message=said(error))


def in_words(details):
    texts = [getattr(one, "as_text", lambda one=one: str(one))() for one in (details or {}).values()]
    return clean("\n".join(texts))


def watch(recorder):
    """Puts the recorder behind every method by which a runner of unittest's kind learns of an outcome."""
    wrap(recorder, unittest.TestResult)
    # A result class of the delivery's runner may tell its base nothing.
    unittest.TestResult.__init_subclass__ = classmethod(lambda cls, **_: wrap(recorder, cls))
    unittest.suite.TestSuite.run = outermost(recorder, unittest.suite.TestSuite.run)
    unittest.TestCase.run = witnessed(recorder, unittest.TestCase.run)


def wrap(recorder, result_class):
    """Whatever a class does at an event, from wherever it has that: a class that is mixed in may call a failure a success."""
    for name, hook in recorder.hooks.items():
        original = next((vars(one)[name] for one in result_class.__mro__ if name in vars(one)), None)
        if original is not None and original not in recorder.wrapped:
            recorder.wrapped.append(told(recorder, original, hook))
            setattr(result_class, name, recorder.wrapped[-1])


def told(recorder, original, hook):
    """The hook hears of an event once, from the outermost of the classes that pass it on to each other."""

    def wrapped(result, *given, **named):
        inner = getattr(result, "verifier_telling", False)
        result.verifier_telling = True
        try:
            if not inner:
                recorder.hear(hook, result, *given, **named)
            bound = original.__get__(result, type(result)) if hasattr(original, "__get__") else original
            return bound(*given, **named)
        finally:
            result.verifier_telling = inner

    return wrapped


def outermost(recorder, original):
    """The first suite that is run is the whole: it is listed, cut down to what is asked for, and run, or not.

    Its result's class is wrapped once more: one that is mixed into it may keep the making of classes to itself.
    """

    def run(self, result, *given, **named):
        if not recorder.outermost:
            return original(self, result, *given, **named)
        recorder.outermost = False
        if isinstance(result, unittest.TestResult):
            wrap(recorder, type(result))
            for name in sorted(recorder.hooks):
                recorder.edits(type(result), name)
        tests = flat(self)
        strangers = [test for test in tests if ours(test) and source(test).startswith(INSTALLED)]
        if recorder.only is not None:
            tests = [test for test in tests if ours(test) and recorder.name(test) in recorder.only]
            self = unittest.TestSuite(tests)
        elif strangers:  # of an installed package
            tests = [test for test in tests if test not in strangers]
            self = unittest.TestSuite(tests)
        recorder.collect(tests)
        try:
            return result if recorder.mode == "collect" else original(self, result, *given, **named)
        finally:
            recorder.outermost = True

    return run


def witnessed(recorder, original):
    """A test's method tells what it came to, whatever then becomes of that."""

    def run(self, *given, **named):
        name = getattr(self, "_testMethodName", "")
        method = getattr(self, name, None)
        if not ours(self) or method is None:
            return original(self, *given, **named)
        setattr(self, name, telling(method, lambda error, expected: recorder.ran(self, error, expected), type(self)))
        try:
            return original(self, *given, **named)
        finally:
            vars(self).pop(name, None)

    return run


class Inert:
    """What a script gets that measures coverage itself: the mere making of a real one switches ours off.

    Whatever it is asked answers 100: a script may compare what a report says with what it wants.
    """

    def __init__(self, *_, **__):
        pass

    def __getattr__(self, name):
        return lambda *_, **__: 100.0


def django_options(words):
    """`--noinput` and one process, where the words are Django's test command."""
    if "test" not in words[:2] and words[:3] != ["-m", "django", "test"]:
        return words
    try:
        import django  # noqa: PLC0415 - only an environment that has it
    except ImportError:
        return words
    return words + ["--noinput"] + (["--parallel", "1"] if django.VERSION >= (1, 9) else [])


def execute(folder, words):
    """As `PYTHONPATH=FOLDERS python SCRIPT` or `python -m MODULE` would, in that folder."""
    os.chdir(folder)
    folders = [word[len(IMPORT_FROM) :] for word in words if word.startswith(IMPORT_FROM)]
    words = words[len(folders) :]
    sys.path[:0] = folders
    words = django_options(words)
    if words[0] == "-m":
        sys.path.insert(0, folder)
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        script = os.path.join(folder, words[0])
        sys.path.insert(0, os.path.dirname(script))
        sys.argv = list(words)
        runpy.run_path(script, run_name="__main__")


def main(mode, events, folder, _, *words):
    only, scout = json.load(sys.stdin) if mode in ("alone", "scout", "until") else None, None
    if mode == "scout":
        only, scout = only["tests"], verifier_scout.Scout(coverage.Coverage, WORK, only["lines"])
    recorder = Recorder(events, mode, None if only is None else frozenset(only), scout)
    recorder.write(
        "begun", runner="unittest", version=platform.python_version(), coverage=coverage.__version__, plugins=[]
    )
    watch(recorder)
    coverage.Coverage = coverage.coverage = Inert
    status = 0
    try:
        execute(folder, list(words))
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        error = sys.exc_info()
        facts = place(error)
        recorder.write("script error", message=said(error), **facts)
        raise
    if scout:
        recorder.write("scouted", **scout.found())
    names = recorder.untouched.replaced()
    if names:
        recorder.write("replaced", names=names)
    for one in patched(recorder.delivered):
        recorder.write("patched", **one)
    recorder.write("finished", status=status or 0)


if __name__ == "__main__":
    given, sys.argv = sys.argv[1:], ["tests"]
    main(*given)
