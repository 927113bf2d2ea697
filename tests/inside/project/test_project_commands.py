"""The test commands that a project documents, found as text."""

from __future__ import annotations

import time

import pytest
from support.delivered import reader

from verifier.inside.project.commands import commands, explained, literal

pytestmark = pytest.mark.self

THERE = {"api/a.py": "", "web/app/a.py": ""}


def found(tmp_path, files, folder="."):
    return commands(reader(tmp_path, THERE | files), folder)


def words(tmp_path, files, folder="."):
    return [one.words for one in found(tmp_path, files, folder)]


@pytest.mark.parametrize(
    ("line", "runner"),
    [
        ("pytest -x tests", ["pytest", "-x", "tests"]),
        ("py.test", ["pytest"]),
        ("python -m pytest tests", ["pytest", "tests"]),
        ("python3.11 -m pytest", ["pytest"]),
        ("poetry run pytest", ["pytest"]),
        ("uv run -- pytest", ["pytest"]),
        ("sudo time xvfb-run pytest", ["pytest"]),
        ("coverage run --source app -m pytest", ["pytest"]),
        (".venv/bin/pytest", ["pytest"]),
        ("nosetests app", ["nosetests", "app"]),
        ("nose2", ["nose2"]),
        ("python -m unittest discover -s tests", ["unittest", "discover", "-s", "tests"]),
        ("python -m doctest -v a.py", ["doctest", "-v", "a.py"]),
        ("python manage.py test --settings=a.b", ["manage.py", "test", "--settings=a.b"]),
        ("./manage.py test", ["manage.py", "test"]),
        ("coverage run web/manage.py test", ["web/manage.py", "test"]),
        ("django-admin test --settings a", ["django", "test", "--settings", "a"]),
        ("python -m django test", ["django", "test"]),
        ("python setup.py test", ["pytest"]),
        ("python tests/runtests.py --fast", ["tests/runtests.py", "--fast"]),
        ("./run_tests.py", ["run_tests.py"]),
        ("pytest -k 'a b' # why", ["pytest", "-k", "a b"]),
        ("A=1 B='2 3' pytest", ["pytest"]),
        ("pip install x && pytest", ["pytest"]),
        ("pytest | tee log", ["pytest"]),
        ("pytest \\\n  -x", ["pytest", "-x"]),
    ],
)
def test_a_runner_is_known_by_its_words(tmp_path, line, runner):
    assert words(tmp_path, {"tests.sh": line + "\n"}) == [runner]


