"""`verifier record export ocds`: every file is valid, the same each time, and names nobody but buyer and payee."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.ocds import cove_errors, schema_errors
from support.recorded import ID, Recorded, begun
from support.storied import Story, signed

from verifier.procurement.ocds.export import export
from verifier.procurement.ocds.packages import record_of, record_package, release_package
from verifier.procurement.ocds.publisher import Publisher
from verifier.procurement.ocds.releases import releases
from verifier.procurement.settings import load
from verifier.words import Text

OCID = "ocds-a2ef3d-ma-2026-014"
ORGANISATION = """
organisation:
  name: {en: Example Office, fr: Bureau exemple}
  id: CA-FED-EX
  contact: role.mailbox@example.org
ocds: {prefix: ocds-a2ef3d, address: https://example.org/open, licence: https://example.org/licence}
"""
MARK = "SEEDED"


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Recorded]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
        for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
            patched.delenv(name, raising=False)
        made = begun(tmp_path_factory.mktemp("desk"))
        settings = made.folder / "record/record.yml"
        settings.write_text(settings.read_text() + ORGANISATION)
        made.award()
        made.event("supplier", "delivered", "--reference", "1" * 40, "--note", f"{MARK} note")
        assessment = made.assess(1)
        made.decide(assessment)
        made.accept()
        made.certify()
        yield made


def exported(desk: Recorded, *words: str, to: str = "out") -> dict[str, bytes]:
    desk.done("record", "export", "ocds", *words, "--record", "record", "--output", to)
    folder = desk.folder / to
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_every_file_is_valid(desk):
    files = exported(desk)
    assert sorted(files) == ["compiled.jsonl", f"records/{OCID}.json", "releases.jsonl", f"releases/{OCID}.json"]
    for name in (f"records/{OCID}.json", f"releases/{OCID}.json"):
        package = json.loads(files[name])
        assert package["uri"] == f"https://example.org/open/{name}"
        assert package["license"] == "https://example.org/licence"
        assert schema_errors(package) == []
        assert cove_errors(package) == []
    package = json.loads(files[f"releases/{OCID}.json"])
    record = json.loads(files[f"records/{OCID}.json"])["records"][0]
    assert [json.loads(one) for one in files["releases.jsonl"].splitlines()] == package["releases"]
    assert [json.loads(one) for one in files["compiled.jsonl"].splitlines()] == [record["compiledRelease"]]
    assert record["releases"] == package["releases"]
    assert package["publishedDate"] == package["releases"][-1]["date"]


def test_exported_twice_it_is_the_same_bytes_and_no_trace_of_the_writing_is_left(desk):
    assert exported(desk) == exported(desk, to="out-again") == exported(desk, ID)


def test_a_later_export_only_adds_releases(desk):
    before = exported(desk)["releases.jsonl"]
    desk.event("requester", "terminated", "--note", f"{MARK} why")
    after = exported(desk)["releases.jsonl"]
    assert after.startswith(before)
    assert len(after.splitlines()) == len(before.splitlines()) + 1


def test_a_revocation_in_the_ledger_is_the_newest_release(desk, tmp_path):
    copied = Recorded(desk.copy(tmp_path).folder)
    if copied.state() != "terminated":
        copied.event("requester", "terminated", "--note", "Enough.")
    before = exported(copied)["releases.jsonl"]
    (report,) = copied.place().glob("acceptance-*")
    copied.signed_by("assessor", "revoke", str(report), "--reason", f"{MARK} reason", "--from", "2026-01-01T00:00:00Z")
    after = exported(copied)["releases.jsonl"]
    assert after.startswith(before)
    (last,) = after[len(before) :].splitlines()
    assert "-revoked-" in json.loads(last)["id"]
    assert json.loads(last)["date"] >= json.loads(before.splitlines()[-1])["date"]  # whatever time it names
    assert MARK.encode() not in after


def test_nobody_but_buyer_and_payee_is_in_any_byte(desk):
    files = b"".join(exported(desk).values())
    people = ("r.client", "s.dev", "a.tech", "c.manager", "role.mailbox", "dev@example.org")
    said = (MARK, "Tried.", "1" * 40, "2026-17", "127.0.0.1", "It computes", "micro-ca")
    assert [one for one in (*people, *said) if one.encode() in files] == []
    assert b"Example Code Co-operative" in files


def test_what_people_wrote_anywhere_in_a_statement_is_not_published():
    story = Story()
    story.awarded(commitment=MARK, merged=MARK, services=["redis"])
    story.told("delivered", reference=MARK, note=MARK)
    for what in ("assessed", "rejected", "accepted", "certified"):
        story.judged(what)
    story.told("listed", reference=f"https://{MARK}")
    story.awarded(ends="2026-12-31T00:00:00Z")
    story.told("terminated", note=MARK)
    story.events = [replace(one, signed=_seeded(one.signed)) for one in story.events]
    by = Publisher(prefix="ocds-a2ef3d", name=Text("Example Office", "Bureau exemple"), id="CA-FED-EX")
    made = releases(story.record, by, {})
    assert len(made) == 5
    assert MARK not in json.dumps([release_package(made, by), record_package(record_of(made), by)])


PUBLIC = ("title", "payee", "currency", "awarded", "ends", "due", "until")
"""What a statement says that is published, wherever it stands in it; and what it is told apart by."""
NEEDED = ("level", "outcome")


def _seeded(one: Any) -> Any:
    predicate = {name: value if name == "id" else _mark(name, value) for name, value in one.statement.predicate.items()}
    return signed(replace(one.statement, subject=MARK, predicate=predicate))


def _mark(name: str, value: Any) -> Any:
    if name in PUBLIC + NEEDED:
        return value
    if name == "milestones":
        return [{**one, "seeded": MARK} for one in value]
    if isinstance(value, dict):
        return {inner: _mark(inner, one) for inner, one in value.items()}
    if isinstance(value, list):
        return [_mark("", one) for one in value]
    return MARK if isinstance(value, str) else value


def test_a_contract_that_is_not_there_is_named_and_nothing_is_written(desk):
    told = desk.run("record", "export", "ocds", ID, "MA-1", "--record", "record", "--output", "none")
    assert told[0] == 2
    assert "The record has no contract MA-1" in told[2]
    assert not (desk.folder / "none").exists()


def test_who_buys_has_to_be_configured(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    fresh = begun(tmp_path)
    told = fresh.run("record", "export", "ocds", "--record", "record", "--output", "out")
    assert told[0] == 2
    assert "organisation: name" in told[2]


def test_a_contract_that_waits_for_a_signature_is_not_published(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    fresh = begun(tmp_path)
    settings = fresh.folder / "record/record.yml"
    settings.write_text(settings.read_text() + ORGANISATION)
    fresh.signed_by("requester", "sign", "contract.yml")
    assert exported(fresh) == {"compiled.jsonl": b"", "releases.jsonl": b""}


def test_what_cannot_be_written_is_said_and_leaves_no_list(desk):
    (desk.folder / "file").write_text("")
    told = desk.run("record", "export", "ocds", "--record", "record", "--output", "file")
    assert told[0] == 3
    assert "file cannot be written" in told[2]


def test_lists_are_whole_or_as_they_were(desk, tmp_path):
    class Broken:
        settings = load(desk.folder / "record")

        def record(self, contract: str) -> Any:
            raise KeyError(contract)

    (tmp_path / "releases.jsonl").write_text("earlier\n")
    by = Publisher(prefix="ocds-a2ef3d", name=Text("Example Office", "Bureau exemple"), id="CA-FED-EX")
    with pytest.raises(KeyError):
        export(Broken(), [ID], by, tmp_path)  # type: ignore[arg-type]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["records", "releases", "releases.jsonl"]
    assert (tmp_path / "releases.jsonl").read_text() == "earlier\n"
