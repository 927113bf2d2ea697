"""The tests that a file defines by its syntax."""

from __future__ import annotations

import ast

import pytest

from verifier.inside.look.testing import defined, offers

pytestmark = pytest.mark.self


@pytest.mark.parametrize(
    ("source", "tests"),
    [
        ("def test_a(): ...\nasync def test_b(): ...\ndef helper(): ...", 2),
        ("class TestA:\n    def test_a(self): ...\n    def help(self): ...", 1),
        ("class A(unittest.TestCase):\n    def test_a(self): ...\n    def testB(self): ...", 2),
        ("class A(DjangoTestCase):\n    def test_a(self): ...", 1),
        ("if True:\n    def test_a(): ...\ntry:\n    class TestA:\n        def test_b(self): ...\nexcept E: ...", 2),
        ("@pytest.fixture\ndef test_data(): ...\n@fixture()\ndef test_more(): ...", 0),
        ("class Mixin:\n    def test_a(self): ...\nclass B(Mixin): ...", 0),
        ("class Case(Case):\n    def test_a(self): ...\nclass Old(object):\n    def test_a(self): ...", 1),
        ("if 1:\n    def test_a(): ...\nelse:\n    def test_a(): ...", 1),
        ("def outer():\n    def test_a(): ...", 0),
        ("", 0),
    ],
)
def test_what_pytest_and_unittest_take_for_tests(source, tests):
    assert len(defined("shop/test_shop.py", ast.parse(source))) == tests


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("test_a.py", 1),
        ("a/b_test.py", 1),
        ("a/tests.py", 0),
        ("a/testing_it.py", 0),
        ("tests/utils.py", 0),
        ("conftest.py", 0),
        ("test_a.pyi", 0),
        ("contest.py", 0),
    ],
)
def test_only_in_files_that_are_named_for_tests(path, tests):
    assert defined(path, ast.parse("def test_a(): ...")) == ["test_a"] * tests


@pytest.mark.parametrize("path", ["a/tests.py", "a/testing.py", "a/b_tests.py", "test.py"])
def test_classes_alone_in_names_that_pytest_does_not_collect(path):
    source = "def test_connection(host): ...\nclass A(Case):\n    def test_a(self): ..."
    assert defined(path, ast.parse(source)) == ["A.test_a"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("class Checks(TestCase):\n    def test_x(self): ...", True),
        ("class Mixin:\n    def test_x(self): ...", True),
        ("def test_x(): ...", True),
        ("class Base(TestCase):\n    def setUp(self): ...", False),
        ("def price(): ...", False),
        ("", False),
    ],
)
def test_a_file_of_any_name_may_offer_tests_to_one_that_imports_it(source, expected):
    assert offers(ast.parse(source)) is expected