@pytest.mark.parametrize(
    "line",
    [
        "echo pytest",
        "pip install pytest",
        "python -m pip install pytest",
        "docker-compose run web pytest",
        "poetry add pytest",
        "# pytest",
        "python manage.py migrate",
        "python $HOME/manage.py test",
        "python -m unittested",
        "python setup.py sdist",
        "npm test",
        "make tests-of-nothing",
        "pytest 'unclosed",
        "",
    ],
)
def test_what_only_mentions_a_runner_is_no_command(tmp_path, line):
    assert words(tmp_path, {"tests.sh": line + "\n"}) == []


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("tox.ini", "[tox]\n[testenv]\ncommands =\n    pytest -x\n", 4),
        ("tox.ini", "[testenv:py]\ncommands = {envpython} -m pytest -x {posargs}\n", 2),
        ("tox.ini", "[testenv]\ncommands =\n    - {envbindir}/pytest {posargs:-x}\n", 1),
        ("tox.ini", "[testenv]\ncommands =\n  py38: pytest -x\n", 3),
        ("Makefile", "all:\n\ttrue\ntest: all\n\t@pytest -x $(ARGS)\n", 4),
        ("Makefile", "check:\n\n\tpytest -x\n", 3),
        ("noxfile.py", "def tests(session):\n    session.run('pytest', '-x', *session.posargs)\n", 2),
        ("tests.sh", "set -e\npytest -x\n", 2),
        ("run_tests.sh", "pytest -x", 1),
        ("scripts/test", "#!/bin/sh\nexec pytest -x\n", 2),
        (".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n    - uses: x\n    - run: pytest -x\n", 5),
        (".circleci/config.yml", "jobs:\n  a:\n    steps:\n    - checkout\n    - run: pytest -x\n", 5),
        (".circleci/config.yml", "jobs:\n  a:\n    steps:\n    - run:\n        command: pytest -x\n", 5),
        (".travis.yml", "script: pytest -x\n", 1),
        (".travis.yml", "script:\n- pytest -x\n", 2),
        (".gitlab-ci.yml", "stages: [a]\nunit:\n  script:\n  - pytest -x\n", 4),
    ],
)
def test_each_place_of_a_command_is_read(tmp_path, name, text, line):
    (one,) = found(tmp_path, {name: text})
    assert (one.words, one.folder) == (["pytest", "-x"], ".")
    assert one.where == f"{name}:{line}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "tox.ini",
            "[testenv]\nsetenv =\n  A = one\n  B = {toxinidir}/x\n  C={env:HOME}\n  D\n  py38: E=1\ncommands = pytest\n",
        ),
        ("tox.ini", "[testenv]\nset_env = A=one\ncommands = pytest\n"),
        ("Makefile", "test:\n\tA=one pytest\n"),
        ("Makefile", "test:\n\texport A=one && B=$(X) pytest\n"),
        ("tests.sh", "export A=one\nB=`date`\nset -e\npytest\n"),
        (
            ".github/workflows/ci.yml",
            "env: {A: zero}\njobs: {a: {env: {A: one, B: '${{ x }}'}, steps: [{run: pytest}]}}\n",
        ),
        (".github/workflows/ci.yml", "jobs: {a: {env: {A: zero}, steps: [{run: pytest, env: {A: one}}]}}\n"),
        (".circleci/config.yml", "jobs: {a: {docker: [{image: x, environment: {A: one}}], steps: [{run: pytest}]}}\n"),
        (
            ".circleci/config.yml",
            "jobs: {a: {environment: {A: zero}, steps: [{run: {command: pytest, environment: {A: one}}}]}}\n",
        ),
        (".travis.yml", "env: A=one\nscript: pytest\n"),
        (".travis.yml", "env: [A=one, A=two C=3]\nscript: pytest\n"),
        (".travis.yml", "before_script: export A=one\nscript: pytest\n"),
        (".gitlab-ci.yml", "variables: {A: zero}\nunit: {variables: {A: one, B: $X}, script: pytest}\n"),
        (".gitlab-ci.yml", "variables: {A: one}\nunit: {script: [pytest]}\n"),
    ],
)
def test_the_environment_beside_a_command_is_read_where_it_is_written_out(tmp_path, name, text):
    (one,) = found(tmp_path, {name: text})
    assert one.env == {"A": "one"}


def test_all_global_variables_of_travis_count(tmp_path):
    (one,) = found(tmp_path, {".travis.yml": "env:\n  global: [A=1, B=2]\n  jobs: [C=3]\nscript: pytest\n"})
    assert one.env == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "PATH",
            "PYTHONPATH",
            "PYTHONHASHSEED",
            "PYTEST_ADDOPTS",
            "PYTEST_PLUGINS",
            "COVERAGE_PROCESS_START",
            "COV_CORE_SOURCE",
        ),
        *("HOME", "LD_PRELOAD", "PIP_INDEX_URL", "UV_INDEX", "VIRTUAL_ENV", "GIT_DIR", "https_proxy", "HTTP_PROXY"),
        *("TOXENV", "NOX_X", "VERIFIER_X", "GITHUB_TOKEN", "TZ", "LC_ALL", "TMPDIR", "CONDA_PREFIX"),
    ],
)
def test_variables_that_steer_are_dropped_and_named(tmp_path, name):
    (one,) = found(tmp_path, {"Makefile": f"test:\n\t{name}=x KEPT=1 pytest\n"})
    assert (one.env, one.dropped) == ({"KEPT": "1"}, [name])


@pytest.mark.parametrize(
    "value", ["$X", "${X}", "`x`", "{{ x }}", "{env:X}", "{toxinidir}/x", "{[a]b}", "a\nb", "a\0", "a" * 501, 3, None]
)
def test_a_value_that_is_not_written_out_is_not_guessed(value):
    assert not literal(value)


