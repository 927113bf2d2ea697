"""`verifier record import`: a package of OCDS begins a contract file, or is refused in one sentence."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from support.desks import Desk
from support.recorded import ID, begun
from support.storied import Story, milestone

from verifier import rulebook
from verifier.procurement.ocds.draft import draft
from verifier.procurement.ocds.packages import record_of, record_package, release_package
from verifier.procurement.ocds.publisher import Publisher
from verifier.procurement.ocds.read import parse, process
from verifier.procurement.ocds.releases import releases
from verifier.procurement.ocds.written import contract_file, missing
from verifier.words import Text, french_spacing

RELEASE: dict[str, Any] = {
    "ocid": "ocds-a2ef3d-1",
    "id": "1",
    "date": "2026-11-01T12:00:00Z",
    "tag": ["award", "contract"],
    "initiationType": "tender",
    "language": "en",
    "parties": [{"id": "p", "name": "Example  Code\nCo-operative", "roles": ["supplier"]}],
    "tender": {"id": "t"},
    "awards": [{"id": "a", "date": "2026-11-01T12:00:00-05:00", "suppliers": [{"id": "p"}]}],
    "contracts": [
        {
            "id": "MA-2026-020",
            "awardID": "a",
            "title": "Parcel rates",
            "title_fr": "Tarifs des colis",
            "value": {"amount": 6500.5, "currency": "CAD"},
            "period": {"startDate": "2026-11-01T00:00:00Z", "endDate": "2027-03-31T00:00:00Z"},
            "milestones": [
                {
                    "id": "library",
                    "title": "The library",
                    "title_fr": "La bibliothèque",
                    "dueDate": "2026-12-24T00:00:00Z",
                },
                {"id": "paid", "title": "Paid", "type": "payment"},
            ],
            "items": [{"id": "1", "description": "Code"}],
        }
    ],
}
Change = Callable[[dict[str, Any]], Any]


def package(change: Change = lambda _: None) -> dict[str, Any]:
    release = copy.deepcopy(RELEASE)
    change(release)
    head = {"uri": "urn:x", "version": "1.1", "publisher": {"name": "X"}, "publishedDate": "2026-11-01T12:00:00Z"}
    return {**head, "releases": [release]}


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A record alone: an import needs neither keys nor a ledger."""
    made = Desk(tmp_path)
    made.done("record", "init", "record")
    return made


def imported(desk: Desk, content: str, *words: str) -> tuple[int, str, str]:
    (desk.folder / "package.json").write_text(content)
    return desk.run("record", "import", "package.json", "--record", "record", *words)


def written(desk: Desk, contract: str = "ma-2026-020") -> str:
    return (desk.folder / "record/contracts" / contract / "contract.yml").read_text()


def test_a_package_begins_a_contract_file(desk):
    code, out, told = imported(desk, json.dumps(package()))
    assert (code, out) == (0, "")
    text = written(desk)
    for line in (
        'id: "MA-2026-020"',
        'title: {en: "Parcel rates", fr: "Tarifs des colis"}',
        'payee: "Example Code Co-operative"',
        "currency: CAD",
        "awarded: 2026-11-01",
        "ends: 2027-03-31",
        '  - id: "library"',
        '    title: {en: "The library", fr: "La bibliothèque"}',
        "    due: 2026-12-24",
    ):
        assert f"{line}\n" in text
    assert '    # price: "6500.50"  #' in text
    assert "# supplier: ...  # who delivers" in text
    assert "paid" not in text.partition("milestones:")[2]
    assert "Not taken over: contracts/items, contracts/milestones/type, tender" in told
    assert "To be filled in: supplier, requester, ceiling, repository, licence, requirements" in told
    assert "verifier sign record/contracts/ma-2026-020/contract.yml --record record" in told
    assert list(desk.folder.rglob("*.sigstore.json")) == []


def test_the_comments_are_in_the_language_that_was_asked_for(desk, monkeypatch):
    monkeypatch.setattr("verifier.procurement.ocds.written.say", lambda *_, **__: Text("english", "français"))
    imported(desk, json.dumps(package()), "--language", "fr")
    assert "# supplier: ...  # français" in written(desk)


