"""What is read from an opportunity, and what is refused in one sentence."""

from __future__ import annotations

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st
from support.opportunities import ENGLISH, FRENCH

from verifier.errors import UsageError
from verifier.procurement.opportunity import read, together


def both(english: str = ENGLISH, french: str = FRENCH):
    return together([read(english.encode(), "en.md"), read(french.encode(), "fr.md")])


def test_both_languages_are_one_set_of_terms():
    given_ = both()
    assert (given_["title-en"], given_["title-fr"]) == ("Rates of parcels", "Tarifs des colis")
    assert (given_["price"], given_["due"]) == (650_000, "2026-02-23")
    assert "currency" not in given_


def test_each_item_is_a_requirement_by_its_place():
    found = {one["id"]: one["text"] for one in both()["requirements"]}
    assert list(found) == ["r1", "r1.1", "r1.2", "r1.2.1", "r2", "r3"]
    english = "Deliver source code that computes rates. In addition: Ask where that is not clear."
    assert found["r1"]["en"] == english
    assert found["r1.1"] == {"en": "It has the MIT licence", "fr": "Il porte la licence MIT"}
    assert found["r1.2"]["en"] == "It passes these checks (https://example.org/checks):"
    assert found["r1.2.1"] == {"en": "no warnings", "fr": "aucun avertissement"}


def test_the_order_of_the_files_does_not_matter():
    files = [read(FRENCH.encode(), "fr.md"), read(ENGLISH.encode(), "en.md")]
    assert together(files) == both()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: Rates of parcels", "title:", "en.md does not say title."),
        ("ref: parcels", "ref: other", "en.md and fr.md have not the same ref."),
        ("lang: en", "lang: de", 'en.md does not say "lang: en" or "lang: fr".'),
        ("lang: en", "lang: fr", "en.md: $6,500 (excluding taxes) is no amount such as $6,500 (excluding taxes)."),
        ("$6,500 (excluding taxes)", "free", "en.md: free is no amount such as $6,500 (excluding taxes)."),
        ("$6,500 (excluding taxes)", "$0,000", "en.md: $0,000 is no amount such as $6,500 (excluding taxes)."),
        ("$6,500 (excluding taxes)", "$6,500.005", "en.md: $6,500.005 is no amount such as $6,500 (excluding taxes)."),
        ("$6,500 (excluding taxes)", "$65,00", "en.md: $65,00 is no amount such as $6,500 (excluding taxes)."),
        (
            "$6,500 (excluding taxes)",
            "$6,500 (including taxes)",
            "en.md: $6,500 (including taxes) has to be the price before tax; this says something else.",
        ),
        ("$6,500 (excluding taxes)", "$6,600", "en.md and fr.md have not the same value."),
        ("$6,500 (excluding taxes)", "6,500 EUR", "en.md and fr.md have not the same value."),
        (
            "delivery_date: 2026-02-23T23:59:59-05:00",
            "delivery_date: soon",
            "en.md has no delivery_date such as 2026-11-29.",
        ),
        (
            "delivery_date: 2026-02-23T23:59:59-05:00",
            "delivery_date: 2026-02-24",
            "en.md and fr.md have not the same delivery_date.",
        ),
        ("## Work acceptance criteria", "## Other", 'en.md has no list under the heading "work acceptance criteria".'),
        ("2. Deliver documentation\n", "", "en.md lists 5 acceptance criteria and fr.md 6, or in another order"),
        (
            "     - no warnings\n",
            "   - no warnings\n",
            "en.md lists 6 acceptance criteria and fr.md 6, or in another order",
        ),
        ("2. Deliver documentation", "2.", "en.md: item 2 of the list is empty."),
        ("layout: post", "layout: [", "en.md has front matter that is not valid YAML."),
        ("---\nlayout", "layout", 'en.md does not say "lang: en" or "lang: fr".'),
    ],
)
def test_what_is_wrong_is_one_sentence(old, new, told):
    assert old in ENGLISH
    with pytest.raises(UsageError) as caught:
        both(ENGLISH.replace(old, new))
    assert str(caught.value).startswith(told)


def test_the_french_title_is_never_left_out():
    with pytest.raises(UsageError, match=r"^fr\.md does not say title\.$"):
        both(french=FRENCH.replace("title: Tarifs des colis\n", ""))


@pytest.mark.parametrize("files", [(), (ENGLISH,), (ENGLISH, ENGLISH), (ENGLISH, FRENCH, FRENCH)])
def test_two_languages_are_two_files(files):
    with pytest.raises(UsageError, match="the English one and the French one"):
        together([read(one.encode(), "a.md") for one in files])


def test_what_is_no_text_and_what_is_too_long_is_not_read():
    with pytest.raises(UsageError, match="not valid YAML"):
        read(b"---\ntitle: \xff\n---\n", "en.md")
    with pytest.raises(UsageError, match="not valid YAML"):
        read(b"---\ntitle: " + b"[" * 100_000 + b"\n---\n", "en.md")
    with pytest.raises(UsageError, match="not read"):
        read(b" " * 256_001, "en.md")


@given(st.integers(1, 10**11 - 1), st.sampled_from(["en", "fr"]), st.booleans())
def test_an_amount_is_read_as_it_is_written_in_its_language(cents, language, code):
    from decimal import Decimal

    shown = format_decimal(Decimal(cents) / 100, format="#,##0.00", locale=f"{language}_CA")
    value = f"{shown} CAD" if code else f"{shown} $" if language == "fr" else f"${shown}"
    words = FRENCH if language == "fr" else ENGLISH
    line = next(one for one in words.splitlines() if one.startswith("value:"))
    found = read(words.replace(line, f"value: {value}").encode(), "a.md")
    assert (found.price, found.currency) == (cents, "CAD" if code else "")