@pytest.mark.parametrize("value", ["", "a b", '{"a": 1}', "postgres://u:p@h/d", "a" * 500])
def test_a_value_that_is_written_out_is_taken(value):
    assert literal(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tests.sh", "cd api\npytest\n"),
        ("tests.sh", "cd web && cd ../api/ && pytest\n"),
        ("Makefile", "test:\n\tcd api && pytest\n"),
        (".travis.yml", "before_script: cd ./api\nscript: pytest\n"),
        (".github/workflows/ci.yml", "jobs: {a: {steps: [{run: pytest, working-directory: ./api}]}}\n"),
        (
            ".github/workflows/ci.yml",
            "jobs: {a: {defaults: {run: {working-directory: api}}, steps: [{run: pytest}]}}\n",
        ),
        (
            ".github/workflows/ci.yml",
            "defaults: {run: {working-directory: api}}\njobs: {a: {steps: [{run: pytest}]}}\n",
        ),
        (
            ".github/workflows/ci.yml",
            "jobs: {a: {strategy: {matrix: {app: [api, web]}}, steps: [{working-directory: '${{ matrix.app }}', run: pytest}]}}",
        ),
        (
            ".github/workflows/ci.yml",
            "jobs: {a: {steps: [{run: pytest, working-directory: '${{ github.workspace }}/api'}]}}\n",
        ),
    ],
)
def test_the_folder_that_a_command_runs_in_is_followed(tmp_path, name, text):
    assert [(one.words, one.folder) for one in found(tmp_path, {name: text})] == [(["pytest"], "api")]


def test_each_line_of_a_makefile_starts_at_its_own_folder(tmp_path):
    text = "test:\n\tcd api && pytest\n\tcd web/app && \\\n\t  pytest -x\n"
    assert [one.folder for one in found(tmp_path, {"Makefile": text})] == ["api", "web/app"]


@pytest.mark.parametrize("folder", ["gone", "$X", "../../..", "/etc"])
def test_a_command_in_no_folder_of_the_tree_is_passed_over_or_at_its_root(tmp_path, folder):
    assert {one.folder for one in found(tmp_path, {"tests.sh": f"cd {folder}\npytest\n"})} <= {"."}


def test_a_project_below_the_root_has_its_own_commands_alone(tmp_path):
    files = {
        "tox.ini": "[testenv]\ncommands = pytest root\n",
        "api/tox.ini": "[testenv]\ncommands = pytest api\n",
        ".travis.yml": "script: cd web/app && pytest web\n",
    }
    assert words(tmp_path, files, "api") == [["pytest", "api"]]
    assert words(tmp_path, files, "web") == [["pytest", "web"]]
    assert words(tmp_path, files) == [["pytest", "root"], ["pytest", "web"]]


def test_the_projects_own_tools_come_before_its_ci(tmp_path):
    files = {
        ".github/workflows/ci.yml": "jobs: {a: {steps: [{run: pytest ci}]}}\n",
        "noxfile.py": "session.run('pytest', 'nox')",
        "scripts/test.sh": "pytest script",
        "Makefile": "test:\n\tpytest make\n",
        "tox.ini": "[testenv]\ncommands = pytest tox\n",
    }
    assert [one[1] for one in words(tmp_path, files)] == ["tox", "make", "script", "nox", "ci"]


@pytest.mark.parametrize("step", ["make test", "./ci/x.sh", "sh ci/x.sh", "bash ci/x.sh"])
def test_what_ci_calls_is_followed_with_its_environment(tmp_path, step):
    files = {
        "Makefile": "test:\n\tpytest -x\n",
        "ci/x.sh": "pytest -x\n",
        ".github/workflows/ci.yml": f"jobs: {{a: {{env: {{A: one}}, steps: [{{run: {step}}}]}}}}\n",
    }
    called = found(tmp_path, files)[-1]
    assert (called.words, called.env) == (["pytest", "-x"], {"A": "one"})
    assert called.where == ("Makefile:2" if step == "make test" else "ci/x.sh:1")


def test_a_script_that_calls_itself_ends(tmp_path):
    assert (
        words(tmp_path, {"tests.sh": "./tests.sh\nmake test\npytest\n", "Makefile": "test:\n\t./tests.sh\n"})
        == [["pytest"]] * 3
    )


def test_a_script_is_read_up_to_a_bound(tmp_path):
    assert len(words(tmp_path / "a", {"tests.sh": "pytest\n" * 10_000})) == 100
    assert words(tmp_path / "b", {"tests.sh": "true\n" * 501 + "pytest\n"}) == []
    assert words(tmp_path / "c", {"Makefile": "test:\n\t" + "true;" * 501 + "pytest\n"}) == []


def test_a_line_of_very_many_commands_takes_no_time(tmp_path):
    started = time.process_time()
    assert len(words(tmp_path, {"Makefile": "test:\n\t" + "pytest;" * 250_000 + "\n"})) == 100
    assert time.process_time() - started < 5


