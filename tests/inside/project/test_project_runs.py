"""The ways in which a delivery's tests may be run, and what never comes along."""

from __future__ import annotations

import pytest
from support.delivered import NAMED, reader

from verifier.inside.project import imported, projects, runs

pytestmark = pytest.mark.self

CONFIGURED = {"pytest.ini": "[pytest]\naddopts = -m fast\nmarkers = fast\nrequired_plugins = x\n"}


def suites(tmp_path, files):
    tree = reader(tmp_path, files)
    found, _, files = runs(tree, projects(tree))
    files.pop("pytest-rest.ini")
    return found, files


def rest(tmp_path, files):
    """The run of what is left over, and its configuration."""
    tree = reader(tmp_path, files)
    _, found, inis = runs(tree, projects(tree))
    return found, inis[found["ini"]]


def ways(tmp_path, files):
    (found,), _ = suites(tmp_path, files)
    return found


def script(tmp_path, line, **files):
    (first, *_) = ways(tmp_path, {"Makefile": f"test:\n\t{line}\n", "requirements.txt": ""} | files)
    return first


def test_a_tree_that_says_nothing_is_tried_as_pytest_and_unittest_would(tmp_path):
    found, files = suites(tmp_path, {"test_a.py": ""})
    (suite,) = found
    assert [(way["runner"], way["why"]) for way in suite] == [
        ("pytest", "pytest's own rules"),
        ("pytest", "files named as unittest and Django name them"),
        ("script", "unittest's own discovery"),
    ]
    assert suite[2]["argv"] == ["-m", "unittest", "discover"]
    assert files == {
        "pytest-0.ini": "[pytest]\n",
        "pytest-1.ini": "[pytest]\npython_files = test*.py *_test.py tests.py\n",
    }


def test_a_configuration_of_pytest_comes_first_without_what_chooses(tmp_path):
    ((first, *_),), files = suites(tmp_path, CONFIGURED)
    assert (first["why"], first["where"]) == ("pytest is configured in pytest.ini", "pytest.ini")
    assert (first["left_out"], first["dropped"]) == (["-m", "fast"], ["required_plugins"])
    assert files[first["ini"]] == "[pytest]\nmarkers = fast\n"


def test_a_documented_pytest_says_where_and_with_which_variables(tmp_path):
    (first, *_) = ways(
        tmp_path, {"Makefile": "test:\n\tDEBUG=1 PATH=x PYTEST_ADDOPTS=--co pytest -k one --ignore=two\n"}
    )
    assert first["why"] == "Makefile:2 runs pytest"
    assert (first["env"], first["env_where"]) == ({"DEBUG": "1"}, {"DEBUG": "Makefile:2"})


@pytest.mark.parametrize(
    "option", ["-k one", "-m fast", "--ignore=tests", "--deselect x", "-p no:x", "--co", "@x", "-c x.ini"]
)
def test_no_option_of_a_documented_command_reaches_ours(tmp_path, option):
    found, files = suites(tmp_path, {"Makefile": f"test:\n\tpytest {option}\n"})
    assert all(option.split("=")[0] not in text for text in files.values())
    assert all(option not in way.get("argv", []) for way in found[0])


def test_the_command_with_most_variables_gives_them(tmp_path):
    files = {"Makefile": "test:\n\tpytest\n", ".travis.yml": "env: A=1 B=2\nscript: make test\n"}
    (first, *_) = ways(tmp_path, files)
    assert (first["why"], first["env"]) == ("Makefile:2 runs pytest", {"A": "1", "B": "2"})


def test_nose_is_run_as_pytest(tmp_path):
    (first, *_) = ways(tmp_path, {"Makefile": "test:\n\tnosetests --exclude=x\n"})
    assert (first["runner"], first["why"]) == ("pytest", "Makefile:2 runs pytest")


