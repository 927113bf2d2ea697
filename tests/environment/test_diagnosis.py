"""Why an environment could not be built: whose it is to mend, and the line that names the package."""

from __future__ import annotations

import pytest

from verifier.environment.diagnosis import MOST_WORDS, diagnose, key_line, no_interpreter, place
from verifier.environment.interpreter import Asked, Choice
from verifier.model import Cause, Whose

pytestmark = pytest.mark.self

UNSOLVED = "  × No solution found when resolving dependencies:\n  ╰─▶ Because "
UNSATISFIABLE = ", we can\n      conclude that your requirements are unsatisfiable.\n"
BACK_END = "  ├─▶ The build backend returned an error\n  ╰─▶ Call to `setuptools.build_meta` failed (exit status: 1)\n"
MANIFESTS = {
    "requirements.txt": "# numpy is big\nFoo_Bar==99 # gone\nnumpy>=2.1\nold==1.0\nthing @ git+https://git.example.org/a\n",
    "dev/requirements.txt": "\npsycopg2==2.9.1\nlxml\nsqlalchemy[asyncio]==9\n",
}


def told(says, manifests=MANIFESTS, failed=("the project",), **more):
    return diagnose([{"ok": False, "says": says, **more}], failed, manifests)


@pytest.mark.parametrize(
    ("says", "words", "whose", "at"),
    [
        (
            UNSOLVED + "there is no version of foo-bar==99 and you require foo-bar==99" + UNSATISFIABLE,
            "foo-bar==99 does not exist on the package index.",
            Whose.SUPPLIER,
            ("requirements.txt", 2),
        ),
        (
            UNSOLVED + "there are no versions of sqlalchemy[asyncio] and you require it" + UNSATISFIABLE,
            "sqlalchemy[asyncio] does not exist on the package index.",
            Whose.SUPPLIER,
            ("dev/requirements.txt", 4),
        ),
        (
            UNSOLVED + "foo-bar was not found in the package registry and you require foo-bar" + UNSATISFIABLE,
            "foo-bar is not on the package index.",
            Whose.SUPPLIER,
            ("requirements.txt", 2),
        ),
        (
            UNSOLVED
            + "the requested Python version (>=3.8) does not satisfy Python>=3.10 and numpy==2.1.0 depends on\n"
            + "      Python>=3.10, we can conclude that numpy==2.1.0 cannot be used.",
            "numpy asks for Python >=3.10, which is not the one that fits the rest.",
            Whose.SUPPLIER,
            ("requirements.txt", 3),
        ),
        (
            "  × Failed to build `psycopg2==2.9.1`\n" + BACK_END + "      Error: pg_config executable not found.\n",
            "psycopg2 has to be built and this machine lacks what it is built with",
            Whose.OPERATOR,
            ("dev/requirements.txt", 2),
        ),
        (
            "  × Failed to build `lxml==4.0`\n" + BACK_END + "   error: command '/usr/bin/gcc' failed: No such file\n",
            "lxml has to be built and this machine lacks what it is built with",
            Whose.OPERATOR,
            ("dev/requirements.txt", 3),
        ),
        (
            "fatal error: libxml/parser.h: No such file or directory",
            "a package has to be built and this machine lacks what it is built with",
            Whose.OPERATOR,
            (None, None),
        ),
        (
            "  × Failed to build `old==1.0`\n" + BACK_END + "      SyntaxError: Missing parentheses\n",
            "old could not be built (Failed to build `old==1.0`",
            Whose.SUPPLIER,
            ("requirements.txt", 4),
        ),
        (
            "error: Failed to build: `old @ file:///copy`",
            "old could not be built",
            Whose.SUPPLIER,
            ("requirements.txt", 4),
        ),
        (
            "error: Git operation failed\n  Caused by: failed to fetch `git+https://git.example.org/a`",
            "git+https://git.example.org/a is outside the package index",
            Whose.SUPPLIER,
            ("requirements.txt", 5),
        ),
        (
            "error: failed to fetch ssh://git@git.example.org/b.git",
            "ssh://git@git.example.org/b.git is outside the package index",
            Whose.SUPPLIER,
            (None, None),
        ),
        (
            UNSOLVED + "you require numpy>=2 and you require numpy<1" + UNSATISFIABLE,
            "what the project asks for does not fit together (No solution found",
            Whose.SUPPLIER,
            ("requirements.txt", 3),
        ),
        (
            UNSOLVED + "only foo<=2.0 is available and you require foo>=3" + UNSATISFIABLE,
            "what the project asks for does not fit together",
            Whose.SUPPLIER,
            (None, None),
        ),
    ],
)
def test_each_kind_of_failure_says_whose_it_is_and_where(says, words, whose, at):
    trouble = told(says)
    assert trouble.message.startswith(f"The environment could not be built: {words}")
    assert trouble.message.endswith(".")
    assert not trouble.message.endswith("..")
    assert ".)." not in trouble.message
    assert (trouble.whose, (trouble.path, trouble.line), trouble.cause) == (whose, at, Cause.ENVIRONMENT)
    assert trouble.mend
    assert "{" not in trouble.message + trouble.mend


