"""An opportunity in the form in which the Micro-Acquisition pilot posted them, made up for the tests."""

from __future__ import annotations

from pathlib import Path

ENGLISH = """---
layout: post
title: Rates of parcels
ref: parcels
lang: en
skills: Python
value: $6,500 (excluding taxes)
closing_date: 2026-01-12T23:59:59-05:00
start_date: 2026-01-16
delivery_date: 2026-02-23T23:59:59-05:00
selected_bidder:
short_desc: "A library."
---

## Description

1. This list is of something else.

## Work acceptance criteria

To be paid the fixed price, you must:

1. Deliver source code that computes rates. In addition:

   - It has the *MIT* licence
   - It passes [these
     checks](https://example.org/checks):
     - no warnings

   Ask where that is not clear.
2. Deliver documentation

### Notes

3. No more than this.

## Terms

- This is no criterion.
"""
FRENCH = """---
layout: post
title: Tarifs des colis
ref: parcels
lang: fr
value: 6 500$ (hors les taxes)
delivery_date: 2026-02-23T23:59:59-05:00
---

## Critères d’acceptation de travail

1. Livrer un code source qui calcule les tarifs. De plus :

   - Il porte la licence *MIT*
   - Il passe [ces vérifications](https://example.org/verifications) :
     - aucun avertissement

   Demander en cas de doute.
2. Livrer la documentation
3. Pas plus que cela.
"""


def posted(folder: Path, english: str = ENGLISH, french: str = FRENCH) -> tuple[str, ...]:
    """Writes both files, and gives the options that name them."""
    (folder / "en.md").write_text(english)
    (folder / "fr.md").write_text(french)
    return ("--opportunity", "en.md", "--opportunity", "fr.md")