@pytest.mark.parametrize(
    ("line", "argv", "left_out"),
    [
        ("python manage.py test", ["manage.py", "test"], []),
        ("python manage.py test --settings=a.b app1 app2", ["manage.py", "test", "--settings=a.b"], ["app1", "app2"]),
        (
            "python manage.py test --settings a.b --tag fast",
            ["manage.py", "test", "--settings", "a.b"],
            ["--tag", "fast"],
        ),
        ("python manage.py test -t . --pythonpath=src", ["manage.py", "test", "-t", ".", "--pythonpath=src"], []),
        ("python manage.py test -k x --exclude-tag=y", ["manage.py", "test"], ["-k", "x", "--exclude-tag=y"]),
        (
            "python manage.py test --testrunner=a.B --parallel",
            ["manage.py", "test", "--testrunner=a.B"],
            ["--parallel"],
        ),
        ("python manage.py test --settings=$X", ["manage.py", "test"], ["--settings=$X"]),
        ("python web/manage.py test --noinput", ["web/manage.py", "test"], ["--noinput"]),
        ("django-admin test --settings=a", ["-m", "django", "test", "--settings=a"], []),
        ("python -m unittest", ["-m", "unittest", "discover"], []),
        ("python -m unittest tests.test_a", ["-m", "unittest", "discover"], ["tests.test_a"]),
        ("python -m unittest discover -s tests -v", ["-m", "unittest", "discover", "-s", "tests"], ["-v"]),
        ("python -m unittest discover tests", ["-m", "unittest", "discover", "-s", "tests"], []),
        (
            "python -m unittest discover -k one -p '*_t.py'",
            ["-m", "unittest", "discover", "-p", "*_t.py"],
            ["-k", "one"],
        ),
        ("python -m unittest -v discover", ["-m", "unittest", "discover"], ["-v"]),
        ("python runtests.py --only one", ["runtests.py"], ["--only", "one"]),
        ("python tests/run_tests.py", ["tests/run_tests.py"], []),
    ],
)
def test_a_documented_runner_is_run_without_what_chooses_among_the_tests(tmp_path, line, argv, left_out):
    found = script(tmp_path, line)
    assert (found["runner"], found["argv"], found["left_out"]) == ("script", argv, left_out)
    assert (found["where"], found["why"]) == ("Makefile:2", "Makefile:2 runs " + " ".join(argv))


def test_a_documented_runner_keeps_its_folder_and_variables(tmp_path):
    files = {"web/manage.py": ""}
    found = script(tmp_path, "cd web && DEBUG=1 PYTHONPATH=x python manage.py test", **files)
    assert (found["folder"], found["env"]) == ("web", {"DEBUG": "1"})
    assert found["env_where"] == {"DEBUG": "Makefile:2"}


def test_where_pytest_is_configured_it_comes_before_a_documented_script(tmp_path):
    makefile = {"Makefile": "test:\n\tpython manage.py test\n"}
    assert [way["runner"] for way in ways(tmp_path / "a", makefile)][:2] == ["script", "pytest"]
    assert [way["runner"] for way in ways(tmp_path / "b", makefile | CONFIGURED)][:2] == ["pytest", "script"]


@pytest.mark.parametrize("name", [".env.example", ".env.test", ".env.sample", "env.example", ".env.dist"])
def test_an_example_of_the_environment_is_tried(tmp_path, name):
    text = "# ours\nA=1\n  export B='two'\nC=$D\nPATH=/x\nPYTEST_ADDOPTS=--co\nnot a variable\nKNOWN=example\n"
    found = ways(tmp_path, {name: text, "Makefile": "test:\n\tKNOWN=told pytest\n"})
    (tried,) = [way for way in found if way["why"] == f"with the values of {name}"]
    assert tried["env"] == {"A": "1", "B": "two", "KNOWN": "told"}
    assert tried["env_where"] == {"A": name, "B": name, "KNOWN": "Makefile:2"}


def test_an_example_that_adds_nothing_is_not_tried(tmp_path):
    assert len(ways(tmp_path, {".env.example": "PATH=/x\n# nothing\n"})) == len(ways(tmp_path / "b", {"a.py": ""}))


