"""The delivered tree, read with a bound and never run."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.delivered import everything, reader

from verifier.inside.project.reader import MAX_BYTES, MAX_DEPTH, first, inside, table, texts

pytestmark = pytest.mark.self


@pytest.mark.parametrize("text", ["[[[", "a = " + "[" * 5000, "\0", b"\xff\xfe\0"])
def test_what_cannot_be_read_is_said_and_passed_over(tmp_path, text):
    tree = reader(tmp_path, {"pyproject.toml": text})
    assert tree.toml("pyproject.toml") == {}
    assert {item["path"] for item in tree.unreadable} == {"pyproject.toml"}


def test_what_is_not_there_is_nothing_to_complain_of(tmp_path):
    tree = reader(tmp_path, {})
    assert (tree.text("a"), tree.toml("a"), tree.ini("a"), tree.python("a")) == (None, {}, None, None)
    assert tree.unreadable == []


def test_a_huge_file_is_not_read(tmp_path):
    tree = reader(tmp_path, {"fits.txt": b"a" * MAX_BYTES, "huge.txt": b"a" * (MAX_BYTES + 1)})
    assert len(tree.text("fits.txt")) == MAX_BYTES
    assert tree.text("huge.txt") is None
    assert tree.unreadable == [{"path": "huge.txt", "reason": f"longer than {MAX_BYTES} bytes"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_text(tmp_path, encoding):
    assert reader(tmp_path, {"a": "é=1\n".encode(encoding)}).text("a") == "é=1\n"


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text("secret")
    tree = reader(tmp_path / "tree", {"own": "own"})
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "secret")
    assert (tree.exists("own"), tree.exists("link"), tree.text("link")) == (True, False, None)


def test_a_link_to_a_folder_is_not_followed(tmp_path):
    tree = reader(tmp_path / "tree", {"own/a": "a"})
    reader(tmp_path / "outside", {"a": "secret"})
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "outside")
    assert tree.files == ["own/a"]
    assert tree.text("link/a") is None


@pytest.mark.parametrize("name", ["../a", "/etc/hostname", "sub/../../a", "a\0b", "\udcff"])
def test_no_path_leads_out_of_the_tree(tmp_path, name):
    (tmp_path / "a").write_text("secret")
    assert reader(tmp_path / "tree", {"sub/b": ""}).text(name) is None


@pytest.mark.parametrize(
    "folder", [".git", ".tox", "node_modules", "vendor", "third_party", "site-packages", "venv", ".venv", "build"]
)
def test_folders_of_others_are_not_looked_into(tmp_path, folder):
    tree = reader(tmp_path, {f"{folder}/setup.py": "", "src/a.py": ""})
    assert tree.files == ["src/a.py"]


@pytest.mark.parametrize("folder", [".github/workflows", ".circleci", ".devcontainer"])
def test_hidden_folders_that_speak_of_tests_are_looked_into(tmp_path, folder):
    assert reader(tmp_path, {f"{folder}/a.yml": ""}).files == [f"{folder}/a.yml"]


def test_depth_is_bounded(tmp_path):
    nested = {"/".join(["d"] * depth + ["a"]): "" for depth in range(8)}
    assert max(path.count("/") for path in reader(tmp_path, nested).files) == MAX_DEPTH


def test_the_number_of_files_is_bounded_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("verifier.inside.project.reader.MAX_ENTRIES", 3)
    tree = reader(tmp_path, dict.fromkeys("abcde", ""))
    assert len(tree.files) == 3
    assert tree.unreadable == [{"path": ".", "reason": "more than 3 files: not all were looked at"}]


def test_names_that_could_not_be_written_again_are_passed_over(tmp_path):
    (tmp_path / os.fsdecode(b"\xff")).mkdir()
    (tmp_path / os.fsdecode(b"\xff") / "setup.py").touch()
    (tmp_path / "a\nb.py").touch()
    assert reader(tmp_path, {"with space.py": ""}).files == ["with space.py"]


def test_what_looks_like_a_number_in_yaml_stays_its_text(tmp_path):
    tree = reader(tmp_path, {"a.yml": "python: [3.10, 3.9]\non: yes\nempty:\nday: 2026-01-01\n"})
    assert tree.yaml("a.yml") == {"python": ["3.10", "3.9"], "on": "yes", "empty": "", "day": "2026-01-01"}


def test_merge_keys_of_yaml_are_merged(tmp_path):
    tree = reader(tmp_path, {"a.yml": "a: &a {x: '1'}\nb: {<<: *a, y: '2'}\n"})
    assert tree.yaml("a.yml")["b"] == {"x": "1", "y": "2"}


@pytest.mark.parametrize("tag", ["!!int ''", "!!bool x", "!!timestamp x", "!!float x", "!!null x", "!own x"])
def test_a_tag_of_yaml_changes_nothing(tmp_path, tag):
    assert set(reader(tmp_path, {"a.yml": f"a: {tag}\n"}).yaml("a.yml").values()) <= {"", "x"}


def test_a_tag_before_a_list_costs_that_list_alone(tmp_path):
    found = reader(tmp_path, {"a.yml": "a: !reference [.other, script]\nb: c\n"}).yaml("a.yml")
    assert found == {"a": None, "b": "c"}


def levels(template: str, one: str, many: int, depth: int = 9) -> str:
    def line(level: int) -> str:
        return f"a{level}: &a{level} " + template % ", ".join([f"*a{level - 1}"] * many) + "\n"

    return f"a0: &a0 {one}\n" + "".join(map(line, range(1, depth)))


@pytest.mark.parametrize(
    "bomb",
    [
        levels("[%s]", "[x]", 20),
        levels("{<<: [%s]}", "{x: y, z: t}", 9),
        "[" * 100_000,
        "{a: " * 100_000,
        "a: !!python/object/apply:os.system [x]\nb: [",
    ],
    ids=["aliases", "merges", "lists", "mappings", "objects"],
)
def test_yaml_that_would_unfold_is_refused(tmp_path, bomb):
    tree = reader(tmp_path, {"a.yml": bomb})
    assert tree.yaml("a.yml") is None
    assert [item["path"] for item in tree.unreadable] == ["a.yml"]


def test_shared_lists_of_yaml_are_never_written_out(tmp_path):
    shared = levels("[%s]", "[x]", 9)
    compose = shared + "services: {db: {image: postgres, environment: {POSTGRES_DB: *a8}}}\n"
    workflow = shared + "jobs: {a: {steps: [{run: pytest, working-directory: *a8}]}}\n"
    tree = everything(tmp_path, {"compose.yml": compose, ".github/workflows/a.yml": workflow})
    assert tree.unreadable == []


@pytest.mark.parametrize("text", ["(" * 100_000, "x = " + "-" * 200_000 + "1", "x = 1\0", "x = (", "x = '\\ud800'"])
def test_python_that_cannot_be_read_is_said(tmp_path, text):
    tree = reader(tmp_path, {"setup.py": text})
    assert tree.python("setup.py") is None
    assert [item["path"] for item in tree.unreadable] == ["setup.py"]


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"a": "\\ud800"}'])
def test_json_that_cannot_be_read_is_said(tmp_path, text):
    tree = reader(tmp_path, {"Pipfile.lock": text})
    assert tree.json("Pipfile.lock") == {}
    assert [item["path"] for item in tree.unreadable] == ["Pipfile.lock"]


@pytest.mark.parametrize("text", ["key = before any section", "[a\nb"])
def test_an_ini_file_that_cannot_be_read_is_said(tmp_path, text):
    tree = reader(tmp_path, {"tox.ini": text})
    assert tree.ini("tox.ini") is None
    assert len(tree.unreadable) == 1


def test_an_ini_file_that_repeats_itself_is_read_and_keeps_capitals(tmp_path):
    tree = reader(tmp_path, {"setup.cfg": "[a]\nB = %(x)s\n[a]\nB = 2\n"})
    assert dict(tree.ini("setup.cfg")["a"]) == {"B": "2"}


@pytest.mark.parametrize(("words", "line"), [("b", 2), ("a", 1), ("none", None)])
def test_a_place_is_the_first_line_that_holds_the_words(tmp_path, words, line):
    assert reader(tmp_path, {"x": "a\nb\nb\n"}).line("x", words) == line


def test_small_helpers_take_anything():
    assert table({"a": {"b": {"c": "d"}}}, "a", "b") == {"c": "d"}
    assert table({"a": []}, "a", "b") == table(None) == table([], "a") == {}
    assert texts(["a", 1, ["b"]]) == texts(("a",)) == texts("a") == ["a"]
    assert (first(["a", "b"]), first({}, "."), first("c")) == ("a", ".", "c")
    assert (inside(".", "a"), inside("b/c", "a")) == ("a", "b/c/a")


NAMES = (
    "pyproject.toml",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "setup.py",
    "setup.cfg",
    "tox.ini",
    "pytest.ini",
    "noxfile.py",
    "Makefile",
    "tests.sh",
    "requirements.txt",
    "requirements-test.txt",
    ".python-version",
    ".env.example",
    ".travis.yml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    ".github/workflows/ci.yml",
    "compose.yml",
    "api/Dockerfile",
)
WORDS = st.sampled_from(
    [
        *(
            "[project]\n",
            "[tool.poetry]\n",
            "[tool.poetry.dependencies]\n",
            "[[package]]\n",
            "name = ",
            '"a"\n',
            "x = 1\n",
        ),
        *("[testenv]\n", "commands =\n  pytest ", "[metadata]\n", "[options]\n", "[pytest]\n", "addopts = ", "-m 'x\n"),
        *(
            "jobs:\n",
            "  a:\n",
            "    steps:\n",
            "    - run: pytest\n",
            "services:\n",
            "- postgres\n",
            "{a: ",
            "[",
            "}",
            "&a ",
            "*a",
        ),
        *(
            "test:\n",
            "\tcd x && pytest\n",
            "\tmake test\n",
            "!!int ",
            "<<: ",
            "script: ",
            "env: ",
            "python: ",
            "3.10\n",
        ),
        *(
            "from x import setup\n",
            "setup(extras_require={1: 2})\n",
            "session.install('-r', 'x')\n",
            '{"default": ',
            "==1\n",
        ),
        *("\n", "\t", " ", ":", "\0", "'", '"', "\\", "@", "$", "\ufeff", "\r", "\u2028", "é"),
    ]
)
TEXT = st.text(max_size=60) | st.lists(WORDS, max_size=12).map("".join)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=6))
def test_no_text_in_any_file_raises(tmp_path_factory, files):
    everything(tmp_path_factory.mktemp("tree"), {name: text.encode("utf-8", "replace") for name, text in files.items()})


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(NAMES), st.binary(max_size=80))
def test_no_bytes_in_any_file_raise(tmp_path_factory, name, content):
    everything(tmp_path_factory.mktemp("tree"), {name: content})


KEYS = """
jobs steps run env docker image environment services script variables defaults strategy
matrix name alias version working-directory addons postgresql global default develop markers package
source project dependencies requires optional-dependencies dependency-groups tool poetry group dev test pytest
ini_options addopts testpaths pdm uv hatch dev-dependencies envs extras packages requires-python python
classifiers build-system package-mode
"""
SHAPED = st.sampled_from(KEYS.split())
DATA = st.recursive(
    st.booleans() | st.integers(0, 9) | st.text("a=1.\n*^\u2028'@", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SHAPED, inner, max_size=4),
    max_leaves=12,
)


def as_toml(data: object) -> str:
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key} = {as_toml(value)}" for key, value in data.items()) + "}"
    return "[" + ", ".join(map(as_toml, data)) + "]" if isinstance(data, list) else json.dumps(data)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([name for name in NAMES if name.endswith(".yml")]), DATA)
def test_no_shape_of_yaml_raises(tmp_path_factory, name, data):
    text = json.dumps({"jobs": {"a": data}, "a": data} | (data if isinstance(data, dict) else {}))
    everything(tmp_path_factory.mktemp("tree"), {name: text})


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["pyproject.toml", "Pipfile", "poetry.lock", "pytest.toml"]),
    st.dictionaries(SHAPED, DATA, max_size=3),
    DATA,
)
def test_no_shape_of_toml_raises(tmp_path_factory, name, data, tool):
    tools = dict.fromkeys(("poetry", "pytest", "pdm", "uv", "hatch"), tool)
    text = "".join(f"{key} = {as_toml(value)}\n" for key, value in ({"tool": tools, "package": tool} | data).items())
    everything(tmp_path_factory.mktemp("tree"), {name: text})


@settings(deadline=None, max_examples=50)
@given(DATA)
def test_no_shape_of_json_raises(tmp_path_factory, data):
    text = json.dumps({"default": data, "develop": {"a": data}})
    everything(tmp_path_factory.mktemp("tree"), {"Pipfile.lock": text})
