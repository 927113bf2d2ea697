"""The named repairs that ship: each can be read, and the words of the real breakage ask for exactly the one that is meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support.rules_folder import make_rules

from verifier.environment.repairs import matching
from verifier.errors import CriteriaError
from verifier.rulebook.repairs import load_repairs

pytestmark = pytest.mark.self

SHIPPED = load_repairs()
BY_ID = {repair.id: repair for repair in SHIPPED}
IMPORT = "E   ImportError: cannot import name "
BUILD = (
    "  × Failed to build `thing==1.0`\n  ├─▶ The build backend returned an error\n  ╰─▶ Call to"
    " `setuptools.build_meta:__legacy__.build_wheel` failed (exit status: 1)\n\n      [stderr]\n      Traceback (most recent"
    ' call last):\n        File "<string>", line 11, in <module>\n      %s\n\n      hint: This usually indicates a problem with'
    " the package or the build environment.\n"
)
# What the packages really say, for each repair; the interpreter is the one on which it is said.
SAID = [
    ("pkg-resources", "E   ModuleNotFoundError: No module named 'pkg_resources'", "3.11.7"),
    ("distutils", "E   ModuleNotFoundError: No module named 'distutils'", "3.12.3"),
    ("distutils", "E   ModuleNotFoundError: No module named 'distutils.util'", "3.12.3"),
    ("jinja2-names", IMPORT + "'escape' from 'jinja2' (/env/venv/lib/python3.11/jinja2/__init__.py)", "3.11.7"),
    ("jinja2-names", IMPORT + "'Markup' from 'jinja2' (/env/venv/lib/python3.11/jinja2/__init__.py)", "3.11.7"),
    ("jinja2-names", IMPORT + "'contextfunction' from 'jinja2' (/env/venv/jinja2/__init__.py)", "3.11.7"),
    ("jinja2-names", IMPORT + "'environmentfilter' from 'jinja2.filters' (/env/venv/jinja2/filters.py)", "3.11.7"),
    ("markupsafe-soft-unicode", IMPORT + "'soft_unicode' from 'markupsafe' (/env/markupsafe/__init__.py)", "3.11.7"),
    ("itsdangerous-json", IMPORT + "'json' from 'itsdangerous' (/env/itsdangerous/__init__.py)", "3.11.7"),
    ("werkzeug-3", IMPORT + "'url_quote' from 'werkzeug.urls' (/env/werkzeug/urls.py)", "3.11.7"),
    ("werkzeug-3", IMPORT + "'url_decode' from 'werkzeug.urls' (/env/werkzeug/urls.py)", "3.11.7"),
    ("werkzeug-3", "E   AttributeError: module 'werkzeug' has no attribute '__version__'", "3.11.7"),
    ("werkzeug-1", IMPORT + "'cached_property' from 'werkzeug' (/env/werkzeug/__init__.py)", "3.9.18"),
    ("werkzeug-1", IMPORT + "'secure_filename' from 'werkzeug' (/env/werkzeug/__init__.py)", "3.9.18"),
    ("werkzeug-1", "E   ModuleNotFoundError: No module named 'werkzeug.contrib'", "3.9.18"),
    ("flask-context-stacks", IMPORT + "'_app_ctx_stack' from 'flask' (/env/flask/__init__.py)", "3.11.7"),
    ("flask-context-stacks", IMPORT + "'JSONEncoder' from 'flask.json' (/env/flask/json/__init__.py)", "3.11.7"),
    ("flask-context-stacks", IMPORT + "'escape' from 'flask' (/env/flask/__init__.py)", "3.11.7"),
    ("bcrypt-about", "E   AttributeError: module 'bcrypt' has no attribute '__about__'", "3.11.7"),
    ("sqlalchemy-2", IMPORT + "'eagerload' from 'sqlalchemy.orm' (/env/sqlalchemy/orm/__init__.py)", "3.9.18"),
    ("sqlalchemy-2", IMPORT + "'_ConnectionRecord' from 'sqlalchemy.pool' (/env/sqlalchemy/pool.py)", "3.9.18"),
    ("numpy-2", "E   ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96", "3.11.7"),
    ("numpy-2", "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.0 as it may crash.", "3.11.7"),
    ("numpy-aliases", "E   AttributeError: module 'numpy' has no attribute 'float'.\n`np.float` was a", "3.11.7"),
    ("numpy-aliases", "E   AttributeError: module 'numpy' has no attribute 'bool'.", "3.11.7"),
    ("numpy-aliases", "E   AttributeError: module 'numpy' has no attribute 'typeDict'", "3.11.7"),
    ("cython-3", BUILD % "AttributeError: cython_sources", "3.11.7"),
    ("cython-3", BUILD % "AttributeError: 'build_ext' object has no attribute 'cython_sources'", "3.11.7"),
    ("use-2to3", BUILD % "error in thing setup command: use_2to3 is invalid.", "3.11.7"),
    ("psycopg2-binary-2-8", BUILD % "Error: pg_config executable not found.", "3.8.18"),
    ("psycopg2-binary", BUILD % "Error: pg_config executable not found.", "3.9.18"),
    ("psycopg2-binary", BUILD % "Error: could not determine PostgreSQL version from '16.1'", "3.11.7"),
    ("psycopg2-binary-2-8", BUILD % "Error: could not determine PostgreSQL version from '16.1'", "3.6.15"),
    (
        "pydantic-2",
        "E   PydanticImportError: `BaseSettings` has been moved to the `pydantic-settings` package.",
        "3.11.7",
    ),
    ("pydantic-2", "E   pydantic.errors.PydanticImportError: `pydantic:Color` has been removed in V2.", "3.11.7"),
    ("importlib-metadata-entry-points", "E   AttributeError: 'EntryPoints' object has no attribute 'get'", "3.7.17"),
    ("protobuf-4", "E   TypeError: Descriptors cannot not be created directly.", "3.11.7"),
    ("protobuf-4", "E   TypeError: Descriptors cannot be created directly.", "3.11.7"),
    ("click-8-1", IMPORT + "'get_terminal_size' from 'click.termui' (/env/click/termui.py)", "3.11.7"),
    ("click-8-1", IMPORT + "'_unicodefun' from 'click' (/env/click/__init__.py)", "3.11.7"),
    ("click-8-1", "E   AttributeError: module 'click' has no attribute 'get_terminal_size'", "3.11.7"),
    (
        "pytest-path-argument",
        "pytest.PytestRemovedIn8Warning: The (path: py.path.local) argument is deprecated, please use (collection_path:",
        "3.11.7",
    ),
    (
        "pytest-path-argument",
        "pluggy._manager.PluginValidationError: unknown hook 'pytest_namespace' in plugin",
        "3.8.18",
    ),
    ("pytest-path-argument", "AttributeError: module '_pytest.config' has no attribute 'getvalue'", "3.8.18"),
    ("urllib3-2", IMPORT + "'DEFAULT_CIPHERS' from 'urllib3.util.ssl_' (/env/urllib3/util/ssl_.py)", "3.11.7"),
    ("urllib3-2", IMPORT + "'appengine' from 'requests.packages.urllib3.contrib' (/env/x.py)", "3.11.7"),
    ("urllib3-2", IMPORT + "'appengine' from 'urllib3.contrib' (/env/urllib3/contrib/__init__.py)", "3.11.7"),
    ("six-missing", "E   ModuleNotFoundError: No module named 'six.moves'", "3.12.3"),
]


@pytest.mark.parametrize(("meant", "said", "python"), SAID, ids=[f"{meant}-{n}" for n, (meant, *_) in enumerate(SAID)])
def test_the_words_of_a_breakage_ask_for_exactly_the_repair_that_is_meant(meant, said, python):
    assert [repair.id for repair in matching(SHIPPED, said, python, ())] == [meant]


def test_a_build_that_lacks_pkg_resources_is_given_it_for_building():
    found = matching(SHIPPED, BUILD % "ModuleNotFoundError: No module named 'pkg_resources'", "3.11.7", ())
    assert "build-pkg-resources" in [repair.id for repair in found]


def test_every_repair_has_words_of_a_real_breakage_here():
    assert set(BY_ID) == {meant for meant, *_ in SAID} | {"build-pkg-resources"}


@pytest.mark.parametrize(
    "said",
    [
        "E   ModuleNotFoundError: No module named 'requests'",
        "E   AssertionError: assert 1 == 2",
        "E   ImportError: cannot import name 'create' from 'shop.orders' (/copy/shop/orders.py)",
        "E   AttributeError: module 'shop' has no attribute '__version__'",
        "E   ImportError: cannot import name 'escape' from 'shop' (/copy/shop/__init__.py)",
        "E   AttributeError: 'NoneType' object has no attribute 'get'",
        "",
    ],
)
@pytest.mark.parametrize("python", ["3.8.18", "3.12.3"])
def test_a_failure_of_the_deliverys_own_asks_for_no_repair(said, python):
    assert matching(SHIPPED, said, python, ()) == ()


def test_ids_are_unique_and_say_something():
    assert len(BY_ID) == len(SHIPPED)
    for repair in SHIPPED:
        assert repair.why
        assert re.match(r"https://\S+", repair.source)


@pytest.mark.parametrize("repair", SHIPPED, ids=lambda repair: repair.id)
def test_every_repair_holds_what_can_be_installed(repair):
    for pattern in repair.when:
        assert re.compile(pattern).search("") is None, "it would be made always"
    SpecifierSet(repair.python)
    lines = repair.constraints + repair.packages + repair.build_constraints
    assert lines
    for line in lines:
        requirement = Requirement(line)
        assert requirement.url is None
        assert requirement.marker is None
    assert all(Requirement(line).specifier for line in repair.constraints + repair.build_constraints)


@pytest.mark.parametrize("repair", [r for r in SHIPPED if r.excludes], ids=lambda repair: repair.id)
def test_what_is_left_out_is_a_plain_name_with_something_in_its_place(repair):
    assert all(canonicalize_name(name) == name for name in repair.excludes)
    assert repair.packages


def load(folder: Path, text: str):
    (make_rules(folder) / "repairs.yml").write_text(text, encoding="utf-8")
    return load_repairs(folder)


def test_a_repair_is_read_with_all_that_it_holds(tmp_path):
    (one,) = load(
        tmp_path / "rules",
        "repairs:\n  - {id: a, when: [x, y], why: w, source: s, python: '<3.9', constraints: ['a<1'], packages: [b],"
        " build_constraints: ['c<1'], excludes: [d]}\n",
    )
    assert (one.id, one.when, one.why, one.source, one.python) == ("a", ("x", "y"), "w", "s", "<3.9")
    assert (one.constraints, one.packages, one.build_constraints, one.excludes) == (("a<1",), ("b",), ("c<1",), ("d",))


def test_a_repair_without_lists_has_empty_ones_and_holds_for_any_python(tmp_path):
    (one,) = load(tmp_path / "rules", "repairs: [{id: a, when: [x], why: w, source: s}]\n")
    assert (one.python, one.constraints, one.packages, one.build_constraints, one.excludes) == ("", (), (), (), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "repairs:\n  - id: a\n    when: [fine, '(']\n    why: w\n    source: s\n",
            r"repairs\.yml:3:\d+.*regular expression",
        ),
        ("repairs:\n  - {id: a, when: [x], why: w, source: s, wen: [y]}\n", r"repairs\.yml:2:\d+.*wen"),
        ("repairs:\n  - {id: a, when: [], why: w, source: s}\n", r"repairs\.yml:2:\d+"),
        ("repairs:\n  - {id: A B, when: [x], why: w, source: s}\n", r"repairs\.yml:2:\d+"),
    ],
    ids=["no regular expression", "an unknown key", "never", "an id of two words"],
)
def test_a_table_that_cannot_be_read_is_told_with_its_place(tmp_path, text, words):
    with pytest.raises(CriteriaError) as error:
        load(tmp_path / "rules", text)
    assert re.search(words, str(error.value), re.DOTALL), error.value
