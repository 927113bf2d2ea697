"""Scripts that run tests on unittest's machinery: what is written, whatever they print or exit with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verifier import interpreters
from verifier.channel import channel
from verifier.testing.events import Run, read

SCRIPTS = Path(__file__).parents[2] / "verifier" / "inside"
KINDS = """\
import unittest


class Kinds(unittest.TestCase):
    def test_a_passes(self):
        pass

    def test_b_fails(self):
        self.assertEqual("a", "b")

    def test_c_breaks(self):
        raise ValueError("no")

    def test_d_is_skipped(self):
        self.skipTest("not today")

    @unittest.expectedFailure
    def test_e_fails_as_expected(self):
        self.fail()

    @unittest.expectedFailure
    def test_f_passes_unexpectedly(self):
        pass

    def test_g_has_a_failing_part(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 1)
"""
MOST = 10**7
NAME = "test_kinds.Kinds.test_"


def run(folder: Path, *words: str, mode: str = "run", only: list[str] | None = None) -> tuple[Run, int]:
    """What was written, and the script's exit code."""
    events = folder.parent / "events.jsonl"
    argv = [sys.executable, SCRIPTS / "run_script.py", mode, events, folder, "--", *(words or DISCOVER)]
    with channel(events, MOST) as heard:
        done = subprocess.run(argv, input=json.dumps(only).encode(), capture_output=True, check=False)
        said = heard()
    events.unlink()
    return read(said), done.returncode


DISCOVER = ("-m", "unittest", "discover")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def test_every_kind_of_outcome_is_told(folder):
    (folder / "test_kinds.py").write_text(KINDS)
    seen, _ = run(folder)
    words = {name.removeprefix(NAME)[:1]: seen.outcome(name) for name in seen.outcomes}
    expected = {
        "a": "passed",
        "b": "failed",
        "c": "failed",
        "d": "skipped",
        "e": "xfailed",
        "f": "failed",
        "g": "failed",
    }
    assert words == expected
    assert (seen.finished, seen.reported) == (True, set(seen.collected))


def test_collecting_runs_nothing(folder):
    (folder / "test_kinds.py").write_text(
        KINDS + "\n    def test_h_leaves_a_mark(self):\n        open('mark', 'w').close()\n"
    )
    seen, _ = run(folder, mode="collect")
    assert (len(seen.collected), seen.outcomes, seen.finished) == (8, {}, True)
    assert not (folder / "mark").exists()


def test_one_test_alone_is_run_and_no_other(folder):
    (folder / "test_kinds.py").write_text(KINDS)
    seen, _ = run(folder, mode="alone", only=[NAME + "b_fails"])
    assert list(seen.outcomes) == seen.collected == [NAME + "b_fails"]


def test_a_run_until_a_claim_fails_goes_on_after_another_error(folder):
    (folder / "test_kinds.py").write_text(KINDS.replace("test_b_fails", "test_z_fails"))
    only = [NAME + name for name in ("a_passes", "c_breaks", "g_has_a_failing_part", "z_fails")]
    seen, code = run(folder, mode="until", only=only)
    told = {name: [r["claim"] for r in reports if r["outcome"] == "failed"] for name, reports in seen.outcomes.items()}
    assert told == {only[0]: [], only[1]: [False], only[2]: [True]}
    assert (code, seen.finished) == (1, False)
    seen, _ = run(folder, mode="alone", only=only)
    assert not [report for reports in seen.outcomes.values() for report in reports if "claim" in report]


@pytest.mark.parametrize(
    "broken",
    [
        "def setUpModule():\n    raise OSError('no')\n\n\n",
        "class Base(unittest.TestCase):\n    @classmethod\n    def setUpClass(cls):\n        raise OSError('no')\n\n\n",
    ],
    ids=["module", "class"],
)
def test_tests_whose_module_or_class_broke_before_them_are_told_each(folder, broken):
    base = "Base" if "Base" in broken else "unittest.TestCase"
    tests = f"class Two({base}):\n    def test_a(self):\n        pass\n\n    def test_b(self):\n        pass\n"
    (folder / "test_two.py").write_text(f"import unittest\n\n\n{broken}{tests}")
    seen, _ = run(folder)
    assert {name: seen.outcome(name) for name in seen.outcomes} == dict.fromkeys(seen.collected, "error")
    assert len(seen.collected) == 2


