"""What `export` drafts: held to what the forms ask, with nothing made up, and only of what was accepted."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path

import pytest
import yamale
import yaml
from jsonschema import Draft202012Validator
from support.accepted import LISTING, ORGANISATION, accepted, listing, organised, repository
from support.recorded import ID, begun

from verifier.cli import export as export_command
from verifier.procurement.listing import FORMS as LISTING_FORMS

ROOT = Path(__file__).resolve().parents[1]
FORMS = ("ore", "publiccode", "codejson")
FILES = {"LICENSE": "MIT", "rates.py": "", "size.py": "", "page.js": "", "README.md": "", "bin/tool.so": b"\0"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """What was accepted is a commit of a repository on GitHub, of which a clone lies here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
        folder = tmp_path_factory.mktemp("listing")
        _, commit = repository(folder / "clone", FILES)
        made = accepted(folder, commit, "https://github.com/example/parcels.git")
        organised(made)
        yield made


@pytest.fixture(autouse=True)
def said(desk, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
        monkeypatch.delenv(name, raising=False)
    listing(desk, LISTING)
    organised(desk)


def export(desk, form, *words):
    told = desk.run("export", form, ID, "--record", "record", *words)
    return told if told[0] else json.loads(told[1]) if form == "codejson" else yaml.safe_load(told[1])


def changed(**more):
    """The listing with some of it other; None leaves a key out."""
    found = copy.deepcopy(LISTING) | more
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"maintenance": {"type": "contract", "until": "2027-03-31"}},
        {"name": {"en": "Parcels", "fr": "Colis"}},
        {"repository": "https://example.org/mirror"},
        {
            "homepage": {"en": "https://example.org/en", "fr": "https://example.org/fr"},
            "download": {"en": "https://example.org/d/en", "fr": "https://example.org/d/fr"},
        },
        *({"status": name} for name in ("alpha", "beta", "deprecated", "retired")),
    ],
)
def test_each_form_is_what_its_documentation_asks(desk, form, more):
    listing(desk, changed(**more))
    made = export(desk, form, "--repository", "clone")
    schema = json.loads((ROOT / "fixtures" / "schemas" / f"listing-{form}.json").read_text())
    assert [str(one.message) for one in Draft202012Validator(schema).iter_errors(made)] == []


def test_the_exchange_takes_the_entry(desk):
    """Its own schema, where it lies on this machine."""
    schema = os.environ.get("VERIFIER_ORE_SCHEMA")
    if not schema:
        pytest.skip("VERIFIER_ORE_SCHEMA names no schema")
    for more in ({}, {"homepage": {"en": "https://example.org/en", "fr": "https://example.org/fr"}}):
        listing(desk, changed(**more))
        text = desk.done("export", "ore", ID, "--record", "record", "--repository", "clone")
        found = yamale.validate(
            yamale.make_schema(schema), yamale.make_data(content=text), strict=True, _raise_error=False
        )
        assert [error for one in found for error in one.errors] == []