def test_a_headers_absence_is_the_machines_even_where_the_build_is_what_failed():
    says = "  × Failed to build `lxml==4.0`\n" + BACK_END + "src/etree.c:1: fatal error: libxml/xpath.h: No such file\n"
    assert told(says).whose is Whose.OPERATOR


@pytest.mark.parametrize(
    "says",
    [
        "error: Failed to fetch: `http://127.0.0.1:8099/simple/six/`\n  Caused by: HTTP status server error (502)",
        "error: Request failed after 3 retries\n  Caused by: error sending request for url (http://localhost:8099/six)",
    ],
)
def test_an_index_that_does_not_answer_is_never_the_suppliers(says):
    trouble = told(says)
    assert trouble.whose is Whose.OPERATOR
    assert "Caused by" in trouble.message or "failed" in trouble.message


def test_what_is_not_known_is_told_in_uvs_own_words():
    trouble = told("Using Python 3.11\nerror: the disk is full\nhint: buy another")
    assert trouble.message == "The environment could not be built: error: the disk is full"
    assert (trouble.whose, trouble.path) == (Whose.OPERATOR, None)


def test_without_any_word_it_says_what_is_missing():
    assert diagnose([], ["pytest and coverage", "x"], {}).message.endswith("it lacks pytest and coverage, x.")


def test_only_failed_steps_are_read():
    steps = [
        {"ok": True, "says": "foo was not found in the package registry"},
        {"ok": False, "says": "error: the disk is full"},
    ]
    assert "disk" in diagnose(steps, ["x"], {}).message


def test_a_package_that_nobody_names_is_put_nowhere():
    trouble = told("fatal error: x.h: none", {"pyproject.toml": 'description = "a package for all"\n'})
    assert (trouble.path, trouble.line) == (None, None)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("foo-bar", 1),
        ("Foo.Bar", 1),
        ("foo_bar[extra]", 1),
        ("foo", 3),
        ("bar", None),
        ("baz", 5),
    ],
)
def test_the_line_is_found_however_dashes_are_written_and_not_inside_other_names(name, line):
    text = "FOO__bar>=1\nfoo-bar-more\n  foo[x]>=2\n# baz\nbaz\n"
    assert place(name, {"r.txt": text})[1] == line


def test_the_first_manifest_by_name_counts():
    assert place("six", {"b.txt": "six", "a.txt": "\nsix"}) == ("a.txt", 2)
    assert place("six", {}) == (None, None)


def test_an_interpreter_that_is_not_there_is_the_machines_to_mend_and_says_where_it_is_asked_for():
    asked = Asked(text="<3", path="setup.py", line=7)
    trouble = no_interpreter(
        Choice(candidates=(), refused="setup.py:7 asks for Python <3; this machine has 3.11.7.", at=asked)
    )
    assert trouble.message == "No interpreter fits: setup.py:7 asks for Python <3; this machine has 3.11.7."
    assert (trouble.cause, trouble.whose, trouble.path, trouble.line) == (
        Cause.INTERPRETER,
        Whose.OPERATOR,
        "setup.py",
        7,
    )
    assert no_interpreter(Choice(candidates=(), refused="r")).path is None


def test_the_key_line_of_an_answer_without_any_is_its_first():
    assert key_line("hello\nworld") == "hello world"
    assert key_line("") == ""


def test_the_key_line_leaves_out_hints_and_is_bounded():
    assert key_line("hint: it failed\nUsing Python 3\n  × Failed to x") == "Failed to x"
    assert len(key_line("error: " + "x" * 999)) == MOST_WORDS
    assert key_line("a failed\nb failed\nc failed\nd failed") == "a failed b failed c failed"
