"""Which code is others' by its folder, its name or its notice, and which licence file covers what."""

from __future__ import annotations

import pytest

from verifier.licence_detected import Detected, Match
from verifier.licence_folders import Folder, folders, piece
from verifier.licence_others import LISTED, Piece, findings, pieces

pytestmark = pytest.mark.self


def notice(expression: str = "MIT", words: int = 160, line: int = 3) -> Match:
    return Match(expression=expression, line=line, end_line=line + 9, words=words, score=100, matcher="2-aho")


def file(path: str, *matches: Match, holders: tuple[str, ...] = ()) -> Detected:
    return Detected(path=path, matches=matches, holders=holders, any=bool(matches))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("app/_vendor/six.py", "app/_vendor/six.py"),
        ("app/vendor/maps/deep/a.py", "app/vendor/maps"),
        ("third_party/maps/a.c", "third_party/maps"),
        ("thirdparty/maps/a.c", "thirdparty/maps"),
        ("web/node_modules/grid/index.js", "web/node_modules/grid"),
        ("web/node_modules/@maps/core/index.js", "web/node_modules/@maps/core"),
        ("vendor/maps/vendor/inner/a.py", "vendor/maps"),  # what it brings along is its own affair
        ("app/_vendor/__init__.py", ""),  # glue
        ("app/vendor.py", ""),
        ("app/vendors/models.py", ""),
        ("external/api.py", ""),
        ("lib/a.py", ""),
    ],
)
def test_the_piece_that_a_path_is_of(path: str, name: str) -> None:
    assert piece(path) == name


def test_a_licence_file_covers_its_folder_but_for_deeper_ones() -> None:
    files = [
        file("LICENSE", notice()),
        file("LICENSES/MIT.txt", notice()),
        file("vendor/LICENSE", notice("BSD-3-Clause")),
        file("vendor/maps/COPYING", notice("GPL-3.0-only")),
        file("vendor/grid/LICENSE-MIT", notice()),
        file("vendor/grid/LICENSE-APACHE", notice("Apache-2.0")),
        file("data/LICENSE", notice("CC-BY-4.0")),
        file("named/LICENSE", notice(words=3)),
        file("vendor/LICENSE-3rdparty.txt", notice("MPL-2.0")),
    ]
    sources = ["a.py", "vendor/six.py", "vendor/maps/in/a.py", "vendor/grid/a.py", "named/a.py"]
    found = {
        one.path: (one.name, one.expression, one.files) for one in folders({one.path: one for one in files}, sources)
    }
    assert found == {
        "vendor/LICENSE": ("vendor", "BSD-3-Clause", ("vendor/six.py",)),
        "vendor/maps/COPYING": ("vendor/maps", "GPL-3.0-only", ("vendor/maps/in/a.py",)),
        "vendor/grid/LICENSE-APACHE": ("vendor/grid", "Apache-2.0 OR MIT", ("vendor/grid/a.py",)),
    }


def found(*files: Detected, nested: tuple[Folder, ...] = (), own: tuple[str, ...] = ("Our Agency",)) -> list[Piece]:
    texts = [one for one in files if "LICENSE" in one.path]
    return pieces([one for one in files if one not in texts], nested, texts, own, "MIT")


def test_a_folder_named_for_the_code_of_others_is_one_piece() -> None:
    covered = Folder(path="vendor/maps/LICENSE", expression="MIT", files=("vendor/maps/a.py", "vendor/maps/b.py"))
    text = file(covered.path, notice(), holders=("Bo Sample",))
    (one,) = found(file("vendor/maps/a.py"), file("vendor/maps/b.py"), text, nested=(covered,))
    assert one == Piece(name="vendor/maps", path=covered.path, line=None, licence="MIT", holders=("Bo Sample",))
    assert one.kept


@pytest.mark.parametrize(
    ("one", "licence", "kept"),
    [
        (file("vendor/a.py"), "NONE", False),
        (file("vendor/a.py", notice()), "MIT", False),  # whose?
        (file("vendor/a.py", notice("Unlicense")), "Unlicense", True),  # nobody has to be named
        (file("vendor/a.py", notice(words=3), holders=("Bo Sample",)), "MIT", True),
        (file("vendor/a.py", notice("LicenseRef-scancode-unknown-license-reference")), "NONE", False),
    ],
)
def test_whether_notice_and_licence_stand_with_it(one: Detected, licence: str, kept: bool) -> None:
    (seen,) = found(one)
    assert (seen.licence, seen.kept) == (licence, kept)