def test_paths_that_a_command_names_are_tried_after_pytests_own_rules(tmp_path):
    files = {"Makefile": "test:\n\tpytest checks gone --cov x\n", "checks/check_a.py": "", "tests/test_a.py": ""}
    found, texts = suites(tmp_path, files)
    (tried,) = [way for way in found[0] if way["why"] == "the paths that Makefile:2 names"]
    assert tried["paths"] == ["checks"]
    assert texts[tried["ini"]] == "[pytest]\ntestpaths = \n    checks\n"


@pytest.mark.parametrize("key", ["testpaths = checks", "python_files = check_*.py"])
def test_what_is_configured_is_not_tried_otherwise(tmp_path, key):
    files = {"Makefile": "test:\n\tpytest checks\n", "checks/check_a.py": "", "pytest.ini": f"[pytest]\n{key}\n"}
    reasons = [way["why"] for way in ways(tmp_path, files)]
    assert ("the paths that Makefile:2 names" in reasons) is ("testpaths" not in key)
    assert ("files named as unittest and Django name them" in reasons) is ("python_files" not in key)


@pytest.mark.parametrize(("path", "folder"), [("manage.py", "."), ("web/manage.py", "web")])
def test_a_manage_py_that_nobody_mentions_is_tried(tmp_path, path, folder):
    (tried,) = [way for way in ways(tmp_path, {path: ""}) if way.get("argv") == ["manage.py", "test"]]
    assert (tried["folder"], tried["why"]) == (folder, f"a manage.py lies in {folder}")


def test_a_manage_py_deep_below_is_not(tmp_path):
    assert not [way for way in ways(tmp_path, {"a/b/manage.py": ""}) if "manage.py" in way.get("argv", [])]


def test_no_way_is_tried_twice_and_six_at_most(tmp_path):
    lines = "".join(f"\tpython manage.py test --settings=a.s{number}\n" * 2 for number in range(9))
    found = ways(tmp_path, {"Makefile": "test:\n" + lines})
    assert [way["argv"][-1] for way in found] == [f"--settings=a.s{number}" for number in range(6)]


def test_each_project_has_its_own_ways_and_our_files_their_own_names(tmp_path):
    files = {
        "api/pyproject.toml": NAMED + "[tool.pytest.ini_options]\nmarkers = 'api'\n",
        "api/a.py": "",
        "packages/x/setup.py": "",
        "packages/x/tox.ini": "[testenv]\ncommands = pytest\n",
    }
    (api, x), texts = suites(tmp_path, files)
    assert ({way["folder"] for way in api}, {way["folder"] for way in x}) == ({"api"}, {"packages/x"})
    assert x[0]["why"] == "packages/x/tox.ini:2 runs pytest"
    named = [way["ini"] for way in api + x if "ini" in way]
    assert sorted(named) == sorted(texts)
    assert texts[api[0]["ini"]] == "[pytest]\nmarkers = api\n"


def runners(suite):
    return [(way["runner"], way["folder"]) for way in suite]


def test_a_manage_py_comes_first_where_nothing_speaks_of_pytest(tmp_path):
    files = {"requirements.txt": "django", "manage.py": "", "shop/tests.py": ""}
    assert runners(ways(tmp_path / "a", files))[:2] == [("script", "."), ("pytest", ".")]
    assert runners(ways(tmp_path / "b", files | {"pytest.ini": "[pytest]\n"}))[0] == ("pytest", ".")
    assert runners(ways(tmp_path / "c", files | {"Makefile": "test:\n\tpytest\n"}))[0] == ("pytest", ".")


def test_tests_beside_the_projects_are_run_from_the_root_without_the_projects_own(tmp_path):
    files = {
        "app/requirements.txt": "",
        "app/a.py": "",
        "tests/test_a.py": "",
        "Makefile": "test:\n\tpython -m pytest tests\n",
    }
    found, ini = suites(tmp_path, files)
    assert [runners(suite)[0] for suite in found] == [("pytest", "app"), ("pytest", ".")]
    assert "--ignore=/copy/app" in ini[found[1][0]["ini"]]
    assert found[1][0]["why"] == "Makefile:2 runs pytest"


