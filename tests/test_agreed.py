"""A run is official under the signed contract alone: its repository, a full commit, its criteria, the whole of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.chains import COMMIT, CRITERIA, NOW, REPOSITORY, Purchase, signed_file

import verifier
from verifier.agreed import agreed, kind
from verifier.errors import TrustError
from verifier.model import Kind
from verifier.trust.holders import Holders
from verifier.trust.reading import read
from verifier.trust.signed import together

PURCHASE = Purchase()
CRITERIA_FILE = replace(verifier.load_profile("micro-ca"), digest=CRITERIA)


def contracts(*signers: str, purchase: Purchase = PURCHASE):
    trust = purchase.trust()
    statement = purchase.statements()["contract"]
    return together(read(signed_file(statement, who), trust, Holders.of(trust)) for who in signers), trust


def test_what_both_parties_signed_is_agreed():
    found, trust = contracts("requester", "supplier")
    contract, signed = agreed(found, trust, NOW)
    assert (contract.id, contract.licence, contract.repository) == ("MA-2026-014", "MIT", REPOSITORY)
    assert [(item.id, item.text.fr) for item in contract.requirements] == [("r1", "Tarifs des colis")]
    assert signed.digest == found[0].digest


@pytest.mark.parametrize("signers", [("requester",), ("supplier",), ("requester", "assessor")])
def test_what_one_party_signed_is_not(signers):
    found, trust = contracts(*signers)
    with pytest.raises(TrustError) as caught:
        agreed(found, trust, NOW)
    assert caught.value.code == "contract-unsigned"


def test_no_contract_is_none():
    with pytest.raises(TrustError) as caught:
        agreed((), PURCHASE.trust(), NOW)
    assert caught.value.code == "contract"


def found_kind(**other) -> Kind:
    found, _ = contracts("requester", "supplier")
    how = {"where": REPOSITORY, "ref": COMMIT, "whole": True, **other}
    criteria = how.pop("criteria", CRITERIA_FILE)
    told, why = kind(found[0], criteria, **how)
    assert why.fr != why.en
    return told


def test_the_whole_of_it_is_official():
    assert found_kind() is Kind.OFFICIAL


@pytest.mark.parametrize(
    "other",
    [
        {"where": "https://git.example/fork"},
        {"where": REPOSITORY + "/"},
        {"ref": "main"},
        {"ref": None},
        {"ref": COMMIT[:12]},
        {"whole": False},
        {"criteria": replace(CRITERIA_FILE, digest="0" * 64)},
    ],
    ids=["fork", "slash", "branch", "head", "short", "part", "criteria"],
)
def test_anything_less_is_a_self_check(other):
    assert found_kind(**other) is Kind.SELF_CHECK
