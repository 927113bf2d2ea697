"""What uv is told of versions and days, and what of its words is no news on another machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.attempted import LISTS, ORDER, Attempt, part

from verifier.inside import build_environment as build

DAY = "2020-03-04T05:06:07Z"


@pytest.fixture
def attempt(tmp_path, monkeypatch):
    return Attempt(tmp_path, monkeypatch)


def options(attempt: Attempt, **order) -> list[str]:
    return [word.replace(f"{attempt.folder}/", "") for word in build.options({**ORDER, **LISTS, **order})]


def test_the_newest_versions_are_taken_where_no_day_is_known(attempt):
    assert options(attempt) == ["--overrides", "overrides.txt"]
    assert (attempt.folder / "overrides.txt").read_text() == "coverage>=5.5\n"


@pytest.mark.parametrize(("day", "builders"), [(DAY, build.BUILDERS_SINCE), ("2024-01-01T00:00:00Z",) * 2])
def test_versions_are_of_the_day_but_for_what_measures_builds_or_repairs(attempt, day, builders):
    words = options(attempt, before=day, extra=["Six[all]>=1 ; python_version < '4'", "attrs"])
    assert words[:2] == ["--exclude-newer", day]
    assert words[2:-2] == [
        word
        for name in ("attrs=false", "coverage=false", f"setuptools={builders}", "six=false", f"wheel={builders}")
        for word in ("--exclude-newer-package", name)
    ]


def test_lists_are_handed_over_as_files_and_locks_as_they_are(attempt):
    lists = {"constraints": ["a<2", "b<3"], "build_constraints": ["c<4"], "overrides": ["d==5"], "excludes": ["e"]}
    assert options(attempt, **lists, locks=["/in/lock-1.txt", "/in/lock-2.txt"]) == [
        *("--constraints", "constraints.txt"),
        *("--build-constraints", "build_constraints.txt"),
        *("--overrides", "overrides.txt"),
        *("--excludes", "excludes.txt"),
        *("--constraints", "/in/lock-1.txt"),
        *("--constraints", "/in/lock-2.txt"),
    ]
    texts = {name: (attempt.folder / f"{name}.txt").read_text().split() for name in lists}
    assert texts == {**lists, "overrides": ["coverage>=5.5", "d==5"]}


def plain(python: str, says: str) -> str:
    return build.Builder("uv", {**ORDER, **LISTS, "python": python}).plain(says)


@pytest.mark.parametrize(
    ("says", "left"),
    [
        ("Resolved 3 packages in 12ms", "Resolved 3 packages"),
        ("Prepared 1 package in 1.91s\nInstalled", "Prepared 1 package\nInstalled"),
        ("Prepared 1 package in 1m 02s", "Prepared 1 package"),
        ("/env/cache/builds-v0/.tmpA1b2C3/bin/python", "/env/cache/builds-v0/.tmp/bin/python"),
        ("/tmp/tmpq3x_f0gk.build-lib/a.py", "/tmp/tmp.build-lib/a.py"),  # noqa: S108 - words, no file
        ("/tmp/ccAb12Cd.o: no", "/tmp/cc.o: no"),  # noqa: S108 - words, no file
        ("<Distribution object at 0x7f00deadbeef>", "<Distribution object at 0x>"),
        ("in 3 steps, 12ms, .tmp/x /tmp/template", "in 3 steps, 12ms, .tmp/x /tmp/template"),
    ],
)
def test_neither_times_nor_names_by_chance_are_told(attempt, says, left):
    assert plain("/opt/py/bin/python3.11", says) == left


@pytest.mark.parametrize(
    ("python", "says", "left"),
    [
        ("/opt/py/bin/python3", "-I/opt/py/include/python3.11", "-I/python-3.11.4/include/python3.11"),
        ("/opt/py/bin/python3", "/opt/py-3/x /copy/opt/py/x", "/opt/py-3/x /copy/opt/py/x"),
        ("/usr/bin/python3.11", "-I/usr/include/python3.11", "-I/python-3.11.4/include/python3.11"),
        ("/usr/bin/python3.11", "at: /usr/bin/python3.11", "at: /python-3.11.4/bin/python3.11"),
        ("/usr/bin/python3.11", "'/usr/bin/gcc' /usr/include/x.h", "'/usr/bin/gcc' /usr/include/x.h"),
        ("/usr/local/bin/python3", "/usr/local/lib/x /usr/local", "/usr/local/lib/x /usr/local"),
        ("/bin/python3", "/usr/bin/gcc /env/cache /bin/python3", "/usr/bin/gcc /env/cache /python-3.11.4/bin/python3"),
    ],
)
def test_where_the_interpreter_lies_is_not_told_and_all_else_is(attempt, python, says, left):
    assert plain(python, says) == left


def test_an_interpreter_is_known_by_its_real_place_as_well(attempt):
    (attempt.folder / "real/bin").mkdir(parents=True)
    (attempt.folder / "link").symlink_to(attempt.folder / "real")
    says = f"{attempt.folder}/real/bin/python3 is {attempt.folder}/link/bin/python3"
    assert (
        plain(f"{attempt.folder}/link/bin/python3", says) == "/python-3.11.4/bin/python3 is /python-3.11.4/bin/python3"
    )


def installed_in_copy(attempt: Attempt, files: dict[str, str]) -> dict:
    fails = (["--editable"], "error: no hook `build_editable`")
    return attempt.run(fails, files=files, parts=[part("--editable", "/copy")])


def test_modules_of_the_tree_are_imported_instead_of_their_copies(attempt):
    attempt.tree("src/shop/__init__.py", "src/shop/till.py", "tool.py", "src/data.txt")
    names = ["shop/__init__.py", "shop/till.py", "shop/made.py", "tool.py", "data.txt", "../../../bin/tool.py"]
    installed_in_copy(attempt, attempt.project(names))
    assert attempt.imported("shop.till") == str(attempt.copy / "src/shop/till.py")
    assert attempt.imported("tool") == str(attempt.copy / "tool.py")
    left = {path.relative_to(attempt.site).as_posix() for path in attempt.site.rglob("*") if path.is_file()}
    ours = "dist-info|verifier_|^(site|user)customize.py$"
    assert {name for name in left if not re.search(ours, name)} == {"shop/made.py", "data.txt"}


def test_compiled_modules_go_to_their_place_in_the_tree(attempt):
    attempt.tree("shop/__init__.py", "src/other.c")
    installed_in_copy(attempt, attempt.project(["shop/__init__.py", "shop/_fast.so", "alone.so", "shop/made/_x.so"]))
    assert (attempt.copy / "shop/_fast.so").is_file()
    assert not (attempt.site / "shop/_fast.so").exists()
    assert (attempt.site / "alone.so").is_file()
    assert (attempt.site / "shop/made/_x.so").is_file()


def test_a_project_in_a_folder_of_any_name_is_put_back(attempt):
    attempt.tree("my pkg é/shop.py", 'my pkg é/a, "b".py')
    installed_in_copy(attempt, attempt.project(["shop.py", 'a, "b".py'], root=attempt.copy / "my pkg é"))
    assert attempt.imported("shop") == str(attempt.copy / "my pkg é/shop.py")
    assert not (attempt.site / 'a, "b".py').exists()


def test_two_projects_of_the_tree_that_installed_the_same_file_are_both_put_back(attempt):
    attempt.tree("a/one.py", "a/tests/__init__.py", "b/two.py", "b/tests/__init__.py")
    first = attempt.project(["one.py", "tests/__init__.py"], name="a", root=attempt.copy / "a")
    second = attempt.project(["two.py", "tests/__init__.py"], name="b", root=attempt.copy / "b")
    installed_in_copy(attempt, first | second)
    assert attempt.imported("one") == str(attempt.copy / "a/one.py")
    assert attempt.imported("two") == str(attempt.copy / "b/two.py")


@pytest.mark.parametrize("url", ["https://example.org/shop.tar.gz", "file://{folder}/elsewhere"])
def test_what_does_not_come_from_the_tree_stays(attempt, url):
    attempt.tree("shop.py", "../elsewhere/shop.py")
    installed_in_copy(attempt, attempt.project(["shop.py"], url=url.format(folder=attempt.folder)))
    assert attempt.imported("shop") == str(attempt.site / "shop.py")


@pytest.mark.parametrize(("name", "failed"), [("pytest", ["pytest"]), ("Coverage", ["coverage"]), ("pytest_cov", [])])
def test_instruments_that_the_delivery_put_in_the_place_of_ours_are_named(attempt, name, failed):
    report = attempt.run(files=attempt.project([], name=name, root=Path("/copy")))
    assert report["failed"] == [f"{one} from the package index" for one in failed]


def test_instruments_from_the_package_index_are_ours(attempt):
    files = attempt.project([], name="pytest")
    del files["pytest-1.dist-info/direct_url.json"]
    assert attempt.run(files=files)["failed"] == []
