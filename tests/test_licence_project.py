"""The licence of the whole, from the ways in which projects lay their licence files out."""

from __future__ import annotations

import pytest

from verifier.licence_claims import Claim, claim
from verifier.licence_project import ProjectLicence, Text, conflicts, is_licence_file, project_licence

pytestmark = pytest.mark.self


def texts(**files: str | None) -> list[Text]:
    """`_dot_`, `_dash_` and `__` in a name stand for `.`, `-` and `/`."""
    names = {
        name.replace("_dot_", ".").replace("_dash_", "-").replace("__", "/"): terms for name, terms in files.items()
    }
    return [Text(path=path, terms=terms, names=(terms,) if terms else ()) for path, terms in names.items()]


def said(*words: str, kind: str = "expression", path: str = "pyproject.toml") -> list[Claim]:
    return [one for one in (claim(path, kind, each) for each in words) if one]


@pytest.mark.parametrize(
    "name",
    [
        *("LICENSE", "LICENCE", "license", "Licence.md", "LICENSE.txt", "LICENSE.rst", "COPYING", "COPYING.LESSER"),
        *(
            "LICENSE-MIT",
            "LICENSE.APACHE",
            "LICENSE-fr.md",
            "LICENSE_MIT.txt",
            "UNLICENSE",
            "LICENSES/MIT.txt",
            "LICENSES.md",
        ),
    ],
)
def test_names_of_licence_files(name: str) -> None:
    assert is_licence_file(name)


@pytest.mark.parametrize(
    "name",
    [
        *("license.py", "licenses.json", "LICENSE.license", "LICENSES/MIT.txt.license", "LICENSE-3RD-PARTY.txt"),
        *(
            "LICENSE-third-party",
            "NOTICE",
            "COPYRIGHT",
            "src/LICENSE",
            "license_header.txt",
            "licensing.md",
            "LICENSE.tmpl",
        ),
    ],
)
def test_names_of_other_files(name: str) -> None:
    assert not is_licence_file(name)


@pytest.mark.parametrize(
    ("files", "metadata", "expected"),
    [
        ({"LICENSE": "MIT"}, [], "MIT"),
        ({"LICENSE_dot_md": "MIT", "LICENSE_dash_fr_dot_md": None}, [], "MIT"),
        ({"LICENSE_dot_md": "MIT", "LICENSE_dash_fr_dot_md": "MIT"}, [], "MIT"),
        ({"LICENSE_dash_APACHE": "Apache-2.0", "LICENSE_dash_MIT": "MIT"}, [], "Apache-2.0 OR MIT"),
        (
            {"LICENSE_dash_APACHE_dash_2_dot_0_dot_txt": "Apache-2.0", "LICENSE_dash_MIT_dot_md": "MIT"},
            [],
            "Apache-2.0 OR MIT",
        ),
        (
            {"LICENSE_dash_APACHE": "Apache-2.0", "LICENSE_dash_MIT": "MIT"},
            ["MIT AND Apache-2.0"],
            "Apache-2.0 AND MIT",
        ),
        ({"LICENSE": "MIT", "COPYING": "BSD-3-Clause"}, [], "BSD-3-Clause AND MIT"),
        ({"LICENSE": "MIT", "COPYING": "BSD-3-Clause"}, ["BSD-3-Clause OR MIT"], "BSD-3-Clause OR MIT"),
        ({"LICENSE": "MIT", "COPYING": "BSD-3-Clause"}, ["MIT"], "BSD-3-Clause AND MIT"),  # metadata cannot drop one
        ({"LICENSE": "AFL-2.1 AND MIT"}, ["MIT OR AFL-2.1"], "AFL-2.1 OR MIT"),
        (
            {
                "LICENSE": "Apache-2.0 OR BSD-3-Clause",
                "LICENSE_dot_APACHE": "Apache-2.0",
                "LICENSE_dot_BSD": "BSD-2-Clause",
            },
            [],
            "Apache-2.0 OR BSD-2-Clause",
        ),
        ({"LICENSE": "Apache-2.0 OR MIT", "LICENSE_dash_MIT": "MIT"}, [], "Apache-2.0 OR MIT"),
        ({"COPYING": "GPL-3.0-only", "COPYING_dot_LESSER": "LGPL-3.0-only"}, [], "LGPL-3.0-only"),
        ({"COPYING": "GPL-3.0-only"}, ["GPL-3.0-or-later"], "GPL-3.0-or-later"),
        ({"COPYING": "GPL-3.0-only"}, ["GPL-3.0-only"], "GPL-3.0-only"),
        ({"COPYING": "GPL-3.0-only"}, [], "GPL-3.0-only"),
        ({"LICENSES__MIT_dot_txt": "MIT", "LICENSES__CC0_dash_1_dot_0_dot_txt": "CC0-1.0"}, [], "MIT"),
        ({"LICENSES__CC0_dash_1_dot_0_dot_txt": "CC0-1.0"}, [], "CC0-1.0"),
        ({"LICENSES__GPL_dash_3_dot_0_dash_or_dash_later_dot_txt": "GPL-3.0-only"}, [], "GPL-3.0-or-later"),
        ({"LICENSE": "MIT", "LICENSES__ISC_dot_txt": "ISC"}, [], "MIT"),
        (
            {"LICENSE": "LicenseRef-scancode-commons-clause AND MIT"},
            ["MIT"],
            "LicenseRef-scancode-commons-clause AND MIT",
        ),
        ({"LICENSE": None}, [], "NOASSERTION"),
        ({}, ["MIT"], "NONE"),
        ({}, [], "NONE"),
    ],
)
def test_the_whole(files: dict[str, str | None], metadata: list[str], expected: str) -> None:
    assert project_licence(texts(**files), said(*metadata)).expression == expected


