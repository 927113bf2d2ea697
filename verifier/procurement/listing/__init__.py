"""Drafts of entries for catalogues of public code: the Open Resource Exchange, publiccode.yml, code.json.

    FORMS["ore"](facts)

Each form is a pure function from `Facts` to text. What the record does not know is said in `listing.yml`, never made up.
"""

from verifier.procurement.listing.facts import Facts, facts
from verifier.procurement.listing.forms import FORMS
from verifier.procurement.listing.said import Said

__all__ = ["FORMS", "Facts", "Said", "facts"]