def test_filled_in_it_is_signed_by_both(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    desk = begun(tmp_path)
    assert imported(desk, json.dumps(package()), "--id", ID)[0] == 0
    for action in ("rebuild", "list"):  # a folder with a draft alone is no contract yet
        desk.done("record", action, "--record", "record")
    path = desk.place() / "contract.yml"
    filled = (
        path.read_text()
        .replace("# supplier: ...", "supplier: s.dev")
        .replace("# requester: ...", "requester: r.client")
    )
    for name in ("ceiling", "repository", "licence", "requirements", "price", "tax"):
        filled = filled.replace(f"# {name}: ", f"{name}: ")
    path.write_text(filled.replace('[{id: "..."', "[{id: rates"))
    desk.signed_by("requester", "sign", f"record/contracts/{ID.lower()}/contract.yml")
    (waiting,) = desk.contract_files()
    desk.signed_by("supplier", "sign", str(waiting))
    assert desk.state() == "awarded"
    assert desk.show()["terms"]["milestones"][0]["price"] == 650_050


def test_what_was_exported_is_taken_over():
    story = Story()
    story.awarded(milestones=[milestone("m1", due="2026-11-20"), milestone("m2")])
    story.judged("accepted")
    story.told("extended", "m2", until="2026-12-24")
    by = Publisher(prefix="ocds-a2ef3d", name=Text("Example Office", "Bureau exemple"), id="CA-FED-EX")
    made = releases(story.record, by, {})
    for one in (release_package(made, by), record_package(record_of(made), by)):
        read = parse(json.dumps(one).encode(), "package")
        found = draft(process(read, "package", None))
        assert (found.id, found.payee, found.currency, found.value) == (ID, "Parcels Inc.", "CAD", 226_000)
        assert (found.awarded, found.ends) == ("2026-11-01", "2026-11-30")
        assert [(one.id, one.due) for one in found.parts] == [("m1", "2026-11-20"), ("m2", "2026-12-24")]
        assert "contracts/implementation/milestones/status" in found.left


def _contract(**more: Any) -> Change:
    return lambda release: release["contracts"][0].update(more)


def _milestone(**more: Any) -> Change:
    return lambda release: release["contracts"][0]["milestones"][0].update(more)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_contract(title_fr=None), "contracts/title has no French words"),
        (_contract(title=None), "contracts/title has no English words"),
        (_milestone(title_fr=" "), "milestones/library/title has no French words"),
        (
            _contract(value={"amount": 1, "currency": "XYZ"}),
            "contracts/0/value/currency is XYZ, which the standard does not know",
        ),
        (_contract(value={"amount": -1, "currency": "CAD"}), "contracts/value/amount is -1, which is no amount"),
        (_contract(value={"amount": 6500.505, "currency": "CAD"}), "contracts/value/amount is 6500.505, which is no"),
        (_contract(value={"amount": 10**9, "currency": "CAD"}), "which is no amount"),
        (_contract(period={"endDate": "2026-10-31T00:00:00Z"}), "endDate is 2026-10-31, which is before the award"),
        (_contract(period={"endDate": "2026-02-30T00:00:00Z"}), "contracts/period/endDate is 2026-02-30"),
        (_milestone(dueDate="2026-10-01T00:00:00Z"), "dueDate is 2026-10-01, which is before the award, 2026-11-01"),
        (_contract(id="MA 1 & 2"), "MA 1 & 2 cannot be the id of a contract here"),
        (lambda release: release.pop("id"), "malformed: / lacks id"),
        (lambda release: release.update(date="today"), "malformed: date is not as the standard has it (format)"),
        (_contract(awardID={}), "malformed: contracts/0/awardID is not as the standard has it"),
        (lambda release: release.pop("contracts"), "ocds-a2ef3d-1 has no contract yet"),
        (lambda release: release["contracts"].append({"id": "2", "awardID": "a"}), "has 2 contracts; name one"),
        (lambda release: release.pop("ocid"), "is no release package and no record package"),
    ],
)
def test_what_cannot_be_taken_over_is_said_in_one_sentence_and_nothing_is_written(desk, change, sentence):
    code, out, told = imported(desk, json.dumps(package(change)))
    assert (code, out) == (2, "")
    assert sentence in told
    assert told.count("\n") == 1
    assert not (desk.folder / "record/contracts").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is not JSON: line 1, column 1"),
        ("[]", "is no release package and no record package"),
        ('{"releases": []}', "holds no contracting process"),
        ('{"releases": {}}', "is no release package"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": 1, "a": 2}', "gives a twice"),
        ('{"a": "\\ud800"}', "cannot be read"),
        ("[" * 100_000, "nested without end"),
        ('{"a": ' + "9" * 5000 + "}", "cannot be read"),
        ('{"records": [{"ocid": "x"}]}', "only says where the releases of x lie"),
        ('{"records": [{"ocid": "x", "releases": [{"url": "https://example.org", "date": "x"}]}]}', "only says where"),
        ('{"records": [{"ocid": "x", "releases": [1, 2]}]}', "malformed"),
        ('{"records": [{"ocid": "x", "compiledRelease": null}]}', "malformed"),
    ],
    ids=range(13),
)
def test_what_is_no_package_is_said_in_one_sentence(desk, content, sentence):
    code, _, told = imported(desk, content)
    assert code == 2
    assert sentence in told
    assert told.count("\n") == 1
    assert len(told) < 300


