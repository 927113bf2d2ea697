"""Which of several grants counts: the narrowest of those in force, and a suspension before all of them."""

from __future__ import annotations

from typing import Any

import pytest
from support.chains import policy_predicate

from verifier.errors import TrustError
from verifier.trust.policy import Grant, trust_policy

CONTRACT, BEFORE, NOW, AFTER = "MA-2026-014", "2026-03-01T00:00:00Z", "2026-11-14T12:00:00Z", "2026-12-01T00:00:00Z"
ALL: dict[str, Any] = {
    "person": "certifier",
    "role": "certifier",
    "contracts": ["*"],
    "from": "2026-01-01T00:00:00Z",
    "until": "2027-01-01T00:00:00Z",
    "limit": 1_000_000,
}
ONE = ALL | {"contracts": [CONTRACT]}


def grant(*grants: dict[str, Any], moment: str = NOW, contract: str = CONTRACT) -> Grant:
    return trust_policy("e" * 64, policy_predicate(grants=list(grants))).grant(
        "certifier", "certifier", contract, moment
    )


def refused(*grants: dict[str, Any], moment: str = NOW) -> str:
    with pytest.raises(TrustError) as caught:
        grant(*grants, moment=moment)
    return caught.value.code


@pytest.mark.parametrize("moment", [BEFORE, NOW], ids=["before-it", "in-it"])
@pytest.mark.parametrize("suspended", [ONE, ALL], ids=["for-this-one", "for-all"])
@pytest.mark.parametrize("order", [1, -1])
def test_whoever_is_suspended_has_no_other_grant(order, suspended, moment):
    """Neither one for all contracts nor one for just this one, wherever it stands in the policy."""
    last = {**suspended, "suspended": True, "from": "2026-10-01T00:00:00Z"}
    assert refused(*[ALL, ONE, last][::order], moment=moment) == "suspended"


def test_a_suspension_for_one_contract_is_for_no_other():
    assert grant(ALL, ONE | {"suspended": True}, contract="MA-1").limit == 1_000_000


def test_a_suspension_ends_when_it_says():
    ended = ONE | {"suspended": True, "until": BEFORE}
    assert refused(ALL, ended, moment=BEFORE) == "suspended"
    assert grant(ALL, ended).limit == 1_000_000
    assert refused(ended) == "role-expired"


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("grants", "limit"),
    [
        ([ALL, ONE | {"limit": 100}], 100),
        ([ALL | {"limit": 100}, ONE], 1_000_000),
        ([ALL, ALL | {"limit": 100}], 100),
        ([{name: value for name, value in ALL.items() if name != "limit"}, ALL], 1_000_000),
        ([ALL, ONE | {"limit": 0}], 0),
        ([ALL | {"limit": 100}, ONE | {"until": BEFORE}], 100),
    ],
    ids=["lower-for-this-one", "higher-for-this-one", "lower-for-all", "none", "nothing", "one-that-ended"],
)
def test_what_names_the_contract_goes_first_and_then_the_smallest_limit(grants, limit, order):
    assert grant(*grants[::order]).limit == limit