@pytest.mark.parametrize("level", ["Class", "Module"])
def test_a_tear_down_that_breaks_after_its_tests_is_a_failure(folder, level):
    within = (
        "    @classmethod\n    def tearDownClass(cls):\n        raise OSError('no')\n\n" if level == "Class" else ""
    )
    after = "" if level == "Class" else "\n\ndef tearDownModule():\n    raise OSError('no')\n"
    (folder / "test_down.py").write_text(
        f"import unittest\n\n\nclass Down(unittest.TestCase):\n{within}    def test_a(self):\n        pass\n{after}"
    )
    seen, _ = run(folder)
    assert [seen.outcome(name) for name in seen.collected] == ["error"]


def test_a_part_that_skips_itself_leaves_its_test_told(folder):
    body = "        for n in (1, 2):\n            with self.subTest(n=n):\n                self.skipTest('no')\n"
    (folder / "test_part.py").write_text(
        f"import unittest\n\n\nclass Part(unittest.TestCase):\n    def test_a(self):\n{body}"
    )
    seen, _ = run(folder)
    assert seen.reported == set(seen.collected) == {"test_part.Part.test_a"}


def test_a_module_that_cannot_be_imported_is_a_collection_error_and_a_skipped_one_is_not(folder):
    (folder / "test_a.py").write_text("import no_such_module_of_ours\n")
    (folder / "test_b.py").write_text("import unittest\n\nraise unittest.SkipTest('not here')\n")
    seen, _ = run(folder, mode="collect")
    assert len(seen.collection_skips) == 1
    assert seen.strangers(frozenset()) == {"test_a": "no_such_module_of_ours"}


def test_a_parts_parameters_tell_no_address_in_memory(folder):
    body = (
        "        for n in (0x7F00DEADBEEF,):\n            with self.subTest(n=hex(n)):\n                self.fail()\n"
    )
    (folder / "test_part.py").write_text(
        f"import unittest\n\n\nclass Part(unittest.TestCase):\n    def test_a(self):\n{body}"
    )
    seen, _ = run(folder)
    assert seen.text("test_part.Part.test_a").startswith("test_part.Part.test_a (n='0x…')\n")


TWINS = """\
import unittest


class T(unittest.TestCase):
    ok = True

    def test(self):
        self.assertTrue(self.ok)


first, second = T("test"), T("test")
first.ok = False
unittest.TextTestRunner().run(unittest.TestSuite([first, second]))
"""


def test_two_tests_of_one_name_are_two(folder):
    (folder / "runtests.py").write_text(TWINS)
    seen, _ = run(folder, "runtests.py")
    assert [seen.outcome(name) for name in seen.collected] == ["failed", "passed"]


MANY = """\
import unittest


class Name(str):
    looked_up = 0

    def __hash__(self):
        Name.looked_up += 1
        return super().__hash__()


class Many(unittest.TestCase):
    number = 0

    def id(self):
        return Name("m.Many.%s" % ("same" if {twins} else self.number))

    def test(self):
        pass


tests = [Many("test") for _ in range(400)]
for number, test in enumerate(tests):
    test.number = number
unittest.TextTestRunner().run(unittest.TestSuite(tests))
if Name.looked_up > 20 * len(tests):
    raise RuntimeError("looked up %d times" % Name.looked_up)
"""


@pytest.mark.parametrize("twins", [False, True])
def test_naming_a_test_takes_no_longer_the_more_there_are(folder, twins):
    (folder / "runtests.py").write_text(MANY.replace("{twins}", str(twins)))
    seen, _ = run(folder, "runtests.py")
    assert (len(set(seen.collected)), seen.count("passed"), seen.script_error) == (400, 400, "")
    assert seen.collected[-1] == ("m.Many.same#400" if twins else "m.Many.399")


