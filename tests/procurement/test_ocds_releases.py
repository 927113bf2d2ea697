"""Releases of the Open Contracting Data Standard: what is public after each entry, and that merging them gives just that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from ocdsmerge import Merger
from ocdsmerge.rules import get_merge_rules
from support.ocds import RELEASE, cove_errors, schema, schema_errors
from support.storied import ID, Story, milestone

from verifier.procurement.ocds.packages import record_of, record_package, release_package
from verifier.procurement.ocds.published import published
from verifier.procurement.ocds.publisher import Publisher, supplier_id
from verifier.procurement.ocds.releases import releases
from verifier.procurement.ocds.standard import MERGING, merger
from verifier.procurement.ocds.timeline import steps
from verifier.words import Text

BY = Publisher(prefix="ocds-a2ef3d", name=Text("Example Office", "Bureau exemple"), id="CA-FED-EX")
OCID = "ocds-a2ef3d-ma-2026-014"


def made(story: Story, by: Publisher = BY) -> list[dict[str, Any]]:
    return releases(story.record, by, story.revocations)


def compiled(story: Story) -> dict[str, Any]:
    return dict(record_of(made(story))["compiledRelease"])


def statuses(story: Story) -> dict[str, str | None]:
    (agreed,) = compiled(story)["contracts"]
    return {one["id"]: one.get("status") for one in agreed["implementation"]["milestones"]}


def begun() -> Story:
    story = Story()
    story.awarded()
    return story


def test_the_award_says_who_buys_from_whom_what_and_until_when():
    (award,) = made(begun())
    assert (award["ocid"], award["id"], award["tag"]) == (OCID, f"{OCID}-0", ["award", "contract"])
    assert award["buyer"] == {"id": "CA-FED-EX", "name": "Example Office"}
    assert [(one["name"], one["roles"]) for one in award["parties"]] == [
        ("Example Office", ["buyer"]),
        ("Parcels Inc.", ["supplier"]),
    ]
    assert award["parties"][0]["identifier"]["scheme"] == "CA-FED"
    (agreed,) = award["contracts"]
    assert (agreed["title"], agreed["title_fr"]) == ("Parcel rates", "Tarifs des colis")
    assert agreed["value"] == {"amount": 2260.0, "currency": "CAD"}
    assert agreed["period"] == {"startDate": "2026-11-01T12:00:00Z", "endDate": "2026-11-30T12:00:00Z"}
    assert statuses(begun()) == {"m1": "scheduled", "m2": "scheduled"}


def test_an_acceptance_report_is_a_completion_certificate_named_by_its_digest():
    story = begun()
    story.judged("assessed")
    story.judged("accepted")
    _, accepted = made(story, Publisher(prefix=BY.prefix, name=BY.name, id=BY.id, address="https://example.org/open/"))
    digest = story.events[-1].digest
    (report,) = accepted["contracts"][0]["implementation"]["documents"]
    assert (report["id"], report["documentType"]) == (digest, "completionCertificate")
    assert digest in report["description"]
    assert digest in report["description_fr"]
    assert report["url"] == f"https://example.org/open/reports/{digest}.sigstore.json"
    (one,) = accepted["contracts"][0]["implementation"]["milestones"]
    assert (one["id"], one["status"], one["dateMet"]) == ("m1", "met", story.events[-1].time)
    assert "url" not in made(story)[-1]["contracts"][0]["implementation"]["documents"][0]


@pytest.mark.parametrize(
    ("moves", "status"),
    [
        (("started", "delivered", "assessed"), "scheduled"),
        (("assessed", "rejected"), "notMet"),
        (("assessed", "rejected", "delivered"), "scheduled"),
        (("assessed", "rejected", "delivered", "assessed", "accepted"), "met"),
        (("not-delivered",), "notMet"),
        (("terminated",), "notMet"),
        (("assessed", "accepted", "certified", "paid"), "met"),
        (("paid",), "scheduled"),
        (("assessed", "rejected", "paid"), "notMet"),
        (("assessed", "accepted", "disputed"), "met"),
        (("assessed", "rejected", "disputed"), "notMet"),
        (("delivered", "disputed", "resolved"), "scheduled"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else one,
)
def test_the_status_of_a_milestone_follows_what_was_judged(moves, status):
    story = begun()
    for what in moves:
        story.judged(what) if what in ("assessed", "accepted", "rejected", "certified") else story.told(what)
    assert statuses(story) == {"m1": status, "m2": "scheduled"}


def test_what_was_accepted_with_a_must_waived_is_met_in_part():
    story = begun()
    story.judged("accepted", "m2", waived="should")
    assert statuses(story)["m2"] == "met"
    story.judged("accepted", waived="must")
    assert statuses(story)["m1"] == "partiallyMet"
    assert made(story)[-1]["contracts"][0]["implementation"]["milestones"][0]["dateMet"] == story.events[-1].time


def test_what_changes_nothing_public_makes_no_release():
    story = begun()
    for what in ("started", "delivered", "merged"):
        story.told(what)
    story.judged("assessed")
    story.judged("certified")
    assert len(made(story)) == 1


def test_an_extension_moves_the_due_day():
    story = Story()
    story.awarded(milestones=[milestone("m1", due="2026-11-20")])
    story.told("extended", until="2026-12-24")
    dues = [one["contracts"][0]["implementation"]["milestones"][0]["dueDate"] for one in made(story)]
    assert dues == ["2026-11-20T23:59:59Z", "2026-12-24T23:59:59Z"]
    assert made(story)[-1]["tag"] == ["implementationUpdate"]


def test_an_amendment_names_the_release_that_it_amends_and_what_is_new():
    story = begun()
    story.told("started")
    story.awarded(milestones=[milestone("m1", 200_000), milestone("m3")], ends="2026-12-31T23:59:59Z")
    _, amended = made(story)
    assert amended["tag"] == ["contractAmendment"]
    (agreed,) = amended["contracts"]
    assert agreed["amendments"] == [
        {
            "id": story.events[-1].digest,
            "date": story.events[-1].time,
            "amendsReleaseID": f"{OCID}-0",
            "releaseID": f"{OCID}-2",
        }
    ]
    assert agreed["value"]["amount"] == 3390.0
    assert agreed["period"]["endDate"] == "2026-12-31T23:59:59Z"
    assert statuses(story) == {"m1": "scheduled", "m2": None, "m3": "scheduled"}
    dropped = compiled(story)["contracts"][0]["implementation"]["milestones"][1]
    assert dropped["description"] == "An amendment took this milestone out of the contract."


def test_another_payee_is_another_award_and_the_first_is_cancelled():
    story = begun()
    story.awarded(payee="Other Code Ltd")
    merged = compiled(story)
    assert [(one["status"], one["suppliers"][0]["name"]) for one in merged["awards"]] == [
        ("cancelled", "Parcels Inc."),
        ("active", "Other Code Ltd"),
    ]
    assert merged["contracts"][0]["awardID"] == merged["awards"][1]["id"]
    assert [one.get("roles") for one in merged["parties"]] == [["buyer"], None, ["supplier"]]
    assert made(story)[-1]["tag"] == ["award", "contractAmendment"]


def test_a_contract_ends_when_all_of_its_milestones_have():
    story = begun()
    story.told("terminated", "m2")
    assert made(story)[-1]["tag"] == ["implementationUpdate"]
    story.told("paid", "m1")
    assert made(story)[-1]["tag"] == ["implementationUpdate", "contractTermination"]
    assert compiled(story)["contracts"][0]["status"] == "terminated"


def test_what_was_terminated_after_it_was_accepted_is_not_met_and_has_no_day_on_which_it_was():
    story = begun()
    story.judged("accepted")
    story.told("terminated")
    (one,) = compiled(story)["contracts"][0]["implementation"]["milestones"][:1]
    assert (one["status"], "dateMet" in one) == ("notMet", False)


def test_a_revoked_report_stays_named_and_says_so():
    story = begun()
    story.judged("accepted")
    before = made(story)
    story.revoked(1)
    assert made(story)[: len(before)] == before
    last = made(story)[-1]
    (report,) = last["contracts"][0]["implementation"]["documents"]
    assert report["description"].startswith("Revoked")
    (one,) = compiled(story)["contracts"][0]["implementation"]["milestones"][:1]
    assert (one["status"], one.get("dateMet")) == ("scheduled", None)


def test_a_milestone_says_when_something_about_it_last_changed():
    story = begun()
    story.told("started")
    story.judged("accepted")
    story.told("terminated", "m2")
    milestones = compiled(story)["contracts"][0]["implementation"]["milestones"]
    assert [one["dateModified"] for one in milestones] == [story.events[2].time, story.events[3].time]


def test_without_an_address_every_package_has_a_name_of_its_own():
    names = {BY.uri("releases/x.json"), BY.uri("records/x.json"), BY.uri("releases/y.json")}
    assert len(names) == 3
    assert all(name.startswith("urn:uuid:") for name in names)


def test_a_record_without_the_contract_itself_publishes_nothing():
    story = begun()
    story.judged("accepted")
    story.events = [replace(one, signed=None) for one in story.events]
    assert made(story) == []


def test_a_contract_that_the_root_keys_revoked_is_cancelled():
    story = begun()
    story.revoked(0, by_the_root=True)
    merged = compiled(story)
    assert (merged["awards"][0]["status"], merged["contracts"][0]["status"]) == ("cancelled", "cancelled")
    assert made(story)[-1]["tag"] == ["contractUpdate"]


def test_what_the_root_keys_revoke_for_all_time_was_public_all_the_same():
    story = begun()
    before = made(story)
    story.events[0] = replace(story.events[0], revoked="2026-01-01T00:00:00Z")
    after = made(story)
    assert after[:1] == before
    assert (len(after), after[1]["date"]) == (2, story.events[0].time)


def test_a_version_that_spells_the_id_otherwise_is_of_the_same_contract():
    story = begun()
    story.awarded(id=ID.lower())
    merged = compiled(story)
    assert [one["id"] for one in merged["contracts"]] == [ID]
    assert [one["id"] for one in merged["awards"]] == [f"{ID}-1"]


def test_before_the_award_nothing_is_published():
    assert made(Story()) == []


def test_contracts_whose_ids_a_reader_takes_for_one_have_one_ocid():
    assert BY.ocid(ID) == BY.ocid(ID.lower()) == OCID
    assert BY.ocid("a/b") != BY.ocid("a-b")
    assert supplier_id("Parcels Inc.") == supplier_id("PARCELS INC.") != supplier_id("Parcels Ltd")


def test_no_amount_of_cents_is_written_otherwise():
    story = Story()
    story.awarded(milestones=[{**milestone("m1"), "price": 10**13 - 1, "tax": 0}])
    assert '"amount": 99999999999.99' in json.dumps(made(story))


WORDS = ("started", "delivered", "disputed", "resolved", "not-delivered", "terminated", "paid", "received", "listed")
JUDGED = ("assessed", "accepted", "rejected", "certified")
LEVELS = some.sampled_from(["", "must", "should"])
PARTS = some.lists(some.sampled_from(["m1", "m2", "m3"]), min_size=1, unique=True)
ACTIONS = some.one_of(
    some.tuples(some.just("told"), some.sampled_from(WORDS), some.sampled_from(["m1", "m2", ""])),
    some.tuples(some.just("judged"), some.sampled_from(JUDGED), some.sampled_from(["m1", "m2"]), LEVELS),
    some.tuples(some.just("extended"), some.dates().map(str), some.sampled_from(["m1", ""])),
    some.tuples(some.just("awarded"), PARTS, some.integers(1, 10**9), some.sampled_from(["A", "B", "a"])),
    some.tuples(some.just("revoked"), some.integers(0, 30), some.booleans()),
)


def act(story: Story, action: tuple[Any, ...]) -> None:
    match action:
        case ("told", what, name):
            story.told(what, name)
        case ("judged", what, name, waived):
            story.judged(what, name, waived=waived)
        case ("extended", until, name):
            story.told("extended", name, until=until)
        case ("awarded", parts, price, payee):
            story.awarded(milestones=[milestone(one, price) for one in parts], payee=payee)
        case ("revoked", number, by_the_root):
            index = number % len(story.events)
            if index and (by_the_root or story.events[index].what != "awarded"):  # the first version stays
                story.revoked(index, by_the_root=by_the_root)


@settings(max_examples=60, deadline=None)
@given(some.lists(ACTIONS, max_size=12))
def test_merging_all_releases_gives_what_is_public_and_a_later_export_only_adds(actions):
    story = begun()
    seen: list[list[dict[str, Any]]] = [made(story)]
    for action in actions:
        if story.record.contract:
            act(story, action)
        seen.append(made(story))
    for earlier, later in pairwise(seen):
        assert later[: len(earlier)] == earlier
    view: dict[str, Any] = {}
    for step in steps(story.record, story.revocations):
        view = published(step.record, BY, view, step.time)
    record = record_of(seen[-1])
    merged = record["compiledRelease"]
    about = ("ocid", "id", "date", "tag", "initiationType")
    assert {name: value for name, value in merged.items() if name not in about} == view
    assert len({one["id"] for one in seen[-1]}) == len(seen[-1])
    assert schema_errors(release_package(seen[-1], BY)) == []
    assert schema_errors(record_package(record, BY)) == []
    assert merged_by(merger(), seen[-1]) == merged_by(Merger(schema(RELEASE)), seen[-1])


def merged_by(one: Merger, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one.create_compiled_release(found), one.create_versioned_release(found)]


STORIES = {
    "award": [],
    "accepted": [("judged", "accepted", "m1", "")],
    "waived": [("judged", "accepted", "m1", "must"), ("told", "paid", "m1")],
    "rejected, then accepted": [("judged", "rejected", "m1", ""), ("judged", "accepted", "m1", "")],
    "amended": [("awarded", ["m1", "m3"], 5, "B"), ("told", "terminated", "")],
    "revoked": [("judged", "accepted", "m2", ""), ("revoked", 1, False)],
}


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_publishers_own_tool_finds_nothing_wrong(name):
    story = begun()
    for action in STORIES[name]:
        act(story, action)
    found = made(story, Publisher(prefix=BY.prefix, name=BY.name, id=BY.id, address="https://example.org/open"))
    assert cove_errors(release_package(found, BY)) == []
    assert cove_errors(record_package(record_of(found), BY)) == []
    assert merged_by(merger(), found) == merged_by(Merger(schema(RELEASE)), found)


def test_of_the_standards_rules_of_merging_ours_are_those_that_touch_what_is_published():
    story = begun()
    for action in chain.from_iterable(STORIES.values()):
        act(story, action)
    published_names = set(paths(made(story)))
    official = get_merge_rules(schema(RELEASE))
    assert {path: rule for path, rule in official.items() if path in published_names} == MERGING


def paths(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, list):
        for one in value:
            yield from paths(one, place)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield (*place, name)
            yield from paths(one, (*place, name))


def test_what_checks_packages_does_find_what_is_wrong():
    package = release_package(made(begun()), BY)
    package["releases"][0]["contracts"][0]["status"] = "done"
    assert cove_errors(package)
    assert schema_errors(package)