@pytest.mark.parametrize("beside", ["docs/test_a.py", "tools/test_a.py", "tests/helper.py", "app/tests/test_b.py"])
def test_what_is_no_test_of_the_root_makes_no_run_of_its_own(tmp_path, beside):
    found, _ = suites(tmp_path, {"app/requirements.txt": "", "app/a.py": "", beside: ""})
    assert [runners(suite)[0] for suite in found] == [("pytest", "app")]


def test_a_command_that_changes_its_folder_imports_from_there(tmp_path):
    files = {"requirements.txt": "", "backend/a.py": "", "Makefile": "test:\n\tcd backend && python -m pytest\n"}
    _, ini = suites(tmp_path, files)
    assert "pythonpath = /copy/backend" in ini["pytest-0.ini"]


def test_two_test_files_of_one_name_may_be_imported_each_for_itself(tmp_path):
    (found,), ini = suites(tmp_path, {"requirements.txt": "", "a/test_x.py": "", "b/test_x.py": ""})
    (way,) = [way for way in found if way.get("whole")]
    assert "--import-mode=importlib" in ini[way["ini"]]


def test_paths_outside_the_delivery_are_no_tests_of_it(tmp_path):
    settings = "[pytest]\ntestpaths = tests ../env/venv/lib/x /copy2 .\npythonpath = /env\nenv =\n    D:PYTHONPATH=x\n    A=b\n"
    (found,), ini = suites(tmp_path, {"requirements.txt": "", "pytest.ini": settings})
    assert "/env" not in ini["pytest-0.ini"]
    assert "    A=b" in ini["pytest-0.ini"]
    assert found[0]["dropped"] == [
        *("pythonpath /env, outside the delivery", "testpaths /env/venv/lib/x, outside the delivery"),
        *("testpaths /copy2, outside the delivery", "env PYTHONPATH"),
    ]


def test_what_is_left_over_is_run_with_nothing_that_chooses_tests(tmp_path):
    settings = "[pytest]\ntestpaths = good\nnorecursedirs = bad\npython_files = ok_*.py\nfilterwarnings = error\naddopts = -k a\n"
    found, ini = rest(tmp_path, {"app/requirements.txt": "", "app/a.py": "", "app/pytest.ini": settings})
    assert (found["runner"], found["folder"]) == ("pytest", ".")
    assert ini == "[pytest]\npython_files = *.py\nfilterwarnings = error\npythonpath = /copy/app\n"


BY_NAME = {"requirements.txt": "", "tests/calc.py": "", "tests/prices.py": "", "tests/test_a.py": ""}


def beside(tmp_path, files):
    """The runs beside the ways of the first folder, each of one way: (argv, why)."""
    (_, *more), _ = suites(tmp_path, BY_NAME | files)
    return [(way["folder"], way["argv"][2:], way["why"]) for (way,) in more]


def test_modules_that_are_not_named_for_tests_are_run_as_unittest_is_told_to(tmp_path):
    makefile = (
        "test:\n\tpython -m unittest tests.calc tests.test_a\n\tpython -m unittest -v tests/prices.py tests.gone\n"
    )
    assert beside(tmp_path, {"Makefile": makefile}) == [
        (".", ["tests.calc", "tests.prices"], "Makefile:2 runs -m unittest tests.calc tests.prices")
    ]
    (first, *_), *_ = suites(tmp_path, {})[0]
    assert (first["argv"], first["left_out"]) == (["-m", "unittest", "discover"], ["tests.test_a"])


@pytest.mark.parametrize(
    "one", ["tests.calc", "tests/calc.py", "./tests/calc.py", "tests.calc.Calc", "tests.calc.Calc.t"]
)
def test_a_module_that_unittest_is_told_of_is_run_whole(tmp_path, one):
    assert [argv for _, argv, _ in beside(tmp_path, {"Makefile": f"test:\n\tA=1 python -m unittest {one}\n"})] == [
        ["tests.calc"]
    ]