def test_notices_of_source_files_say_or_later_where_metadata_does_not() -> None:
    copying = texts(COPYING="GPL-3.0-only")
    later, only = "GPL-3.0-or-later", "GPL-3.0-only"
    assert project_licence(copying, [], [later]).expression == later
    assert project_licence(copying, [], [later, only]).expression == only
    assert project_licence(copying, said(only), [later]).expression == only
    assert project_licence(copying, said("GPLv3", kind="text"), [later]).expression == later


def test_order_does_not_matter() -> None:
    files = texts(LICENSE_dash_MIT="MIT", LICENSE_dash_APACHE="Apache-2.0")
    assert project_licence(files, []).expression == project_licence(files[::-1], []).expression


def test_the_detail_names_the_files_and_what_metadata_claims() -> None:
    found = project_licence(texts(LICENSE_dash_MIT="MIT", LICENSE_dash_APACHE="Apache-2.0"), [])
    assert found.files == ("LICENSE-MIT", "LICENSE-APACHE")
    assert found.detail == "LICENSE-MIT: MIT, LICENSE-APACHE: Apache-2.0; a choice, by the names of the files"
    assert project_licence([], said("MIT")).detail == "no licence file; pyproject.toml says 'MIT'"
    only_named = project_licence([Text(path="LICENSE", names=("MIT",))], [])
    assert (only_named.expression, only_named.detail) == ("NONE", "LICENSE names MIT without a text or notice")
    assert only_named.naming == Text(path="LICENSE", names=("MIT",))
    assert project_licence(texts(LICENSE=None), []).naming is None
    assert project_licence(texts(LICENSE=None), []).detail == "LICENSE: no licence that scancode knows"


def whole(expression: str) -> ProjectLicence:
    return ProjectLicence(expression=expression, files=("LICENSE",), detail="")


@pytest.mark.parametrize(
    ("expression", "kind", "words"),
    [
        ("MIT", "expression", ["Apache-2.0"]),
        ("MIT", "text", ["GPLv3"]),
        ("GPL-3.0-only", "classifier", ["License :: OSI Approved :: MIT License"]),
        ("MIT", "classifier", ["License :: X :: BSD License", "License :: X :: Apache Software License"]),
        ("MIT", "text", ["Proprietary"]),
        ("MIT", "expression", ["UNLICENSED"]),
        ("MIT", "classifier", ["License :: Other/Proprietary License"]),
    ],
)
def test_conflicts(expression: str, kind: str, words: list[str]) -> None:
    assert conflicts(whole(expression), said(*words, kind=kind))


@pytest.mark.parametrize(
    ("expression", "kind", "words"),
    [
        ("BSD-3-Clause", "classifier", ["License :: OSI Approved :: BSD License"]),
        ("GPL-3.0-or-later", "classifier", ["License :: X :: GNU General Public License v3 (GPLv3)"]),
        ("GPL-3.0-or-later", "expression", ["GPL-3.0-only"]),  # the same text; only the grant differs
        ("Apache-2.0 OR MIT", "classifier", ["License :: X :: MIT License", "License :: X :: Apache Software License"]),
        ("MIT", "classifier", ["License :: X :: MIT License", "License :: X :: Apache Software License"]),
        ("Apache-2.0 AND BSD-3-Clause", "expression", ["BSD-3-Clause"]),
        ("BSD-3-Clause", "classifier", ["License :: Public Domain"]),
        ("MIT", "classifier", ["License :: Other/Proprietary License", "License :: X :: BSD License"]),
        ("BlueOak-1.0.0", "classifier", ["License :: Other/Proprietary License"]),  # it has no classifier
        ("Unlicense", "text", ["Unlicensed"]),
        ("X11", "text", ["MIT"]),
        ("NONE", "expression", ["MIT"]),
        ("NOASSERTION", "expression", ["MIT"]),
        ("LicenseRef-ours", "expression", ["MIT"]),
        ("LicenseRef-scancode-unknown", "expression", ["MIT"]),
    ],
)
def test_no_conflict_where_either_side_is_unsure_or_they_overlap(expression: str, kind: str, words: list[str]) -> None:
    assert conflicts(whole(expression), said(*words, kind=kind)) == []