def test_code_json_is_what_its_own_schema_asks(desk):
    """Where that lies on this machine."""
    schema = os.environ.get("VERIFIER_CODEJSON_SCHEMA")
    if not schema:
        pytest.skip("VERIFIER_CODEJSON_SCHEMA names no schema")
    made = export(desk, "codejson", "--repository", "clone")
    checker = Draft202012Validator(
        json.loads(Path(schema).read_text()), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    assert [one.message for one in checker.iter_errors(made)] == []


def test_the_entry_of_the_exchange_says_the_same_in_both_languages(desk):
    text = desk.done("export", "ore", ID, "--record", "record", "--repository", "clone")
    (release,) = yaml.safe_load(text)["releases"]
    assert release["name"] == {"en": "Parcel rates", "fr": "Tarifs des colis"}
    assert release["description"] == {"whatItDoes": LISTING["does"]}
    assert release["tags"] == LISTING["tags"]
    assert release["contact"] == {"email": "code@example.org"}
    assert release["languages"] == ["Python", "JavaScript"]
    assert release["status"] == "Maintained"
    url = release["licences"][0]["URL"]
    assert url["en"] == url["fr"]
    assert url["en"].startswith("https://github.com/example/parcels/blob/")
    assert url["en"].endswith("/LICENSE")
    assert f"created: '{release['date']['created']}'" in text


def test_publiccode_names_the_contracting_party_where_it_maintains(desk):
    assert export(desk, "publiccode")["maintenance"] == {"type": "none"}
    listing(desk, changed(maintenance={"type": "contract", "until": "2027-03-31"}))
    contractors = [{"name": "Example Code Co-operative", "until": "2027-03-31"}]
    assert export(desk, "publiccode")["maintenance"] == {"type": "contract", "contractors": contractors}


def test_code_json_has_the_contract_and_the_day_of_acceptance(desk):
    made = export(desk, "codejson", "--repository", "clone")
    events = desk.show()["events"]
    assert made["contractNumber"] == [ID]
    assert made["date"]["created"] == next(one["time"] for one in events if one["what"] == "accepted")
    assert (made["status"], made["organization"]) == ("Production", "Example Department")


def test_without_a_repository_a_licence_is_shown_where_spdx_has_it(desk):
    made = export(desk, "ore")
    assert made["releases"][0]["licences"][0]["URL"]["fr"] == "https://spdx.org/licenses/MIT.html"
    assert "languages" not in made["releases"][0]


def test_the_command_line_has_every_form():
    assert set(export_command.FORMS) == set(LISTING_FORMS) == set(FORMS)


NEEDED = {
    "ore": ["does", "category", "tags", "status"],
    "publiccode": [
        *("does", "description", "features", "status", "maintenance: type"),
        *("publiccode: platforms", "publiccode: type", "publiccode: localised", "publiccode: available"),
    ],
    "codejson": [
        *("does", "status", "tags", "maintenance: type", "languages"),
        *("codejson: hours", "codejson: feedback", "codejson: components", "codejson: ai-use-case"),
    ],
}


@pytest.mark.parametrize(("form", "key"), [(form, key) for form, keys in NEEDED.items() for key in keys])
def test_what_is_not_said_is_asked_for_by_name(desk, form, key):
    steps = key.split(": ")
    without = changed(languages=["Python"])
    holder = without if len(steps) == 1 or steps[0] == "maintenance" else without[steps[0]]
    del holder[steps[0] if steps[0] == "maintenance" else steps[-1]]
    listing(desk, without)
    code, out, told = export(desk, form)
    assert (code, out) == (2, "")
    assert told == f"verifier: record/contracts/ma-2026-014/listing.yml does not say {key}.\n"


@pytest.mark.parametrize(
    ("form", "key"), [("ore", "admin"), ("ore", "contact"), ("codejson", "contact"), ("publiccode", "uri")]
)
def test_what_the_buyer_has_not_said_is_asked_for_by_name(desk, form, key):
    organised(desk, {name: value for name, value in ORGANISATION.items() if name != key})
    code, _, told = export(desk, form, "--repository", "clone")
    assert (code, told) == (2, f"verifier: record/record.yml does not say organisation: {key}.\n")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"does": {"en": "It computes."}}, '"fr" is missing'),
        ({"does": {"en": "x" * 151, "fr": "y"}}, "is longer than 150 characters"),
        ({"description": {"en": "Short.", "fr": "Court."}}, "must have 150 to 10,000 characters"),
        ({"tags": {"en": ["a", "b"], "fr": ["c"]}}, "tags has 2 entries in English and 1 in French"),
        ({"tags": {"en": ["a"], "fr": []}}, "is empty"),
        ({"category": "1"}, 'unknown category "1"'),
        ({"status": "done"}, 'unknown status "done"'),
        ({"maintenance": {"type": "community"}}, 'unknown kind of maintenance "community"'),
        ({"authors": ["x"]}, "authors"),
        ({"homepage": {"en": "https://me@example.org", "fr": "https://example.org"}}, "must be an address"),
    ],
)
def test_a_listing_that_is_not_valid_is_refused(desk, more, told):
    listing(desk, changed(**more))
    code, out, said = export(desk, "ore")
    assert (code, out, told in said) == (2, "", True), said


def test_a_repository_has_the_accepted_commit(desk, tmp_path):
    repository(tmp_path / "other", {"a": "b"})
    code, _, told = export(desk, "ore", "--repository", str(tmp_path / "other"))
    assert (code, "does not have the accepted commit" in told) == (2, True)
    (tmp_path / "none").mkdir()
    code, _, told = export(desk, "ore", "--repository", str(tmp_path / "none"))
    assert (code, "is not a git repository" in told) == (2, True)


def test_a_file_is_written_whole_and_the_next_step_is_told(desk):
    code, out, told = desk.run("export", "ore", ID, "--record", "record", "--output", "entry.yml")
    assert (code, out) == (0, "")
    assert yaml.safe_load((desk.folder / "entry.yml").read_text())["adminCode"] == "exd-mex"
    assert f"verifier record event {ID} listed --reference URL" in told


def test_only_what_was_accepted_is_listed(tmp_path):
    desk = begun(tmp_path)
    desk.award()
    organised(desk)
    listing(desk, LISTING)
    assert desk.run("export", "ore", ID, "--record", "record")[0] == 3
    desk.event("supplier", "delivered", "--reference", "1" * 40)
    desk.decide(desk.assess(1, tests_pass="unmet"))
    desk.accept(code=1)
    code, out, told = desk.run("export", "ore", ID, "--record", "record")
    assert (code, out) == (3, "")
    assert told == f"verifier: {ID} is not accepted; only what was accepted is listed.\n"


def test_what_was_terminated_or_is_disputed_is_not_listed(tmp_path):
    desk = accepted(tmp_path)
    organised(desk)
    listing(desk, LISTING)
    assert desk.run("export", "ore", ID, "--record", "record")[0] == 0
    desk.event("supplier", "disputed", "--note", "The branch is another.")
    assert desk.run("export", "ore", ID, "--record", "record")[0] == 3
    desk.event("requester", "terminated", "--note", "Ended.")
    assert desk.run("export", "ore", ID, "--record", "record")[0] == 3


def test_what_was_listed_is_an_event_of_the_record(tmp_path):
    desk = accepted(tmp_path)
    desk.event("assessor", "listed", "--reference", "https://example.org/exchange/parcels")
    assert desk.show()["milestones"][0]["listed"] is True


def test_a_listing_that_is_a_link_is_not_read(desk):
    path = desk.place() / "listing.yml"
    kept = desk.folder / "elsewhere.yml"
    path.rename(kept)
    path.symlink_to(kept)
    told = desk.run("export", "ore", ID, "--record", "record")
    path.unlink()
    kept.rename(path)
    assert (told[0], "is no plain file" in told[2]) == (2, True)