@pytest.mark.parametrize(
    ("one", "others"),
    [
        (file("app/six.py", notice(), holders=("Benjamin Specimen",)), True),
        (file("app/six.py", notice(), holders=("the Our Agency developers",)), False),  # ours, in other words
        (file("app/six.py", notice(), holders=("Our Agency", "Benjamin Specimen")), False),  # ours too
        (file("app/six.py", notice()), False),  # nobody's name
        (file("app/six.py", notice(words=3), holders=("Benjamin Specimen",)), False),  # no notice
        (file("static/grid.min.js", notice(words=3), holders=("Grid authors Specimen",)), True),
        (file("static/grid-2.1.0.js", notice(words=3), holders=("Specimen",)), True),
        (file("static/app.js", notice(words=3), holders=("Specimen",)), False),
        (file("static/app.min.js"), False),  # the project's own, made small
    ],
)
def test_a_file_with_a_strangers_notice_is_others(one: Detected, others: bool) -> None:
    assert bool(found(one)) is others


def test_who_the_project_is_comes_from_metadata_the_licence_file_and_most_files() -> None:
    six = file("app/six.py", notice(), holders=("Benjamin Specimen",))
    own = [file(f"app/{number}.py", notice(), holders=("Bureau of Parcels",)) for number in range(3)]
    steward = file("LICENSE", notice("GPL-3.0-only"), holders=("Free Software Foundation, Inc.",))
    assert found(six, own=()) == []  # nobody knows who the project is
    assert found(six, steward, own=()) == []
    assert [one.name for one in found(six, file("LICENSE", notice(), holders=("Bureau",)), own=())] == ["app/six.py"]
    assert [one.name for one in found(six, *own, own=())] == ["app/six.py"]
    assert found(*own, own=("Benjamin Specimen",)) == []  # most files say so, whoever wrote the metadata


def test_a_delivery_that_is_copied_for_the_most_part_does_not_become_its_own() -> None:
    copied = [file(f"app/{n}.py", notice("LGPL-2.1-only"), holders=("Nets Specimen",)) for n in range(30)]
    assert len(found(*copied, own=("Our Agency",))) == 30


def made(number: int, licence: str, holders: tuple[str, ...] = ("Specimen",)) -> list[Piece]:
    names = [f"vendor/{licence}-{n}" for n in range(number)]
    return [Piece(name=name, path=f"{name}/a.py", line=None, licence=licence, holders=holders) for name in names]


def test_each_piece_has_a_note_and_many_are_counted_by_licence() -> None:
    few = list(findings(made(2, "MIT")))
    assert [one.path for one in few] == ["vendor/MIT-0/a.py", "vendor/MIT-1/a.py"]
    assert (
        few[0].message
        == "vendor/MIT-0 is the code of others (Specimen) under MIT; copyright and licence stand with it."
    )
    many = list(findings([*made(LISTED, "MIT"), *made(2, "ISC")]))
    assert [one.message for one in many] == [
        "Code of others under ISC: vendor/ISC-0, vendor/ISC-1.",
        f"Code of others under MIT: vendor/MIT-0, vendor/MIT-1, vendor/MIT-2 and {LISTED - 3} more.",
    ]
    assert {(one.rule, one.severity) for one in (*few, *many)} == {("scancode:third-party", "note")}


def test_what_lacks_its_notice_is_told_once_a_folder_and_never_surely() -> None:
    (bare,) = findings([*made(5, "NONE", ()), *made(1, "MIT", ())])
    assert (bare.rule, bare.severity, bare.confidence) == ("scancode:third-party-notice", "note", "low")
    assert bare.message.startswith(
        "vendor/NONE-0, vendor/NONE-1, vendor/NONE-2 and 3 more: by name the code of others;"
    )
    (nobodys,) = findings(made(1, "MIT", ()))
    assert nobodys.message == "vendor/MIT-0: by name the code of others; nothing there says whose it is."