def test_the_variables_of_a_command_are_bounded(tmp_path):
    lines = "".join(f"    A{number}=1\n" for number in range(1000))
    (one,) = commands(reader(tmp_path, {"tox.ini": f"[testenv]\ncommands = pytest\nsetenv =\n{lines}"}), ".")
    assert len(one.env) == 200


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".github/workflows/ci.yml", "jobs: [a]\n"),
        (".github/workflows/ci.yml", "jobs: {a: {steps: {run: pytest}}}\n"),
        (".github/workflows/ci.yml", "jobs: {a: {steps: [pytest, {run: [pytest]}]}}\n"),
        (".circleci/config.yml", "jobs: {a: {docker: x, steps: [run, {run: {command: [x]}}]}}\n"),
        (".travis.yml", "- script\n"),
        (".gitlab-ci.yml", "script: pytest\n"),
        ("noxfile.py", "session.run(pytest)"),
        ("tox.ini", "[testenv]\n"),
    ],
)
def test_other_shapes_hold_no_command(tmp_path, name, text):
    assert words(tmp_path, {name: text}) == []


@pytest.mark.parametrize(
    ("value", "imports"),
    [
        ("api", ["api"]),
        ("./api/:web", ["api", "web"]),
        (".", ["."]),
        ("api:$PYTHONPATH", ["api"]),
        ("$$PYTHONPATH:api", ["api"]),
        ("api:${PYTHONPATH:-}", ["api"]),
        ("$(pwd)/api", ["api"]),
        ("$(PWD)/api", ["api"]),
        ("$(shell pwd)/api", ["api"]),
        ("${CURDIR}/web/app", ["web/app"]),
        ("`pwd`/api", ["api"]),
        ("$GITHUB_WORKSPACE/api", ["api"]),
    ],
)
def test_the_delivered_folders_of_a_pythonpath_are_where_a_command_imports_from(tmp_path, value, imports):
    (one,) = found(tmp_path, {"Makefile": f"test:\n\tPYTHONPATH={value} pytest\n"})
    assert (one.imports, one.env, one.dropped) == (imports, {}, [])


@pytest.mark.parametrize("value", ["/opt/x", "../api", "~/x", "$X/api", "nowhere", "${A:-b}"])
def test_what_a_pythonpath_names_outside_of_the_delivery_is_dropped_and_named(tmp_path, value):
    (one,) = found(tmp_path, {"Makefile": f"test:\n\tPYTHONPATH={value}:api pytest\n"})
    assert (one.imports, one.dropped) == (["api"], ["PYTHONPATH"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Makefile", "export PYTHONPATH := api\n\ntest:\n\tpytest\n"),
        ("Makefile", "test: export PYTHONPATH = api\ntest:\n\tpytest\n"),
        ("tests.sh", "export PYTHONPATH=$PWD/api:$PYTHONPATH\npytest\n"),
        ("tests.sh", "cd web\nPYTHONPATH=../api pytest\n"),
        ("tox.ini", "[testenv]\nsetenv = PYTHONPATH = {toxinidir}/api\ncommands = pytest\n"),
        ("noxfile.py", "def t(session):\n    session.run('pytest', env={'PYTHONPATH': 'api', **x})\n"),
        (
            ".github/workflows/ci.yml",
            "jobs: {a: {steps: [{run: pytest, env: {PYTHONPATH: '${{ github.workspace }}/api'}}]}}\n",
        ),
        (".gitlab-ci.yml", "variables: {PYTHONPATH: $CI_PROJECT_DIR/api}\nunit: {script: pytest}\n"),
        (".travis.yml", "env: PYTHONPATH=api\nscript: pytest\n"),
    ],
)
def test_a_pythonpath_is_read_wherever_variables_are(tmp_path, name, text):
    (one,) = found(tmp_path, {name: text})
    assert one.imports == ["api"]


def test_what_a_readme_shows_is_read_as_commands(tmp_path):
    text = "# Tests\n\n    $ export PYTHONPATH=api\n    $ pytest\n\nor `python -m doctest -v api/a.py`\n"
    shown = explained(reader(tmp_path, THERE | {"README.md": text}), ".")
    assert [(one.words, one.imports) for one in shown] == [
        (["pytest"], ["api"]),
        (["doctest", "-v", "api/a.py"], ["api"]),
    ]
