"""Files with tests that nothing in the project runs: which they are, and what their own run says of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.ran import run

from verifier.model import Cause, Checkout, Delivery, File, Role
from verifier.testing.events import Run, read
from verifier.testing.leftover import aside, findings, judged, left_over, trouble

pytestmark = pytest.mark.self


def file(path, tests=("t",), role=Role.TESTS, *, parsed=True, borrows=()):
    return File(
        path=path,
        mode="100644",
        size=1,
        sha256="d" * 64,
        language="python",
        source=True,
        role=role,
        parsed=parsed,
        tests=tests,
        borrows=borrows,
    )


def checkout(*files):
    delivery = Delivery(url=".", commit="a" * 40, tree="b" * 40, manifest="c" * 64)
    return Checkout(delivery=delivery, root=Path("tree"), files=files)


def paths(files):
    return [one.path for one in files]


def test_a_file_of_which_a_run_took_up_a_test_is_not_left_over():
    tree = checkout(file("a/test_x.py"), file("a/test_y.py"), file("a/test_z.py"))
    runs = [run({"a/test_x.py::t": "passed"}), run(broken={"a/test_y.py": "E"})]
    assert paths(left_over(tree, runs)) == ["a/test_z.py"]


def test_files_without_tests_of_another_role_or_that_do_not_parse_are_no_tests():
    others = [file("a/test_n.py", ()), file("docs/test_d.py", role=Role.DOCS), file("a/test_p.py", parsed=False)]
    left = left_over(checkout(*others), [])
    assert [(one.path, one.trouble) for one in judged(left, run(), [])] == [("a/test_p.py", "it is not valid Python")]
    assert paths(left_over(checkout(file("shop/test_s.py", role=Role.SOURCE)), [])) == ["shop/test_s.py"]


@pytest.mark.parametrize("folder", ["app/resources/tests", "data", "templates", "app/examples"])
def test_a_package_that_is_only_called_as_data_is_run(folder):
    assert paths(left_over(checkout(file(f"{folder}/test_x.py")), [])) == [f"{folder}/test_x.py"]


@pytest.mark.parametrize(
    "folder",
    [
        "tests/fixtures",
        "tests/a/Data",
        "test_data/x",
        "tests/samples",
        "vendor/lib",
        "a/{{ name }}/tests",
        "examples/rates/tests",
    ],
)
def test_what_lies_among_data_is_named_and_not_run(folder):
    tree = checkout(file(f"{folder}/test_x.py"))
    assert left_over(tree, []) == []
    assert paths(aside(tree, [])) == [f"{folder}/test_x.py"]
    (finding,) = findings([], aside(tree, []))
    assert (finding.rule, finding.path, finding.severity) == ("tests:left-out", f"{folder}/test_x.py", "note")


def test_files_whose_tests_pass_by_themselves_are_named_and_no_trouble():
    left = judged([file("test_x.py", ("a", "b"))], run({"test_x.py::a": "passed", "test_x.py::b": "skipped"}), [])
    assert trouble(left) is None
    assert [one.message for one in findings(left, [])] == [
        "2 tests here that nothing in the project runs; run by themselves: they pass"
    ]


@pytest.mark.parametrize(
    ("ran", "why"),
    [
        (run({"test_x.py::a": "passed", "test_x.py::b": "failed"}), "1 of 2 fail, the first is b"),
        (run({"test_x.py::a": "error"}), "1 of 1 fail, the first is a"),
        (run(broken={"test_x.py": "Traceback\nImportError: shop"}), "it cannot be collected: ImportError: shop"),
        (run({"test_y.py::a": "passed"}), "no test of it is collected"),
        (run({"test_x.py::a": "passed"}, missing=["test_x.py::b"], finished=False), "its run did not come to its end"),
        (run(missing=["test_x.py::b"]), "its run did not come to its end"),
        (Run(begun=True), "pytest, as the project has it installed, could not collect them"),
    ],
)
def test_a_file_that_does_not_pass_by_itself_is_a_trouble_that_names_it(ran, why):
    left = judged([file("test_x.py")], ran, [])
    assert [one.trouble for one in left] == [why]
    found = trouble(left)
    assert (found.cause, found.path) == (Cause.DELIVERY, "test_x.py")
    assert found.message == (
        f"1 file with tests that nothing in the project runs do not pass by themselves; the first is test_x.py: {why}."
    )


def test_a_test_that_a_run_leaves_out_of_a_file_is_left_over_and_only_it_counts():
    """`python_functions`, or a runner of unittest beside a bare function."""
    tree = checkout(file("shop/tests.py", ("Prices.test_ok", "test_total")))
    for known in ("shop/tests.py::Prices::test_ok", "shop.tests.Prices.test_ok"):
        before = run({known: "passed"})
        before.files = {"shop/tests.py": {known}}
        files = left_over(tree, [before])
        assert paths(files) == ["shop/tests.py"]
        both = {"shop/tests.py::Prices::test_ok": "failed", "shop/tests.py::test_total": "failed"}
        (one,) = judged(files, run(both), [before])
        assert one.trouble == "1 of 1 fail, the first is test_total"
        (one,) = judged(files, run(broken={"shop/tests.py": "ImproperlyConfigured"}), [before])
        assert one.trouble == ""


def test_cases_of_one_function_are_one_test():
    tree = checkout(file("test_x.py"))
    assert left_over(tree, [run({"test_x.py::t[a/b::c]": "passed", "test_x.py::t[2]": "passed"})]) == []


def collected(*found):
    """A run that collected these: (id, where it is written, if that is another file)."""
    events = [{"event": "collected", "id": name, **({"written": home} if home else {})} for name, home in found]
    return read("".join(json.dumps(event) + "\n" for event in events).encode())


BASE = file("a/test_base.py", ("Base.test_x",))
DERIVED = ("a/test_shop.py::Shop::test_x", "a/test_base.py::Base.test_x")


def test_a_test_of_an_abstract_class_is_taken_up_where_a_class_of_another_file_is_derived_of_it():
    assert left_over(checkout(BASE), [collected(DERIVED)]) == []
    assert left_over(checkout(BASE), [collected(("a.test_shop.Shop.test_x", DERIVED[1]))]) == []
    assert left_over(checkout(BASE), [collected((DERIVED[0], None))]) == [BASE]


def test_beside_an_abstract_class_another_test_may_be_left_over():
    both = file("a/test_base.py", ("Base.test_x", "Other.test_bad"))
    own = ("a.test_base.Base.test_x", None)
    mixed = ("a/test_shop.py::Shop::test_m", "a/test_base.py::Mixin.test_m")  # not of those that the syntax counts
    for ran in ([DERIVED], [DERIVED, own], [own, mixed]):
        assert left_over(checkout(both), [collected(*ran)]) == [both]
    rest = run({"a/test_base.py::Base::test_x": "failed", "a/test_base.py::Other::test_bad": "failed"})
    (one,) = judged([both], rest, [collected(DERIVED)])
    assert one.trouble == "1 of 1 fail, the first is Other::test_bad"


def test_inherited_tests_do_not_stand_for_those_of_the_file_itself():
    shop = file("a/test_shop.py", ("test_bad",))
    assert left_over(checkout(shop), [collected(DERIVED)]) == [shop]


def test_an_abstract_class_that_only_left_over_files_derive_of_is_no_trouble():
    rest = run({DERIVED[0]: "passed"})
    rest.lent = {"a/test_base.py": {"Base.test_x"}}
    files = [BASE, file("a/test_shop.py")]
    assert trouble(judged(files, rest, [])) is None


ALL = file("hidden/test_all.py", (), borrows=("cases.py",))
IMPORTED = ("hidden/test_all.py::Checks::test_x", "cases.py::Checks.test_x")


def borrowed(outcome):
    rest = run({IMPORTED[0]: outcome})
    rest.inherited = dict([IMPORTED])
    return rest


def test_a_file_that_may_have_its_tests_from_another_is_left_over_until_one_is_taken_up():
    assert left_over(checkout(ALL), [run({"test_a.py::t": "passed"})]) == [ALL]
    assert left_over(checkout(ALL), [collected(IMPORTED)]) == []
    assert aside(checkout(file("tests/data/test_all.py", (), borrows=("cases.py",))), []) == []


def test_what_comes_into_a_file_is_judged_as_its_own():
    (one,) = judged([ALL], borrowed("failed"), [])
    assert (one.tests, one.trouble) == (1, "1 of 1 fail, the first is Checks::test_x")
    (one,) = judged([ALL], borrowed("passed"), [])
    assert (one.tests, one.trouble) == (1, "")


def test_what_comes_into_a_file_and_was_run_where_it_is_written_is_not_left_over():
    """unittest names a test by the file that its class is written in."""
    known = run({"cases.Checks.test_x": "passed"})
    known.files = {"cases.py": {"cases.Checks.test_x"}}
    assert judged([ALL], borrowed("failed"), [known]) == []
    other = borrowed("failed")
    other.inherited = {IMPORTED[0]: "cases.py::Base.test_x"}  # a class of its own, derived of one that was run
    known.files = {"cases.py": {"cases.Base.test_x"}}
    (one,) = judged([ALL], other, [known])
    assert one.trouble == "1 of 1 fail, the first is Checks::test_x"


def test_a_file_into_which_no_test_comes_is_no_trouble():
    assert judged([ALL], run(), []) == []


def test_a_file_that_may_have_tests_from_another_and_cannot_be_collected_is_a_trouble_unless_they_were_run():
    broken = run(broken={"hidden/test_all.py": "E"})
    (one,) = judged([ALL], broken, [])
    assert one.trouble == "it cannot be collected: E"
    known = collected(("a/test_a.py::Checks::test_x", "cases.py::Checks.test_x"))
    assert judged([ALL], broken, [known]) == []
    own = file("hidden/test_all.py", borrows=("cases.py",))
    assert [one.trouble for one in judged([own], broken, [known])] == ["it cannot be collected: E"]
