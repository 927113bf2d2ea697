"""What listings take from the names of delivered files, and from no more of them."""

from __future__ import annotations

import pytest
from support.accepted import repository

from verifier.inside.look.languages import _EXTENSIONS, SOURCE
from verifier.procurement.listing.delivered import NAMELESS, Delivered, look
from verifier.procurement.listing.facts import _licences

GITHUB = "https://github.com/example/parcels"


def test_every_language_that_is_known_has_a_name():
    for language in sorted(SOURCE - NAMELESS):
        ending = _EXTENSIONS[language].split()[0]
        (name,) = Delivered.of([f"a.{ending}"]).languages
        assert name[0].isupper(), language


def test_languages_are_in_the_order_of_their_files():
    paths = ["a.ps1", "b.py", "c.py", "d.js", "e.md", "f.so", "LICENCE.md", "docs/LICENSE"]
    assert Delivered.of(paths).languages == ("Python", "JavaScript", "PowerShell")
    assert Delivered.of(paths).licences == ("LICENCE.md",)


@pytest.mark.parametrize(
    ("expression", "paths", "where", "urls"),
    [
        ("MIT", ["LICENSE"], GITHUB + ".git", [f"{GITHUB}/blob/c0/LICENSE"]),
        ("MIT", ["LICENSE"], "https://gitlab.com/x/y", ["https://gitlab.com/x/y/-/blob/c0/LICENSE"]),
        ("MIT", ["LICENSE"], "https://example.org/x", ["https://spdx.org/licenses/MIT.html"]),
        ("MIT", ["LICENSE", "LICENCE-fr"], GITHUB, ["https://spdx.org/licenses/MIT.html"]),
        ("MIT", ["LICENSE", "LICENSES/MIT.txt"], GITHUB, [f"{GITHUB}/blob/c0/LICENSES/MIT.txt"]),
        (
            "MIT OR Apache-2.0",
            ["LICENSE", "LICENSES/MIT.txt"],
            GITHUB,
            ["https://spdx.org/licenses/Apache-2.0.html", f"{GITHUB}/blob/c0/LICENSES/MIT.txt"],
        ),
    ],
)
def test_a_licence_is_shown_where_it_is_sure_to_be(expression, paths, where, urls):
    assert [url for _, url in _licences(expression, where, "c0", Delivered.of(paths))] == urls


def test_nothing_of_the_repository_is_run(tmp_path):
    """Neither its hooks nor what its configuration names."""
    made, commit = repository(tmp_path / "clone", {"LICENSE": "MIT", "a.py": ""})
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.sshCommand", "diff.external", "core.pager"):
        made.git("config", name, str(trap))
    made.git("config", "core.hooksPath", str(tmp_path))
    (tmp_path / "post-checkout").symlink_to(trap)
    before = {path: path.stat().st_mtime_ns for path in made.path.rglob("*")}
    assert look(made.path, commit) == Delivered(("Python",), ("LICENSE",))
    assert not sprung.exists()
    assert {path: path.stat().st_mtime_ns for path in made.path.rglob("*")} == before


def test_a_bare_clone_will_do(tmp_path):
    made, commit = repository(tmp_path / "clone", {"LICENSE": "MIT", "a.py": ""})
    made.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    assert look(tmp_path / "bare", commit).languages == ("Python",)