def test_a_number_of_our_own_takes_no_other_tests_name(folder):
    script = MANY.replace("{twins}", "False").replace(
        '"same" if False else self.number', '["a", "a", "a#2", "a"][self.number]'
    )
    (folder / "runtests.py").write_text(script.replace("range(400)", "range(4)"))
    seen, _ = run(folder, "runtests.py")
    assert seen.collected == ["m.Many.a", "m.Many.a#2", "m.Many.a#2#2", "m.Many.a#3"]


QUIET = """\
import sys, unittest


class Quiet(unittest.TextTestResult):
    def addFailure(self, test, err):
        print("ok")

    def addSuccess(self, test):
        print("ok")


suite = unittest.defaultTestLoader.discover(".", "test_*.py")
unittest.TextTestRunner(resultclass=Quiet).run(suite)
sys.exit(0)
"""


def test_a_result_class_that_tells_its_base_nothing_is_heard_all_the_same(folder):
    (folder / "test_kinds.py").write_text(KINDS)
    (folder / "runtests.py").write_text(QUIET)
    seen, code = run(folder, "runtests.py")
    assert (seen.outcome(NAME + "a_passes"), seen.outcome(NAME + "b_fails"), code) == ("passed", "failed", 0)
    assert len(seen.outcomes[NAME + "a_passes"]) == 2, "each event once"


INNER = """\
import unittest


def inner(what, broken="pass"):
    class Inner(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            exec(broken)

        def test_it(self):
            exec(what)

    return unittest.defaultTestLoader.loadTestsFromTestCase(Inner)


class Helper(unittest.TestCase):
    def test_a_hears_a_failure(self):
        result = unittest.TestResult()
        inner("self.fail()").run(result)
        self.assertEqual(len(result.failures), 1)

    def test_b_hears_a_success_and_fails(self):
        result = unittest.TestResult()
        inner("pass").run(result)
        self.assertEqual(len(result.failures), 1)

    def test_c_hears_a_skip(self):
        inner("self.skipTest('no')").run(unittest.TestResult())

    def test_d_hears_a_class_that_breaks(self):
        result = unittest.TestResult()
        inner("pass", "raise OSError").run(result)
        self.assertEqual(len(result.errors), 1)

    def test_e_hears_a_broken_part_and_fails_in_one_itself(self):
        inner("with self.subTest(): self.fail()").run(unittest.TestResult())
        with self.subTest():
            self.fail()
"""


def test_a_test_that_runs_tests_is_told_and_those_are_not(folder):
    (folder / "test_inner.py").write_text(INNER)
    seen, _ = run(folder)
    words = {name.partition("test_inner.Helper.test_")[2][:1]: seen.outcome(name) for name in seen.outcomes}
    assert words == {"a": "passed", "b": "failed", "c": "passed", "d": "passed", "e": "failed"}
    assert (seen.reported, seen.running) == (set(seen.collected), "")
    assert len(seen.outcomes["test_inner.Helper.test_a_hears_a_failure"]) == 2


SIDE_BY_SIDE = """\
import threading, unittest

here, there = threading.Event(), threading.Event()


class Side(unittest.TestCase):
    def test_a(self):
        here.set()
        self.assertTrue(there.wait(10))

    def test_b(self):
        there.set()
        self.assertTrue(here.wait(10))
        self.fail()


class Threads(unittest.TestSuite):
    def run(self, result):
        threads = [threading.Thread(target=test.run, args=[unittest.TestResult()]) for test in self]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        return result


suite = unittest.TestSuite([Threads([Side("test_a"), Side("test_b")])])
unittest.TextTestRunner().run(suite)
"""


