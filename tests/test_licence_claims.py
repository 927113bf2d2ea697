"""What metadata says, in the words that people use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.licence_claims import Claim, claim, declared, meant

pytestmark = pytest.mark.self


def said(kind: str, words: str) -> Claim:
    found = claim("pyproject.toml", kind, words)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "words", "expression"),
    [
        ("expression", "mit or apache-2.0", "Apache-2.0 OR MIT"),
        ("expression", "GPL-3.0", "GPL-3.0-only"),  # deprecated, with one meaning in SPDX
        ("text", "MIT", "MIT"),
        ("text", "The MIT License (MIT)", "MIT"),
        ("text", "Apache 2.0", "Apache-2.0"),
        ("text", "Apache License, Version 2.0", "Apache-2.0"),
        ("text", "New BSD License", "BSD-3-Clause"),
        ("text", "BSD-3-Clause", "BSD-3-Clause"),
        ("text", "GPLv3+", "GPL-3.0-or-later"),
        ("text", "LGPL v2.1 or later", "LGPL-2.1-or-later"),
        ("text", "GPL-2.0-only", "GPL-2.0-only"),
        ("text", "MPL-2.0 AND MIT", "MIT AND MPL-2.0"),
        ("text", "License :: OSI Approved :: ISC License (ISCL)", "ISC"),
        ("classifier", "License :: OSI Approved :: MIT License", "MIT"),
        (
            "classifier",
            "License :: OSI Approved :: GNU Affero General Public License v3 or later (AGPLv3+)",
            "AGPL-3.0-or-later",
        ),
        ("classifier", "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
        ("classifier", "License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"),
    ],
)
def test_words_of_one_licence(kind: str, words: str, expression: str) -> None:
    assert said(kind, words).expression == expression


@pytest.mark.parametrize(
    ("kind", "words", "some"),
    [
        ("classifier", "License :: OSI Approved :: BSD License", {"BSD-2-Clause", "BSD-3-Clause"}),
        ("classifier", "License :: OSI Approved :: Apache Software License", {"Apache-1.1", "Apache-2.0"}),
        (
            "classifier",
            "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
            {"GPL-3.0-only", "GPL-3.0-or-later"},
        ),
        ("text", "GPL", {"GPL-2.0-only", "GPL-3.0-or-later"}),
        ("text", "LGPLv2", {"LGPL-2.0-only", "LGPL-2.1-or-later"}),
        ("text", "GPL-3.0", {"GPL-3.0-only", "GPL-3.0-or-later"}),
    ],
)
def test_words_of_a_family_name_no_one_licence(kind: str, words: str, some: set[str]) -> None:
    found = said(kind, words)
    assert found.expression is None
    assert some <= found.means


@pytest.mark.parametrize("words", ["Dual License", "GPLv2 or GPLv3", "GPL with exceptions", "x" * 5000])
def test_words_that_say_nothing_sure(words: str) -> None:
    found = said("text", words)
    assert (found.expression, found.means) == (None, frozenset())
    assert len(found.words) <= 120


@pytest.mark.parametrize(
    ("kind", "words"),
    [("text", " \n"), ("classifier", "License :: OSI Approved"), ("classifier", "License :: DFSG approved")],
)
def test_what_speaks_of_no_licence_is_no_claim(kind: str, words: str) -> None:
    assert claim("setup.py", kind, words) is None


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], "NONE"),
        ([("text", "MIT"), ("classifier", "License :: OSI Approved :: Apache Software License")], "MIT"),
        (
            [("text", "GPL"), ("classifier", "License :: X :: GNU General Public License v2 or later (GPLv2+)")],
            "GPL-2.0-or-later",
        ),
        ([("classifier", "License :: OSI Approved :: MIT License")] * 2, "MIT"),
        (
            [
                ("classifier", "License :: OSI Approved :: MIT License"),
                ("classifier", "License :: X :: ISC License (ISCL)"),
            ],
            "NOASSERTION",
        ),
        ([("classifier", "License :: OSI Approved :: BSD License")], "NOASSERTION"),
        ([("text", "Dual License")], "NOASSERTION"),
    ],
)
def test_what_the_metadata_declares_as_a_whole(statements: list[tuple[str, str]], expected: str) -> None:
    assert declared([said(kind, words) for kind, words in statements]) == expected


@given(st.text(max_size=80))
def test_any_words_are_answered(words: str) -> None:
    assert isinstance(meant(words), frozenset)
