"""What is said and refused when a contract is signed or filed: the ceilings, the tax, and roles that must be apart."""

from __future__ import annotations

import pytest
import yaml
from support import chains
from support.desks import CONTRACT, ROSTER
from support.recorded import ID, begun

from verifier.errors import TrustError
from verifier.procurement.guardrails import ceiling, roles
from verifier.trust.policy import trust_policy
from verifier.trust.signed import Signed

SETTINGS = {"ceiling": {"CAD": "10000.00"}, "tax": {"CAD": "13 %"}}


def terms(price, tax, **more):
    milestones = [{"id": "m1", "title": {}, "price": price, "tax": tax}]
    return {"milestones": milestones, "currency": "CAD", "ceiling": 10**9} | more


def refused(wanted, settings):
    try:
        ceiling.refuse(wanted, settings)
    except TrustError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("wanted", "settings", "code"),
    [
        (terms(900_000, 100_000), SETTINGS, ""),
        (terms(900_000, 100_001), SETTINGS, "over-ceiling"),
        (terms(900_000, 100_001), {}, ""),
        (terms(900_000, 100_001, currency="USD"), SETTINGS, ""),
        (terms(100, 1, ceiling=101), {}, ""),
        (terms(100, 1, ceiling=100), {}, "over-ceiling"),
    ],
)
def test_price_and_tax_keep_to_both_ceilings(wanted, settings, code):
    assert refused(wanted, settings) == code


def test_all_milestones_count():
    wanted = terms(600_000, 0)
    wanted["milestones"] *= 2
    assert refused(wanted, SETTINGS) == "over-ceiling"


@pytest.mark.parametrize(("tax", "asked"), [(13, 0), (14, 1), (0, 0)])
def test_a_tax_over_the_rate_is_questioned(tax, asked):
    assert len(list(ceiling.questioned(terms(100, tax), SETTINGS))) == asked
    assert not list(ceiling.questioned(terms(100, tax, currency="USD"), SETTINGS))


def questioned(*grants, apart=(), **changed):
    contract = Signed(statement=chains.contract(**changed), digest="a" * 64, by=())
    plain = chains.policy_predicate()
    plain["grants"] += [{**plain["grants"][0], "person": person, "role": role} for person, role in grants]
    policy = trust_policy("e" * 64, plain | {"apart": [list(pair) for pair in apart]})
    return list(roles.questioned(contract, policy, chains.AWARDED))


def test_roles_that_are_apart_are_not_mentioned():
    assert questioned() == []


def test_the_gates_own_refusal_is_told_at_the_award():
    (told,) = questioned(supplier="requester")
    assert told.startswith("The gate will not pay this as it is agreed: requester acted as requester and as supplier;")
    (told,) = questioned(("supplier", "payer"))
    assert "supplier acted as payer and as supplier" in told


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        (("certifier", "payer"), "certifier has the roles certifier and payer for this contract"),
        (("assessor", "certifier"), "assessor has the roles assessor and certifier for this contract"),
        (("supplier", "assessor"), "supplier has the roles assessor and supplier for this contract"),
        (("requester", "certifier"), "requester has the roles certifier and requester for this contract"),
    ],
)
def test_who_may_take_two_roles_is_told(grant, words):
    (told,) = questioned(grant)
    assert told.startswith(words)


def test_an_assessor_may_be_the_requester_unless_the_policy_keeps_them_apart():
    assert questioned(("requester", "assessor")) == []
    assert len(questioned(("requester", "assessor"), apart=[("requester", "assessor")])) == 1


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
        monkeypatch.delenv(name, raising=False)
    return begun(tmp_path)


def agree(desk, price, tax, limit="10000.00"):
    milestone = {**CONTRACT["milestones"][0], "price": price, "tax": tax}
    (desk.folder / "contract.yml").write_text(yaml.safe_dump(CONTRACT | {"milestones": [milestone], "ceiling": limit}))


@pytest.mark.parametrize("limit", ["10000.00", "90000.00"])
def test_a_contract_over_a_ceiling_is_neither_signed_nor_filed(desk, limit):
    agree(desk, "9000.00", "1170.00", limit)
    before = {name: held for name, held in desk.files().items() if "index" not in name}
    said = desk.signed_by("requester", "sign", "contract.yml", code=4)
    assert "10,170.00 CAD" in said
    assert {name: held for name, held in desk.files().items() if "index" not in name} == before


def test_one_that_others_signed_over_the_records_ceiling_is_not_filed(desk):
    agree(desk, "9000.00", "1170.00", "90000.00")
    alone = ("sign", "contract.yml", "--trust", "trust", "--yes", "--output", "made.sigstore.json")
    assert desk.run(*alone, "--key", "file:requester.key")[0] == 0
    code, _, said = desk.run(
        "record", "file", "made.sigstore.json", "--record", "record", "--ledger-key", "file:ledger.key"
    )
    assert (code, "may cost 10,000.00 CAD at most" in said) == (4, True)
    assert not desk.place().exists()


def test_an_amendment_keeps_to_the_ceiling(desk):
    desk.award()
    agree(desk, "9000.00", "1170.00", "90000.00")
    assert "at most" in desk.signed_by("requester", "record", "amend", ID, "contract.yml", code=4)


def test_a_tax_over_the_rate_and_two_roles_are_told_and_do_not_stop(desk):
    roster = yaml.safe_load(yaml.safe_dump(ROSTER))
    roster["people"][3]["roles"] = ["certifier", "payer"]
    (desk.folder / "roster.yml").write_text(yaml.safe_dump(roster))
    desk.done("trust", "add", "roster.yml", "--key", "file:root.key", "--yes")
    agree(desk, "6500.00", "975.00")
    said = desk.signed_by("requester", "sign", "contract.yml")
    assert "The tax of milestone m1 is 975.00 CAD, over 13 % of its price, 6,500.00 CAD: check it." in said
    assert "c.manager has the roles certifier and payer for this contract" in said
    assert len(desk.contract_files()) == 1


def test_the_same_is_told_where_others_signed(desk):
    agree(desk, "6500.00", "975.00")
    alone = ("sign", "contract.yml", "--trust", "trust", "--yes", "--output", "made.sigstore.json")
    assert "The tax" not in desk.run(*alone, "--key", "file:requester.key")[2]
    filing = ("record", "file", "made.sigstore.json", "--record", "record", "--ledger-key", "file:ledger.key")
    assert "The tax of milestone m1" in desk.run(*filing)[2]
