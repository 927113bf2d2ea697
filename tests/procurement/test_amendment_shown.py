"""Who signs an amendment sees what it changes: the party that makes it, and the other one, from the record."""

from __future__ import annotations

import pytest
import yaml
from support.desks import CONTRACT, PASSPHRASE
from support.recorded import ID, begun


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_CA.UTF-8")
    made = begun(tmp_path)
    made.award()
    (made.folder / "next.yml").write_text(yaml.safe_dump({**CONTRACT, "ends": "2998-01-01"}))
    return made


def test_both_parties_see_it_before_they_sign(desk):
    changes = "What changes:\n  ends: 2999-01-01"
    told = desk.signed_by("requester", "record", "amend", ID, "next.yml", "--output", "amendment.sigstore.json")
    assert changes in told
    told = desk.signed_by("supplier", "sign", "amendment.sigstore.json")
    assert changes in told
    assert told.index("What changes:") < told.index("Signed:")
    assert "amended" in desk.done("record", "show", ID, "--record", "record")


def test_one_who_says_no_saw_it(desk):
    desk.signed_by("requester", "record", "amend", ID, "next.yml", "--output", "amendment.sigstore.json")
    before = desk.contract_files()
    words = ("--record", "record", "--ledger-key", "file:ledger.key")
    code, _, told = desk.run("sign", "amendment.sigstore.json", "--key", "file:supplier.key", *words)
    assert (code, "What changes:" in told) == (2, True)
    assert desk.contract_files() == before


def test_one_that_amends_what_the_record_has_not_is_not_signed(desk):
    first = desk.contract_files()
    desk.signed_by("requester", "record", "amend", ID, "next.yml", "--output", "amendment.sigstore.json")
    for path in first:
        path.unlink()
    code, _, told = desk.run(
        "sign", "amendment.sigstore.json", "--key", "file:supplier.key", "--record", "record", "--yes"
    )
    assert (code, "that this one amends is not in the record" in told) == (2, True)
    assert "Signed:" not in told


def test_a_first_version_changes_nothing(desk):
    (desk.folder / "other.yml").write_text(yaml.safe_dump({**CONTRACT, "id": "MA-2026-015"}))
    desk.signed_by("requester", "sign", "other.yml")
    (draft,) = desk.place("MA-2026-015").glob("contract-*")
    assert "What changes:" not in desk.signed_by("supplier", "sign", str(draft))