@pytest.mark.parametrize("written", ["6.5e3", "65E2", "6500.000", "1e400", "6500.505"])
def test_a_price_with_an_exponent_or_a_third_decimal_is_refused_as_it_is_written(desk, written):
    code, _, told = imported(desk, json.dumps(package()).replace("6500.5", written))
    assert code == 2
    assert f"contracts/value/amount is {written}, which is no amount" in told


@given(some.integers(0, 10**11 - 1))
def test_every_amount_is_read_to_the_cent(cents):
    text = json.dumps(package()).replace("6500.5", f"{cents // 100}.{cents % 100:02d}")
    assert draft(process(parse(text.encode(), "x"), "x", None)).value == cents


@given(some.text(some.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_whatever_a_title_holds_the_file_says_the_same(tmp_path_factory, title):
    change = _contract(title=title, title_fr=title, milestones=[])
    found = draft(process(parse(json.dumps(package(change)).encode(), "x"), "x", None))
    text = contract_file(found, "en")
    for name in ("price", "tax"):
        text = text.replace(f"# {name}: ", f"{name}: ")
    path = tmp_path_factory.getbasetemp() / "contract.yml"
    path.write_text(text)
    assert rulebook.load_contract(path).terms["title"] == {"en": title, "fr": french_spacing(title)}


def test_a_title_in_french_first():
    change = {"language": "fr", "contracts": [{**RELEASE["contracts"][0], "milestones": []}]}
    change["contracts"][0] |= {"title": "Tarifs", "title_fr": None, "title_en": "Rates"}
    found = draft({**RELEASE, **change})
    assert found.title == "Rates"
    assert found.title.fr == "Tarifs"


def test_what_the_source_does_not_say_is_left_to_be_filled_in():
    bare = {**RELEASE, "awards": [], "parties": [], "contracts": [{"id": "MA-1", "awardID": "a"}]}
    found = draft(bare)
    assert missing(found) == [
        "title",
        "supplier",
        "requester",
        "payee",
        "currency",
        "ceiling",
        "repository",
        "licence",
        "requirements",
        "awarded",
        "ends",
        "milestones: title",
        "milestones: price",
        "milestones: tax",
    ]
    text = contract_file(found, "en")
    assert '    # title: {en: "...", fr: "..."}' in text
    assert '    # price: "0.00"  # before tax\n' in text


def test_a_day_is_that_of_the_place_where_it_was_written():
    release = copy.deepcopy(RELEASE)
    release["awards"][0]["date"] = "20261101T230000-0500"
    assert draft(release).awarded == "2026-11-01"


def test_of_several_payees_none_is_taken_and_milestones_with_other_ids_are_numbered():
    release = copy.deepcopy(RELEASE)
    release["awards"][0]["suppliers"] = [{"id": "p"}, {"id": "q", "name": "Other"}]
    release["contracts"][0]["milestones"][0]["id"] = "Part 1"
    found = draft(release)
    assert (found.payee, [one.id for one in found.parts]) == ("", ["m1"])
    assert "awards/suppliers" in found.left


def test_of_several_processes_one_is_named(desk):
    found = package()
    found["releases"].append({**RELEASE, "ocid": "ocds-a2ef3d-2"})
    code, _, told = imported(desk, json.dumps(found))
    assert (code, "holds 2 contracting processes; name one with --ocid" in told) == (2, True)
    assert "does not hold ocds-x" in imported(desk, json.dumps(found), "--ocid", "ocds-x")[2]
    assert imported(desk, json.dumps(found), "--ocid", "ocds-a2ef3d-2")[0] == 0
    assert "ocds-a2ef3d-2" in written(desk)


def test_releases_of_one_process_are_merged(desk):
    found = package()
    later = {"id": "MA-2026-020", "awardID": "a", "period": {"endDate": "2027-06-30T00:00:00Z"}}
    amended = {name: RELEASE[name] for name in ("ocid", "initiationType")}
    found["releases"].append(
        {**amended, "id": "2", "date": "2026-12-01T12:00:00Z", "tag": ["contractAmendment"], "contracts": [later]}
    )
    assert imported(desk, json.dumps(found))[0] == 0
    assert "ends: 2027-06-30" in written(desk)
    assert "Parcel rates" in written(desk)


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text("ab"),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(["id", "a"]), inner),
    max_leaves=5,
)