@pytest.mark.parametrize(
    "one", ["tests.test_a", "discover tests.calc", "tests", "-v", "../tests.calc", "/etc/calc.py", "."]
)
def test_what_unittests_patterns_find_or_is_not_delivered_is_not_run_by_name(tmp_path, one):
    assert beside(tmp_path, {"Makefile": f"test:\n\tpython -m unittest {one}\n"}) == []


@pytest.mark.parametrize(
    "text",
    ["# Tests\n\n    $ python -m unittest tests.calc\n", "To test, run `python3 -m unittest tests.calc` here.\n"],
)
def test_a_readme_may_tell_unittest_which_module(tmp_path, text):
    (told,) = beside(tmp_path, {"README.md": text, "pytest.ini": "[pytest]\n"})
    assert told[:2] == (".", ["tests.calc"])
    assert told[2].startswith("README.md:")
    assert beside(tmp_path, {"README.md": "Run python -m unittest tests.calc, or `pytest tests`.\n"}) == []


def test_a_module_is_run_from_the_folder_and_with_the_variables_of_its_command(tmp_path):
    files = {"Makefile": "test:\n\tcd web && DEBUG=1 python -m unittest checks.calc\n", "web/checks/calc.py": ""}
    (_, (way,)), _ = suites(tmp_path, {"requirements.txt": ""} | files)
    assert (way["folder"], way["argv"], way["env"]) == ("web", ["-m", "unittest", "checks.calc"], {"DEBUG": "1"})


TELLS = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'


@pytest.mark.parametrize(
    ("files", "django", "module"),
    [
        ({"manage.py": TELLS}, ".", "shop.settings"),
        ({"web/manage.py": "def main():\n    os.environ['DJANGO_SETTINGS_MODULE'] = 'site'\n"}, "web", "site"),
        ({"a/manage.py": "", "b/manage.py": TELLS}, "b", "shop.settings"),
        ({"x/web/requirements.txt": "", "x/web/manage.py": TELLS}, "x/web", "shop.settings"),
        ({"manage.py": TELLS, "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.quick\n"}, ".", "shop.quick"),
        ({"manage.py": TELLS, "Makefile": "test:\n\t./manage.py test --settings=shop.ci\n"}, ".", "shop.ci"),
        ({"manage.py": TELLS, "tests.sh": "DJANGO_SETTINGS_MODULE=shop.env pytest\n"}, ".", "shop.env"),
        ({"manage.py": TELLS.replace('"shop.settings"', "NAME")}, "", None),
        ({"manage.py": "def broken(:\n"}, "", None),
        ({"manage.py": TELLS.replace("DJANGO_SETTINGS_MODULE", "MODE")}, "", None),
    ],
)
def test_what_is_left_over_has_the_settings_of_django(tmp_path, files, django, module):
    found, ini = rest(tmp_path, files)
    assert (found["django"], found["env"].get("DJANGO_SETTINGS_MODULE")) == (django, module)
    assert (f"pythonpath = /copy/{django}\n" in ini) is (django not in ("", "."))


SOURCE = {"src/parcels/__init__.py": "", "tests/test_a.py": "def test_a(): pass\n"}


def test_a_documented_pythonpath_is_where_runs_import_from(tmp_path):
    found, files = suites(tmp_path, SOURCE | {"Makefile": "test:\n\tPYTHONPATH=src pytest\n"})
    assert files[found[0][0]["ini"]] == "[pytest]\npythonpath = /copy/src\n"
    assert all(way["argv"][0] == "--import-from=/copy/src" for way in found[0] if way["runner"] == "script")
    _, ini = rest(tmp_path, {})
    assert "pythonpath = /copy/src\n" in ini


def test_a_documented_pythonpath_is_where_scripts_import_from(tmp_path):
    first = script(tmp_path, "PYTHONPATH=src python -m unittest discover -s tests", **SOURCE)
    assert first["argv"] == ["--import-from=/copy/src", "-m", "unittest", "discover", "-s", "tests"]
    assert first["why"] == "Makefile:2 runs -m unittest discover -s tests"


