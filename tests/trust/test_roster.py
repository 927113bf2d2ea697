"""A roster becomes the next version: whose place its entries take, from when on they count, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.chains import key_id, pem, policy_predicate

from verifier.errors import CriteriaError, TrustError
from verifier.trust import roster
from verifier.trust.policy import trust_policy

JANUARY, JUNE, NOVEMBER = (f"2026-{month}-01T00:00:00Z" for month in ("01", "06", "11"))
CONTRACT = "MA-2026-014"
OTHER_LEDGER = "example.org/old+00000000+AQ=="
IDENTITY = {"subject": "a@example.org", "issuer": "https://issuer.example"}
Make = Callable[..., dict[str, Any]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make(before, now, **roster)`: the version after `before`, else the first."""
    for name in ("one", "other"):
        (tmp_path / f"{name}.pub").write_text(pem(name))
    (tmp_path / "stamps.pem").write_text("CHAIN\n")

    def version(before: dict[str, Any] | None, now: str, **told: Any) -> dict[str, Any]:
        file = tmp_path / "roster.yml"
        file.write_text(yaml.safe_dump({"expires": "2027-12-31", **told}))
        if before is None:
            return roster.first(file, roots=[pem("root")], threshold=1, now=now)
        return roster.added(file, before, now=now)

    return version


def certifier(*roles: dict[str, Any], id: str = "c.manager", **more: Any) -> dict[str, Any]:  # noqa: A002 - as in the roster
    return {
        "id": id,
        "keys": ["one.pub"],
        "roles": [{"role": "certifier", **role} for role in roles] or ["certifier"],
    } | more


def start(predicate: dict[str, Any], moment: str, contract: str = CONTRACT) -> str:
    """When the grant began that let the certifier act then; else the code of why there is none."""
    try:
        return trust_policy("e" * 64, predicate).grant("c.manager", "certifier", contract, moment).start
    except TrustError as error:
        return error.code


# From when on ---------------------------------------------------------------------------------------------------------------


def test_who_had_the_role_before_still_has_it_from_then_on(make):
    first = make(None, JANUARY, people=[certifier()])
    second = make(first, NOVEMBER, people=[certifier({"limit": "10.00"})])
    assert start(second, JUNE) == JANUARY
    assert [one["contracts"] for one in second["grants"]] == [["*"]]


def test_who_had_not_has_it_from_now_on(make):
    first = make(None, JANUARY, people=[certifier(roles=["payer"])])
    assert start(make(first, NOVEMBER, people=[certifier()]), JUNE) == "role-expired"
    another = make(first, NOVEMBER, people=[certifier(), {"id": "p.desk", "roles": ["certifier"]}])
    assert {one["from"] for one in another["grants"] if one["person"] == "p.desk"} == {NOVEMBER}


def test_a_from_that_is_given_counts(make):
    first = make(None, JANUARY, people=[certifier()])
    assert start(make(first, NOVEMBER, people=[certifier({"from": "2026-10-01"})]), JUNE) == "role-expired"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([CONTRACT], ["*"], {CONTRACT: JANUARY, "MA-2": "role-expired"}),
        (["*"], [CONTRACT], {CONTRACT: JANUARY, "MA-2": "role"}),
        ([CONTRACT], [CONTRACT, "MA-2"], {CONTRACT: JANUARY, "MA-2": "role-expired"}),
        (["MA-2"], [CONTRACT], {CONTRACT: "role-expired", "MA-2": "role"}),
    ],
    ids=["wider", "narrower", "one-more", "another"],
)
def test_it_is_kept_for_the_contracts_for_which_it_was(make, before, after, found):
    first = make(None, JANUARY, people=[certifier({"contracts": before})])
    second = make(first, NOVEMBER, people=[certifier({"contracts": after})])
    assert {contract: start(second, JUNE, contract) for contract in found} == found
    assert all(start(second, NOVEMBER, contract) != "role-expired" for contract in after if contract != "*")
    assert start(second, NOVEMBER, "MA-3") == (NOVEMBER if after == ["*"] else "role")


def test_a_role_that_had_ended_begins_anew(make):
    first = make(None, JANUARY, people=[certifier({"until": "2026-05-01"})])
    assert start(make(first, NOVEMBER, people=[certifier()]), JUNE) == "role-expired"


def test_a_policy_that_expired_is_renewed_without_a_gap(make):
    first = make(None, JANUARY, people=[certifier()], expires="2026-07-01")
    assert start(make(first, NOVEMBER, people=[certifier()]), JUNE) == JANUARY


# One holder -----------------------------------------------------------------------------------------------------------------


def test_a_key_has_one_holder(make):
    first = make(None, JANUARY, people=[certifier()])
    with pytest.raises(CriteriaError, match=f"key {key_id('one')[:16]} is of c.manager and of s.evil"):
        make(first, NOVEMBER, people=[{"id": "s.evil", "keys": ["one.pub"], "roles": ["supplier"]}])
    given = make(first, NOVEMBER, people=[certifier(keys=["other.pub"]), certifier(id="c.two")])
    assert [one["person"] for one in given["keys"]] == ["c.manager", "c.two"], "it may be given to another"
    assert make(first, NOVEMBER, people=[certifier(keys=["one.pub", "one.pub"])])


def test_an_identity_has_one_holder(make):
    people = [{"id": name, "identities": [dict(IDENTITY)], "roles": ["assessor"]} for name in ("a.one", "a.two")]
    assert make(None, JANUARY, people=people[:1])
    with pytest.raises(CriteriaError, match=r"identity a@example\.org is of a\.one and of a\.two"):
        make(None, JANUARY, people=people)


@pytest.mark.parametrize(
    "more",
    [
        {"keys": [{"person": name, "pem": text} for name, text in (("one", pem("a")), ("two", f"\n{pem('a')}"))]},
        {"identities": [{"person": name, **IDENTITY} for name in ("one", "two")]},
    ],
    ids=["key", "identity"],
)
def test_a_policy_in_which_two_people_hold_one_is_none(more):
    with pytest.raises(TrustError) as caught:
        trust_policy("e" * 64, policy_predicate(**more))
    assert caught.value.code == "shape"


# Time-stamp authorities and ledgers -----------------------------------------------------------------------------------------


def test_a_time_stamp_authority_takes_the_place_of_the_one_of_its_name(make):
    def stamps(name: str, **more: str) -> dict[str, str]:
        return {"name": name, "chain": "stamps.pem", "from": "2026-01-01", **more}

    first = make(None, JANUARY, **{"time-stamps": [stamps("one"), stamps("other")]})
    second = make(first, NOVEMBER, **{"time-stamps": [stamps("one", until="2026-06-30")]})
    ends = {one["name"]: one.get("until") for one in second["authorities"]}
    assert (len(second["authorities"]), ends) == (2, {"one": "2026-06-30T23:59:59Z", "other": None})


def test_a_ledger_ends(make):
    first = make(None, JANUARY, ledgers=[OTHER_LEDGER, "example.org/new+00000000+AQ=="])
    second = make(first, NOVEMBER, **{"ledgers-ended": [OTHER_LEDGER]})
    assert second["ledgers"] == ["example.org/new+00000000+AQ=="]
    with pytest.raises(CriteriaError, match="no ledger of the trust policy has the key"):
        make(second, NOVEMBER, **{"ledgers-ended": [OTHER_LEDGER]})