@given(some.lists(ANYTHING, min_size=2, max_size=3))
def test_whatever_else_releases_hold_it_is_passed_over_and_told_by_name(held):
    releases_ = [
        {**RELEASE, "date": f"2026-11-0{number}T12:00:00Z", "tender": one, "contracts": [contract(items=one)]}
        for number, one in enumerate(held, 1)
    ]
    found = draft(process(parse(json.dumps({"releases": releases_}).encode(), "x"), "x", None))
    plain = draft(process(parse(json.dumps({"releases": [RELEASE]}).encode(), "x"), "x", None))
    assert replace(found, left=()) == replace(plain, left=())
    named = {"tender", "contracts/items"} if held[-1] else set()
    assert set(found.left) == {"contracts/milestones/type"} | named


def contract(**more: Any) -> dict[str, Any]:
    return {**RELEASE["contracts"][0], **more}


def test_one_of_several_contracts_is_named(desk):
    found = package(lambda release: release["contracts"].append({**RELEASE["contracts"][0], "id": "MA-2"}))
    assert imported(desk, json.dumps(found), "--contract", "MA-2")[0] == 0
    assert 'id: "MA-2"' in written(desk, "ma-2")
    assert "has no contract MA-3" in imported(desk, json.dumps(found), "--contract", "MA-3")[2]


def test_a_contract_that_is_in_the_record_is_never_written_over(desk):
    assert imported(desk, json.dumps(package()))[0] == 0
    before = desk.files()
    code, _, told = imported(desk, json.dumps(package()))
    assert code == 2
    assert "MA-2026-020 is in the record already; nothing was written." in told
    assert desk.files() == before


def test_what_a_payer_says_that_was_paid_is_shown_and_not_kept(desk):
    paid = [{"id": "t1", "date": "2026-12-28T00:00:00Z", "value": {"amount": 6500.5, "currency": "CAD"}}, {"id": "t2"}]
    found = json.dumps(package(_contract(implementation={"transactions": paid})))
    code, out, told = imported(desk, found)
    assert (code, out) == (0, "Paid, by the source: 2026-12-28 6,500.50 CAD (t1)\nPaid, by the source: - - (t2)\n")
    assert "transactions" not in told
    assert "2026-12-28" not in written(desk)
    before = desk.files()
    found = json.dumps(package(_contract(implementation={"transactions": paid}, title_fr=None)))
    before = {**before, "package.json": found.encode()}
    code, again, told = imported(desk, found)  # what a payer calls the contract does not matter
    assert (code, again) == (0, out)
    assert "nothing was written" in told
    assert desk.files() == before


def test_a_package_that_cannot_be_read_is_said(desk):
    assert desk.run("record", "import", "none.json", "--record", "record")[0] == 2
    (desk.folder / "package.json").write_text("{}")
    told = desk.run("record", "import", "package.json")
    assert (told[0], "Give --record" in told[2]) == (2, True)
