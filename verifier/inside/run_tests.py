"""Runs the delivered tests with pytest and writes what happened, one JSON line each. Python 3.6 upwards, delivered interpreter.

    run_tests.py collect|run|alone|scout|until|files EVENTS FOLDER INI [PYTEST OPTIONS OF THE BUYER]

FOLDER is the project's; EVENTS the file to write. Standard input names, with `alone`, the tests that are run, and no other is;
with `until` likewise, and the first whose own claim fails ends the run, and so does one that is not there; with `scout` the tests
and the lines of which is told which of them run them; with `files`, the
files from which all are, and the folder of Django's manage.py, if there is one.

Nothing of the delivered tree is on the path while pytest and coverage are imported, so that a delivered `pytest.py` cannot take
their place; only then the tree goes to the front, as `python -m pytest` would have it. Plug-ins are loaded by name, from
really installed distributions, never from the tree.
"""

import contextlib
import doctest
import json
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
import verifier_scout  # noqa: E402
from verifier_hooks import Witness  # noqa: E402
from verifier_record import MAX_TEXT, WORK, channel, clean  # noqa: E402
from verifier_watch import Watch  # noqa: E402
from verifier_witness import Delivered  # noqa: E402

sys.path[:] = [entry for entry in sys.path if entry not in ("", HERE)]

import coverage  # noqa: E402
import pytest  # noqa: E402

try:
    from importlib.metadata import distributions
except ImportError:  # Python 3.6 and 3.7
    from importlib_metadata import distributions

# Plug-ins that would measure, order or repeat in our place. Matched by entry-point name.
NOT_LOADED = {"pytest_cov", "randomly", "random_order", "rerunfailures", "flaky", "xdist", "xdist.looponfail", "sugar"}
# The marks of those plug-ins: a test may bear them, whether or not they do anything here.
MARKS = ("flaky", "xdist_group", "no_cover", "random_order")
# Tests that break before a claim of one fails, with `until`: then none will.
MAX_BROKEN = 10


class Recorder:
    """A pytest plug-in that writes each event as it happens, so that an early exit leaves what was seen."""

    def __init__(self, path, mode, only, deselects, scout=None):
        self.scout = scout
        self.mode = mode
        self.only = only
        self.deselects = deselects  # the buyer's own options choose among the tests
        self.found = []
        self.strangers = None
        self.refuted = set()
        self.broken = 0
        self.handle = channel(path)

    def write(self, event, **facts):
        facts["event"] = event
        self.handle.write(json.dumps(facts, sort_keys=True) + "\n")
        self.handle.flush()
        if self.mode == "until" and event == "report" and facts["outcome"] == "failed":
            self.broken += 1
            if facts["claim"] or self.broken == MAX_BROKEN:
                os._exit(1)

    def pytest_configure(self, config):
        for mark in MARKS:
            config.addinivalue_line("markers", "%s: of a plug-in that is not loaded here" % mark)

    def pytest_itemcollected(self, item):
        self.found.append(item)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session):
        session.items[:] = self.chosen(session.items)
        for item in session.items:
            self.write("collected", id=item.nodeid, **home(item))
        self.write("collection finished", count=len(session.items))
        if self.mode == "until" and len(session.items) < len(self.only):
            os._exit(1)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        session.items[:] = self.chosen(session.items)

    def chosen(self, items):
        """What the delivery's own hooks take out comes back, behind the others; what lies elsewhere is no test of it."""
        if self.only is not None:
            return [item for item in self.found if item.nodeid in self.only]
        kept = set(map(id, items))
        lost = [] if self.deselects else [item for item in self.found if id(item) not in kept]
        if self.strangers is None:
            self.strangers = [item for item in [*items, *lost] if not delivered(item)]
            self.pytest_deselected(self.strangers)
        return [item for item in [*items, *lost] if delivered(item)]

    def pytest_deselected(self, items):
        for item in items:
            self.write("deselected", id=item.nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.write("collection error", id=report.nodeid, message=clean(report.longrepr), **place(report))
        elif report.skipped:
            self.write("collection skipped", id=report.nodeid, message=clean(reason(report)))

    def pytest_runtest_logstart(self, nodeid):
        self.write("started", id=nodeid)
        if self.scout:
            self.scout.enters(nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        if self.scout and fixturedef.scope != "function":
            self.scout.shares(True)
            yield
            self.scout.shares(False)
        else:
            yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        """pytest keeps what a test of unittest raised with the test, and gives it to the call only in a hook of its own."""
        failed = call.excinfo or next(iter(getattr(item, "_excinfo", None) or ()), None)
        if failed is not None and is_claim(failed.value):
            self.refuted.add((item.nodeid, call.when))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report):
        facts = {"id": report.nodeid, "when": report.when, "outcome": report.outcome}
        if hasattr(report, "wasxfail"):
            facts["xfail"] = str(report.wasxfail)
        if report.outcome == "failed":
            facts.update(message=clean(report.longrepr), **place(report))
            if self.mode == "until":
                facts["claim"] = (report.nodeid, report.when) in self.refuted
        elif report.outcome == "skipped":
            facts["message"] = clean(reason(report))
        self.write("report", **facts)
        if self.scout and report.when == "teardown":
            self.scout.leaves(report.nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_load_initial_conftests(self):
        """A conftest.py that breaks ends pytest before it collects: what it holds back is not to be walked around."""
        outcome = yield
        if outcome.excinfo:
            told = "".join(traceback.format_exception(*outcome.excinfo))
            self.write("collection error", id="conftest.py", message=clean(told))

    def pytest_internalerror(self, excrepr):
        self.write("script error", message=clean(excrepr))

    def pytest_keyboard_interrupt(self, excinfo):
        """pytest.exit(), and an interrupt that the delivery made itself."""
        self.write("script error", message=clean(excinfo.value))

    def pytest_sessionfinish(self, exitstatus):
        if self.scout:
            self.write("scouted", **self.scout.found())
        self.write("finished", status=int(exitstatus))


class Django:
    """Sets Django up as its own test command does, where neither pytest-django nor a conftest.py of the delivery does it.

    Where that breaks, the tests that need it say so.
    """

    ours = False

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config):
        with contextlib.suppress(Exception):
            import django  # noqa: PLC0415 - only an environment that has it
            from django.apps import apps  # noqa: PLC0415

            if not apps.ready and not config.pluginmanager.hasplugin("pytest_django.plugin"):
                django.setup()
                self.ours = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self):
        if self.ours:
            with contextlib.suppress(Exception):
                from django.conf import settings  # noqa: PLC0415
                from django.test.utils import get_runner  # noqa: PLC0415

                runner = get_runner(settings)(verbosity=0, interactive=False)
                runner.setup_test_environment()
                runner.setup_databases()