def test_what_documented_commands_import_from_is_handed_to_the_environment_with_what_lies_in_a_folder_for_source(
    tmp_path,
):
    files = {"src/parcels/a.py": "", "src/one.py": "", "src/data/x.csv": "", "api/lib/b.py": "", "README.md": ""}
    tree = reader(tmp_path, files | {"tox.ini": "[testenv]\nsetenv = PYTHONPATH=api\ncommands = pytest\n"})
    assert imported(tree, projects(tree)) == {
        "imports": ["api"],
        "modules": {"b": "api/lib", "one": "src", "parcels": "src"},
    }


def test_what_a_readme_says_of_unittest_is_tried_where_our_own_discovery_finds_nothing(tmp_path):
    line = "    PYTHONPATH=src python -m unittest discover -s checks -p 'check_*.py'\n"
    found = ways(tmp_path, {"README.md": line, "src/parcels/a.py": "", "checks/check_a.py": ""})
    assert [way["why"] for way in found][:2] == [
        "pytest's own rules",
        "README.md:1 runs -m unittest discover -s checks -p check_*.py",
    ]
    assert found[1]["argv"][0] == "--import-from=/copy/src"


LOADS = "def load_tests(loader, tests, ignore):\n    return tests\n"


@pytest.mark.parametrize(
    ("path", "argv"),
    [
        ("tests/test_docs.py", ["--import-from=/copy/tests", "-m", "unittest", "test_docs"]),
        ("test_docs.py", ["-m", "unittest", "test_docs"]),
        ("a/tests/test_docs.py", ["--import-from=/copy/a", "-m", "unittest", "tests.test_docs"]),
    ],
)
def test_a_file_that_says_by_load_tests_what_its_tests_are_is_run_as_unittest_would(tmp_path, path, argv):
    (suite,), _ = suites(tmp_path, {path: LOADS, "a/tests/__init__.py": ""})
    assert [way["argv"] for way in suite if way["why"] == "load_tests says what the tests are"] == [argv]


def test_what_load_tests_says_is_run_beside_tests_that_pytest_finds(tmp_path):
    found, _ = suites(tmp_path, {"test_a.py": "def test_a(): pass\n", "tests/test_docs.py": LOADS})
    assert [way["argv"][-1] for (way,) in found[1:]] == ["test_docs"]


@pytest.mark.parametrize(
    ("line", "paths", "more"),
    [
        ("python -m doctest -v sums.py", ["sums.py"], []),
        ("python -m doctest -o ELLIPSIS sums.py", ["sums.py"], ["doctest_optionflags = ELLIPSIS"]),
        ("python -m doctest *.py", ["sums.py", "times.py"], []),
        ("cd a && python3 -m doctest b.py", ["a/b.py"], []),
    ],
)
def test_doctests_of_the_files_that_a_command_names_are_run_beside_the_rest(tmp_path, line, paths, more):
    files = {"sums.py": "", "times.py": "", "a/b.py": "", "Makefile": f"test:\n\t{line}\n"}
    (_, (way,)), inis = suites(tmp_path, files)
    listed = inis[way["ini"]].splitlines()
    assert listed[1:-1][: 1 + len(paths)] == ["testpaths = ", *(f"    {path}" for path in paths)]
    assert "addopts = --doctest-modules" in listed
    assert set(more) <= set(listed)
    assert way["why"] == "Makefile:2 runs doctest"


def test_doctests_of_a_text_are_run_and_one_that_is_not_delivered_is_not(tmp_path):
    (_, (way,)), inis = suites(tmp_path, {"guide.txt": "", "README.md": "`python -m doctest guide.txt none.py`\n"})
    assert "addopts = --doctest-glob=guide.txt" in inis[way["ini"]].splitlines()
    (found,), _ = suites(tmp_path, {"README.md": "`python -m doctest none.py`\n"})
    assert all(way["runner"] != "doctest" for way in found)
