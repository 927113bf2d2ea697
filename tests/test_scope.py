"""The shipped path patterns, and what they mean for each file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from verifier.errors import CriteriaError
from verifier.inventory import Inventory, Look
from verifier.model import File, Role, Skip
from verifier.scope import Scope, classify, installed

pytestmark = pytest.mark.self
SHIPPED = Scope.from_mapping(yaml.safe_load((Path(__file__).parents[1] / "rules" / "scope.yml").read_text("utf-8")))


def file(path: str, mode: str = "100644") -> File:
    return File(path=path, mode=mode, size=1, sha256="0" * 64)


def inventory(*looks: Look) -> Inventory:
    return Inventory(python="3.11.0", looks={look.path: look for look in looks}, community={})


def python(path: str, *imports: str, **more: Any) -> Look:
    values = {"kind": "file", "size": 1, "language": "python", "source": True, "parsed": True} | more
    return Look(path=path, imports=imports, **values)


def roles(*looks: Look) -> dict[str, Role]:
    files = tuple(file(look.path) for look in looks)
    return {one.path: one.role for one in classify(files, inventory(*looks), SHIPPED)}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("tests/test_a.py", Role.TESTS),
        ("tests/data/page.html", Role.TESTS),
        ("pkg/tests/helpers.py", Role.TESTS),
        ("Tests/Send.Tests.ps1", Role.TESTS),
        ("pkg/test_a.py", Role.TESTS),
        ("pkg/a_test.py", Role.TESTS),
        ("conftest.py", Role.TESTS),
        ("shop/tests.py", Role.TESTS),
        ("src/a.test.tsx", Role.TESTS),
        ("src/a.spec.mjs", Role.TESTS),
        ("docs/conf.py", Role.DOCS),
        ("docs/examples/a.py", Role.DOCS),
        ("examples/a.py", Role.EXAMPLES),
        ("shop/migrations/0001_initial.py", Role.MIGRATIONS),
        ("migrations/versions/ab12_add.py", Role.MIGRATIONS),
        ("setup.py", Role.SETUP),
        ("noxfile.py", Role.SETUP),
        ("manage.py", Role.SETUP),
        (".github/scripts/release.py", Role.SETUP),
        # What looks alike and is product code.
        ("pkg/testing/__init__.py", Role.SOURCE),
        ("pkg/latest/a.py", Role.SOURCE),
        ("pkg/contest.py", Role.SOURCE),
        ("pkg/docs/a.py", Role.SOURCE),
        ("pkg/examples/a.py", Role.SOURCE),
        ("pkg/migrations.py", Role.SOURCE),
        ("pkg/migrations/run.py", Role.SOURCE),
        ("pkg/setup.py", Role.SOURCE),
        ("scripts/a.py", Role.SOURCE),
        ("tests.txt", Role.SOURCE),
    ],
)
def test_shipped_patterns(path: str, role: Role) -> None:
    assert SHIPPED.role(path) is role


def test_the_first_role_with_a_match_wins() -> None:
    scope = Scope.from_mapping({"version": 1, "roles": {"docs": ["/a/"], "tests": ["/a/tests/"]}})
    assert scope.role("a/tests/b.py") is Role.DOCS


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"version": 2, "roles": {}},
        {"version": 1, "roles": ["tests"]},
        {"version": 1, "roles": {"test": ["a"]}},
        {"version": 1, "roles": {"source": ["a"]}},
        {"version": 1, "roles": {"tests": "tests/"}},
        {"version": 1, "roles": {"tests": [1]}},
    ],
)
def test_content_that_is_no_scope(content: dict[str, Any]) -> None:
    with pytest.raises(CriteriaError, match=r"rules/scope\.yml"):
        Scope.from_mapping(content)


def test_language_and_parsed_come_from_the_inventory() -> None:
    looks = (
        python("a.py"),
        python("broken.py", parsed=False),
        python("killed.py", parsed=None, failed="took too long to read"),
        Look(path="a.js", kind="file", size=1, language="javascript", source=True),
    )
    files = (*(file(look.path) for look in looks), file("missing.py"), file("link.py", mode="120000"))
    found = classify(files, inventory(*looks, python("link.py", parsed=False)), SHIPPED)
    assert {one.path: (one.language, one.parsed) for one in found} == {
        "a.py": ("python", True),
        "broken.py": ("python", False),
        "killed.py": ("python", False),
        "a.js": ("javascript", None),
        "missing.py": (None, None),
        "link.py": (None, None),
    }


@pytest.mark.parametrize(
    ("importer", "name"),
    [
        ("app.py", "tests.core"),
        ("src/app/main.py", "tests.core"),
        ("app/main.py", "..tests.core"),
        ("app.py", ".tests.core"),
        ("app.py", "tests.core.function"),
    ],
)
def test_product_code_cannot_hide_in_tests(importer: str, name: str) -> None:
    found = roles(python(importer, name), python("tests/core.py"), python("tests/test_core.py", "tests.core"))
    assert found == {importer: Role.SOURCE, "tests/core.py": Role.SOURCE, "tests/test_core.py": Role.TESTS}


def test_product_code_is_followed_through_what_it_imports() -> None:
    found = roles(
        python("src/app.py", "pkg.tests.a"),
        python("src/pkg/tests/__init__.py"),
        python("src/pkg/tests/a.py", ".test_b"),
        python("src/pkg/tests/test_b.py"),
        python("src/pkg/tests/test_c.py", "app"),
    )
    assert [path for path, role in found.items() if role is Role.TESTS] == ["src/pkg/tests/test_c.py"]


@pytest.mark.parametrize(
    ("link", "target", "role"),
    [
        ("label.py", "tests/label.py", Role.SOURCE),
        ("impl", "tests", Role.SOURCE),
        ("pkg/tests", "tests", Role.TESTS),
        ("label.py", "tests/lab", Role.TESTS),
        ("label.py", "", Role.TESTS),
    ],
)
def test_product_code_cannot_hide_behind_a_link(link: str, target: str, role: Role) -> None:
    looks = (python("tests/label.py"), Look(path=link, kind="link", size=1, target=target))
    files = (file("tests/label.py"), file(link, mode="120000"))
    assert classify(files, inventory(*looks), SHIPPED)[0].role is role


def test_what_tests_import_stays_tests() -> None:
    found = roles(python("app.py"), python("tests/test_a.py", "tests.helpers", "app"), python("tests/helpers.py"))
    assert found["tests/helpers.py"] is Role.TESTS


def test_importing_a_stranger_changes_nothing() -> None:
    assert roles(python("app.py", "test", "requests", "."), python("tests/test_a.py"))["tests/test_a.py"] is Role.TESTS


def test_a_strangers_package_is_not_taken_for_a_sample_of_that_name() -> None:
    found = roles(python("pkg/a.py", "yaml"), python("tests/samples/yaml.py"))
    assert found["tests/samples/yaml.py"] is Role.TESTS


def test_an_import_may_start_at_any_folder() -> None:
    found = roles(python("lib/pkg/a.py", "pkg.tests.core"), python("lib/pkg/tests/core.py"))
    assert found["lib/pkg/tests/core.py"] is Role.SOURCE


def test_imports_in_a_circle_end() -> None:
    found = roles(python("app.py", "tests.a"), python("tests/a.py", "tests.b"), python("tests/b.py", "tests.a", "app"))
    assert set(found.values()) == {Role.SOURCE}


@pytest.mark.parametrize(
    ("importer", "name", "offering", "expected"),
    [
        ("hidden/test_all.py", "cases", "cases.py", True),
        ("hidden/test_all.py", ".cases", "hidden/cases.py", True),
        ("hidden/test_all.py", "cases", "lib/cases.py", True),
        ("hidden/test_all.py", "pkg.cases", "lib/pkg/cases.py", True),
        ("hidden/all.py", "cases", "cases.py", False),
        ("hidden/test_all.py", "other", "cases.py", False),
        ("test_all.py", "test_all", "test_all.py", False),
    ],
)
def test_a_file_named_for_tests_may_have_some_from_what_it_imports(importer, name, offering, expected) -> None:
    looks = {one.path: one for one in (python(importer, name), python("lib/other.py"))}
    looks[offering] = python(offering, offers=True)
    found = classify(tuple(map(file, looks)), inventory(*looks.values()), SHIPPED)
    assert {one.path: one.borrows for one in found if one.borrows} == ({importer: (offering,)} if expected else {})


def test_a_package_may_pass_tests_on_in_a_circle_too() -> None:
    package = python("cases/__init__.py", ".a", "test_all")
    looks = (python("test_all.py", "cases"), package, python("cases/a.py", "cases", offers=True))
    (first, *_) = classify(tuple(file(look.path) for look in looks), inventory(*looks), SHIPPED)
    assert first.borrows == ("cases/a.py",)


def named(path: str, *names: str, language: str = "python", **more: Any) -> Look:
    return python(path, names=names, **({"language": language} | more))


@pytest.mark.parametrize(
    ("importer", "target"),
    [
        (named("serve.py", "tests.served"), "tests/served.py"),
        (named("serve.py", "tests.served.App"), "tests/served.py"),
        (named("serve.py", "tests/served.py"), "tests/served.py"),
        (named("serve.py", "examples/served.py"), "examples/served.py"),
        (named("setup.py", "tests.served"), "tests/served.py"),
        (named("pyproject.toml", "tests.label", language="toml", source=False), "tests/label.py"),
        (named("pyproject.toml", "tests/mapped", language="toml", source=False), "tests/mapped/a.py"),
        (named("requirements.txt", "./tests/plugin", language="text", source=False), "tests/plugin/src/a.py"),
        (named("site/settings.py", "tests.application"), "tests/application/models.py"),
        (named("web/index.js", "./server.test.js", language="javascript"), "web/server.test.js"),
        (named("web/index.js", "./server.test", language="javascript"), "web/server.test.js"),
        (named("web/page.html", "/tests/page.js", language="html", source=False), "tests/page.js"),
        (named("Procfile", "tests/proc.py", language="", source=False), "tests/proc.py"),
        (named("run.sh", "tests/proc.py", language="bash"), "tests/proc.py"),
    ],
)
def test_what_the_product_names_is_source_wherever_it_lies(importer, target):
    language = "javascript" if target.endswith(".js") else "python"
    assert roles(importer, python(target, language=language))[target] is Role.SOURCE


@pytest.mark.parametrize(
    ("importer", "target"),
    [
        (named("tests/test_a.py", "tests/served.py"), "tests/served.py"),
        (named("docs/conf.py", "tests.served"), "tests/served.py"),
        (named("run.sh", "examples/demo.py", language="bash"), "examples/demo.py"),
        (named("scripts/fixtures.py", "tests/served.py"), "tests/served.py"),
        (named("Dockerfile", "manage.py", language="dockerfile", source=False), "manage.py"),
        (named("web/index.js", "./parts", language="javascript"), "web/parts/__tests__/a.spec.js"),
        (named("app/a.py", "app.tests"), "app/tests/test_a.py"),
        (named("app/a.py", "tests.missing"), "tests/__init__.py"),
        (named("app/a.py", "tests/data.csv"), "tests/data.py"),
    ],
)
def test_what_is_named_by_others_or_for_other_ends_keeps_its_role(importer, target):
    language = "javascript" if target.endswith(".js") else "python"
    assert roles(importer, python(target, language=language))[target] is not Role.SOURCE


def test_a_script_for_developers_is_believed_where_the_product_names_it():
    looks = (named("run.py", "scripts/go.py"), named("scripts/go.py", "tests/served.py"), python("tests/served.py"))
    assert roles(*looks)["tests/served.py"] is Role.SOURCE


def test_what_a_command_starts_is_code_whatever_it_is_called():
    plain: dict[str, Any] = {"kind": "file", "size": 1}
    looks = (
        Look(path="package.json", language="json", starts={"web/server": "javascript", "install": "bash"}, **plain),
        Look(path="tests/start.sh", language="bash", source=True, starts={"data": "bash"}, **plain),
        Look(path="web/server", **plain),
        Look(path="install", language="text", **plain),
        Look(path="data", **plain),
    )
    found = {one.path: one for one in classify(tuple(file(look.path) for look in looks), inventory(*looks), SHIPPED)}
    typed = {path: one.language for path, one in found.items() if one.source and path != "tests/start.sh"}
    assert typed == {"web/server": "javascript", "install": "bash"}


def test_an_archive_that_requirements_install_was_not_delivered():
    plain: dict[str, Any] = {"kind": "file", "size": 1}
    paths = ("wheels/core-1.0.tar.gz", "tests/core-1.0.tar.gz", "data.tar.gz")
    looks = (
        Look(
            path="requirements.txt",
            language="text",
            names=("./wheels/core-1.0.tar.gz", "tests/core-1.0.tar.gz"),
            **plain,
        ),
        *(Look(path=path, binary=True, **plain) for path in paths),
    )
    found = installed(tuple(file(path) for path in paths), inventory(*looks))
    assert [(one.path, one.skip, one.role) for one in found] == [
        ("wheels/core-1.0.tar.gz", Skip.NOT_DELIVERED, Role.SOURCE),
        ("tests/core-1.0.tar.gz", Skip.NOT_DELIVERED, Role.SOURCE),
    ]
