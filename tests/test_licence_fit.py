"""Whether what came in under one licence may go out under another, by example, by property, and by the matrix's own data."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.licence import category, strong_copyleft
from verifier.licence_fit import _ANSWERS, CLOSED, FREE, Fit, _matrix, ruling, source

pytestmark = pytest.mark.self
IDS = (
    *("MIT", "Apache-2.0", "BSD-4-Clause", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-or-later", "LGPL-2.1-only"),
    *("AGPL-3.0-only", "MPL-2.0", "EPL-2.0", "CC0-1.0", "PSF-2.0", "CC-BY-NC-4.0", "LicenseRef-own"),
    *("GPL-2.0-only WITH Classpath-exception-2.0", "Apache-2.0 WITH LLVM-exception", "NOASSERTION"),
)
EXPRESSIONS = st.recursive(
    st.sampled_from(IDS),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner),
    max_leaves=5,
)
WAYS = st.booleans()
UNHURRIED = settings(deadline=None)
"""A machine under load is no reason to fail, nor is reading the index at the first example."""


def fit(outbound: str, inbound: str, *, imported: bool = False) -> Fit:
    return ruling(outbound, inbound, imported=imported).fit


@pytest.mark.parametrize(
    ("outbound", "inbound", "copied", "imported"),
    [
        ("MIT", "MIT", "FITS", "FITS"),
        ("MIT", "BSD-3-Clause", "FITS", "FITS"),
        ("GPL-3.0-or-later", "MIT", "FITS", "FITS"),
        ("MIT", "GPL-3.0-only", "CONFLICT", "CONFLICT"),
        ("MIT", "AGPL-3.0-or-later", "CONFLICT", "CONFLICT"),
        ("MIT", "LGPL-3.0-only", "CONFLICT", "FITS"),  # a library that is only imported keeps its licence to itself
        ("MIT", "MPL-2.0", "CONFLICT", "FITS"),
        ("LGPL-3.0-or-later", "GPL-3.0-only", "CONFLICT", "CONFLICT"),
        ("GPL-2.0-only", "Apache-2.0", "CONFLICT", "CONFLICT"),
        ("GPL-3.0-only", "Apache-2.0", "FITS", "FITS"),
        ("GPL-2.0-only", "LGPL-3.0-only", "CONFLICT", "CONFLICT"),
        ("GPL-2.0-only", "GPL-3.0-or-later", "CONFLICT", "CONFLICT"),
        # "or later" going out: it holds under a later version, which is not all that was promised
        ("GPL-2.0-or-later", "Apache-2.0", "UNSURE", "UNSURE"),
        ("GPL-2.0-or-later", "GPL-3.0-only", "UNSURE", "UNSURE"),
        # coming in, it is a choice among the versions
        ("GPL-2.0-only", "GPL-2.0-or-later", "FITS", "FITS"),
        ("LGPL-3.0-only", "LGPL-2.0-or-later", "FITS", "FITS"),
        # a notice without "or later" in a project that grants it is a slip of the pen, not another licence
        ("GPL-3.0-or-later", "GPL-3.0-only", "FITS", "FITS"),
        ("LGPL-2.1-or-later", "LGPL-2.1-only", "FITS", "FITS"),
        ("AGPL-3.0-only", "GPL-3.0-only", "UNSURE", "UNSURE"),  # "Check dependency"
        # one choice of what comes in is enough; all that applies together must fit
        ("MIT", "MIT OR GPL-2.0-only", "FITS", "FITS"),
        ("MIT", "BSD-3-Clause AND GPL-2.0-only", "CONFLICT", "CONFLICT"),
        ("MIT", "MIT AND MPL-2.0", "CONFLICT", "FITS"),
        # each choice that is promised must hold; a part is under one of several that apply together
        ("MIT OR GPL-3.0-only", "GPL-3.0-only", "CONFLICT", "CONFLICT"),
        ("MIT AND GPL-3.0-only", "GPL-3.0-only", "FITS", "FITS"),
        ("MIT OR Apache-2.0", "BSD-3-Clause", "FITS", "FITS"),
        ("Artistic-1.0-Perl OR GPL-1.0-or-later", "Artistic-1.0-Perl OR GPL-1.0-or-later", "FITS", "FITS"),
        # an exception allows more and never makes a conflict; one that is promised must be granted by every part
        ("MIT", "GPL-2.0-only WITH Classpath-exception-2.0", "UNSURE", "FITS"),
        ("MIT", "Apache-2.0 WITH LLVM-exception", "FITS", "FITS"),
        ("Apache-2.0 WITH LLVM-exception", "MIT", "FITS", "FITS"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", "UNSURE", "UNSURE"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "LGPL-2.1-only", "UNSURE", "FITS"),
        ("GPL-2.0-only", "GPL-2.0-only WITH Classpath-exception-2.0", "FITS", "FITS"),
        ("MIT", "GPL-2.0-only WITH LicenseRef-own", "CONFLICT", "CONFLICT"),  # a word that SPDX does not list
        # what the matrix does not list, by category
        ("CC0-1.0", "GPL-2.0-only", "CONFLICT", "CONFLICT"),
        ("CC0-1.0", "MIT", "FITS", "FITS"),
        ("GPL-2.0-only", "CC0-1.0", "FITS", "FITS"),
        ("MIT", "PSF-2.0", "FITS", "FITS"),
        ("GPL-3.0-only", "PSF-2.0", "UNSURE", "UNSURE"),
        ("MIT", "CC-BY-NC-4.0", "CONFLICT", "UNSURE"),
        ("MIT", "CC-BY-SA-4.0", "UNSURE", "FITS"),
        ("MIT", "LicenseRef-own", "UNSURE", "UNSURE"),
        # nobody knows
        ("NOASSERTION", "GPL-3.0-only", "UNSURE", "UNSURE"),
        ("NONE", "GPL-3.0-only", "UNSURE", "UNSURE"),
        ("MIT", "NOASSERTION", "UNSURE", "UNSURE"),
        ("MIT", "(", "UNSURE", "UNSURE"),
        (")", "MIT", "UNSURE", "UNSURE"),
    ],
)
def test_a_licence_under_a_licence(outbound: str, inbound: str, copied: str, imported: str) -> None:
    assert (fit(outbound, inbound).name, fit(outbound, inbound, imported=True).name) == (copied, imported)


def test_the_ruling_names_the_pair_that_decided_and_the_rule() -> None:
    found = ruling("MIT OR Apache-2.0", "BSD-3-Clause AND GPL-2.0-only")
    assert (found.inbound, found.outbound) == ("GPL-2.0-only", "MIT")
    assert found.rule == f"{source()}: GPL-2.0-only under MIT: No"
    later = ruling("GPL-2.0-or-later", "Apache-2.0")
    assert later.rule == f"{source()}: Apache-2.0 under GPL-2.0-or-later: No, under GPL-3.0-only: Yes"


@UNHURRIED
@given(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS, WAYS)
def test_another_choice_of_what_comes_in_never_makes_it_worse(out: str, a: str, b: str, imported: bool) -> None:
    either = fit(out, f"({a}) OR ({b})", imported=imported)
    assert either >= max(fit(out, a, imported=imported), fit(out, b, imported=imported))


@UNHURRIED
@given(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS, WAYS)
def test_more_that_comes_in_together_never_makes_it_better(out: str, a: str, b: str, imported: bool) -> None:
    both = fit(out, f"({a}) AND ({b})", imported=imported)
    assert both <= min(fit(out, a, imported=imported), fit(out, b, imported=imported))


@UNHURRIED
@given(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS, WAYS)
def test_promising_another_choice_never_makes_it_better(a: str, b: str, inbound: str, imported: bool) -> None:
    assert fit(f"({a}) OR ({b})", inbound, imported=imported) <= fit(a, inbound, imported=imported)


@UNHURRIED
@given(EXPRESSIONS, EXPRESSIONS, WAYS)
def test_the_same_two_licences_give_the_same_answer_however_they_are_written(a: str, b: str, imported: bool) -> None:
    assert fit(a, b, imported=imported) == fit(f"({a}) AND ({a})", f"({b}) OR ({b})", imported=imported)


@UNHURRIED
@given(st.sampled_from(IDS), st.sampled_from(IDS))
def test_importing_is_never_worse_than_copying(out: str, come: str) -> None:
    assert fit(out, come, imported=True) >= fit(out, come)


@pytest.mark.parametrize("licence", sorted(_matrix().rows))
def test_every_licence_of_the_matrix_fits_under_itself(licence: str) -> None:
    assert fit(licence, licence) is Fit.FITS


def test_the_matrix_knows_no_other_words() -> None:
    assert {word for row in _matrix().rows.values() for word in row.values()} == set(_ANSWERS)


def test_the_categories_say_of_pairs_that_are_not_listed_what_the_matrix_says_of_those_that_are() -> None:
    """The matrix has no permissive licence that conflicts under another, and no strong one that fits under a permissive one."""
    pairs = {(out, come): _ANSWERS[word] for out, row in _matrix().rows.items() for come, word in row.items()}
    free = [fits for (out, come), fits in pairs.items() if {category(out), category(come)} <= FREE]
    strong = [fits for (out, come), fits in pairs.items() if category(out) in FREE and strong_copyleft(come)]
    assert len(free) > 5000
    assert Fit.CONFLICT not in free
    assert len(strong) > 500
    assert set(strong) == {Fit.CONFLICT}
    assert not any(category(come) in CLOSED for _, come in pairs)