def test_tests_that_run_side_by_side_are_all_told(folder):
    (folder / "runtests.py").write_text(SIDE_BY_SIDE)
    seen, _ = run(folder, "runtests.py")
    assert [seen.outcome(name) for name in seen.collected] == ["passed", "failed"]


NEVER_STOPPED = """\
import unittest


class One(unittest.TestCase):
    def run(self, result):
        result.startTest(self)
        self.test()
        result.addSuccess(self)

    def test(self):
        pass


class Two(unittest.TestCase):
    def test(self):
        self.fail()


unittest.TextTestRunner().run(unittest.TestSuite([One("test"), Two("test")]))
"""


def test_a_test_that_nobody_stops_hides_no_other_of_its_result(folder):
    (folder / "runtests.py").write_text(NEVER_STOPPED)
    seen, _ = run(folder, "runtests.py")
    assert [seen.outcome(name) for name in seen.collected] == ["passed", "failed"]


DETAILS = """\
import unittest


class Words:
    def as_text(self):
        return "OSError: Network is unreachable"


class Details(unittest.TextTestResult):
    def addFailure(self, test, err=None, details=None):
        pass

    def addSkip(self, test, reason=None, details=None):
        pass


class Own(unittest.TestCase):
    def run(self, result):
        result.startTest(test=self)
        {told}
        result.stopTest(self)


class Test(Own):
    def test(self):
        pass


unittest.TextTestRunner(resultclass=Details).run(unittest.TestSuite([Test("test")]))
"""


@pytest.mark.parametrize(
    ("told", "outcome", "words"),
    [
        ("result.addFailure(self, details={'traceback': Words()})", "failed", "Network is unreachable"),
        ("result.addFailure(test=self, err=(ValueError, ValueError('no'), None))", "failed", "ValueError: no"),
        ("result.addSkip(self, reason='not here')", "skipped", "not here"),
        ("result.addSkip(self, details={'reason': Words()})", "skipped", "Network is unreachable"),
        ("result.addSuccess(test=self)", "passed", ""),
    ],
)
def test_what_a_result_is_told_by_name_and_in_details_is_heard(folder, told, outcome, words):
    """As testtools tells it, and those who took it over from there."""
    (folder / "runtests.py").write_text(DETAILS.replace("{told}", told))
    seen, code = run(folder, "runtests.py")
    assert (seen.outcome("__main__.Test.test"), seen.finished, code) == (outcome, True, 0)
    assert words in seen.outcomes["__main__.Test.test"][0].get("message", "")


HIDING = """\
import sys, unittest


class Hides:
    def addFailure(self, test, err):
        self.addSuccess(test)

    addError = addFailure


class Deaf(Hides):
    def __init_subclass__(cls):
        pass


class Result({mixin}, unittest.TextTestResult):
    pass


class Longer(Result):
    def addSuccess(self, test):
        super().addSuccess(test)


suite = unittest.defaultTestLoader.discover(".", "test_*.py")
unittest.TextTestRunner(resultclass={result}).run(suite)
sys.exit(0)
"""


@pytest.mark.parametrize("result", ["Result", "Longer"])
@pytest.mark.parametrize("mixin", ["Hides", "Deaf"])
def test_a_class_mixed_into_a_result_hides_no_failure(folder, mixin, result):
    (folder / "test_kinds.py").write_text(KINDS)
    (folder / "runtests.py").write_text(HIDING.format(mixin=mixin, result=result))
    seen, _ = run(folder, "runtests.py")
    assert [seen.outcome(NAME + word) for word in ("a_passes", "b_fails", "c_breaks")] == ["passed", "failed", "failed"]
    assert all(len(seen.outcomes[NAME + word]) == 2 for word in ("a_passes", "b_fails", "c_breaks")), "each event once"