def source(item):
    return os.path.realpath(str(getattr(item, "path", None) or item.fspath))  # pytest before 7


def delivered(item):
    return source(item).startswith(os.path.realpath(WORK) + os.sep)


def home(item):
    """Where a test is written: the class and the file of the delivery, if it is another file; of a doctest that it is one."""
    if getattr(item, "dtest", None):
        return {"doctest": True}
    name = getattr(item, "originalname", None) or item.name.split("[")[0]
    owners = (one for one in getattr(getattr(item, "cls", None), "__mro__", ()) if name in vars(one))
    owner = next(owners, None)
    path = getattr(sys.modules.get(getattr(owner, "__module__", None)), "__file__", None)
    if not path or os.path.realpath(path) == source(item):
        return {}
    home = os.path.relpath(os.path.realpath(path), os.path.realpath(WORK))
    return {"written": "%s::%s.%s" % (home, owner.__qualname__, name)}


def place(report):
    """Where it broke and in what words, if pytest says so."""
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    if crash is None:
        return {}
    return {"path": os.path.relpath(crash.path, WORK), "line": crash.lineno, "crash": clean(crash.message[:MAX_TEXT])}


def reason(report):
    text = report.longrepr
    return text[2] if isinstance(text, tuple) and len(text) == 3 else text


def is_claim(error):
    """Whether something was not as a test says that it is; any other error may come of the mere running."""
    if isinstance(error, (AssertionError, pytest.fail.Exception, doctest.DocTestFailure)):
        return True
    several = (getattr(error, name, ()) for name in ("failures", "exceptions"))  # doctests, and a group of errors
    return any(is_claim(one) for found in several if isinstance(found, (list, tuple)) for one in found)


def plugins():
    """The pytest plug-ins of installed distributions, by entry-point name; those of the delivered tree are left to conftest."""
    found = {}
    for distribution in distributions():
        home = os.path.abspath(str(distribution.locate_file("")))
        if home == WORK or home.startswith(WORK + os.sep):
            continue
        for entry in distribution.entry_points:
            if entry.group == "pytest11":
                found[entry.name] = entry.value
    return found


def arguments(mode, folder, ini):
    words = [
        "-c",
        ini,
        "--rootdir",
        folder,
        "--confcutdir",
        WORK,
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
    ]
    loaded = []
    for name, module in sorted(plugins().items()):
        if name not in NOT_LOADED:
            words += ["-p", module.split(":")[0].strip()]
            loaded.append(name)
    if "hypothesispytest" in loaded:
        words.append("--hypothesis-seed=0")
    if mode == "collect":
        words.append("--collect-only")
    return words, loaded


def main(mode, events, folder, ini, *options):
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    told = json.load(sys.stdin) if mode in ("alone", "scout", "until", "files") else []
    named, django = (told["files"], told["django"]) if mode == "files" else (told, "")
    scout = None
    if mode == "scout":
        named, scout = told["tests"], verifier_scout.Scout(coverage.Coverage, WORK, told["lines"])
    words, loaded = arguments(mode, folder, ini)
    only = frozenset(named) if mode in ("alone", "scout", "until") else None
    recorder = Recorder(events, mode, only, bool(options), scout)
    facts = {"runner": "pytest", "version": pytest.__version__, "coverage": coverage.__version__}
    recorder.write("begun", plugins=loaded, **facts)
    delivered = Delivered(WORK)
    if "COVERAGE_PROCESS_START" in os.environ:
        Watch(recorder.write, delivered, os.path.dirname(events), coverage.CoverageData)
    witness = Witness(recorder.write, delivered)
    sys.path[:0] = [folder, *([os.path.normpath(os.path.join(WORK, django))] if django else [])]
    os.chdir(folder)
    files = list(dict.fromkeys(name.split("::")[0] for name in named))
    return int(pytest.main(words + list(options) + files, plugins=[recorder, witness] + [Django()] * bool(django)))


if __name__ == "__main__":
    sys.argv, given = ["pytest"], sys.argv[1:]
    sys.exit(main(*given))