@pytest.mark.parametrize(
    "method",
    [
        "addSuccess = staticmethod(lambda test: None)",
        "addSuccess = id",
        "addSuccess = classmethod(lambda cls, test: None)",
    ],
)
def test_a_method_of_a_result_may_be_anything_that_can_be_called(folder, method):
    (folder / "test_kinds.py").write_text(KINDS)
    script = QUIET.replace(
        "class Quiet(unittest.TextTestResult):", f"class Quiet(unittest.TextTestResult):\n    {method}"
    )
    script = script.replace('    def addSuccess(self, test):\n        print("ok")\n', "")
    (folder / "runtests.py").write_text(script)
    seen, code = run(folder, "runtests.py")
    assert (seen.outcome(NAME + "a_passes"), seen.script_error, code) == ("passed", "", 0)


@pytest.mark.parametrize(
    ("script", "finished", "error"),
    [
        ("raise RuntimeError('no database')\n", False, "no database"),
        ("import os\nos._exit(0)\n", False, ""),
        ("import sys\nsys.exit(0)\n", True, ""),
    ],
    ids=["breaks", "ends the interpreter", "runs nothing"],
)
def test_a_script_that_runs_no_test_passes_none(folder, script, finished, error):
    (folder / "runtests.py").write_text(script)
    seen, _ = run(folder, "runtests.py")
    assert (seen.begun, seen.finished, seen.collected) == (True, finished, [])
    assert error in seen.script_error


def test_a_script_that_measures_coverage_itself_does_not_switch_ours_off(folder):
    (folder / "test_kinds.py").write_text(KINDS)
    script = "import coverage\n\ncov = coverage.Coverage(branch=True)\ncov.start()\n" + QUIET
    (folder / "runtests.py").write_text(
        script.replace("sys.exit(0)", "cov.stop()\nsys.exit(0 if cov.report() > 90 else 2)")
    )
    seen, code = run(folder, "runtests.py")
    assert (len(seen.collected), seen.finished, code) == (7, True, 0)


@pytest.mark.parametrize("name", ["a_coverage_of_their_own", "a_unittest_of_their_own"])
def test_a_module_of_the_tree_does_not_take_the_place_of_ours(folder, name):
    (folder / "test_kinds.py").write_text(KINDS)
    (folder / f"{name.split('_')[1]}.py").write_text("import sys\nsys.exit(0)\n")
    seen, _ = run(folder)
    assert seen.count("failed") == 4


@pytest.mark.parametrize("script", ["run_tests.py", "run_script.py"])
@pytest.mark.parametrize("one", interpreters.listed(), ids=lambda one: one.version)
def test_the_scripts_can_be_read_by_every_interpreter_that_deliveries_may_get(script, one):
    code = "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf-8').read())"
    assert subprocess.run([one.path, "-I", "-c", code, SCRIPTS / script], check=False).returncode == 0


SUMS = 'def add(a, b):\n    """\n    >>> add(1, 2)\n    3\n    >>> add(0, 0)\n    1\n    """\n    return a + b\n'
DOCTESTS = """\
import doctest
import unittest

import sums


def load_tests(loader, tests, ignore):
    tests.addTests(doctest.DocTestSuite(sums))
    tests.addTest(unittest.FunctionTestCase(fine))
    return tests


def fine():
    pass
"""


def test_doctests_and_functions_that_load_tests_adds_are_the_deliverys(folder):
    (folder / "test_docs.py").write_text(DOCTESTS)
    (folder / "sums.py").write_text(SUMS)
    seen, _ = run(folder, "-m", "unittest", "test_docs")
    assert sorted(map(seen.outcome, seen.outcomes)) == ["failed", "passed"]
    assert sorted(path.rpartition("/")[2] for path in seen.files) == ["sums.py", "test_docs.py"]
    assert [path.rpartition("/")[2] for path in seen.homes] == ["test_docs.py"]


def test_a_script_imports_from_the_folders_that_it_is_told(folder):
    (folder / "src").mkdir()
    (folder / "src" / "sums.py").write_text(SUMS)
    (folder / "test_docs.py").write_text(DOCTESTS)
    seen, _ = run(folder, f"--import-from={folder}/src", "-m", "unittest", "discover")
    assert len(seen.collected) == 2
