"""What waits: for whom, since when, and what to do next; leads of contract splitting for the team alone."""

import pytest
from support.chains import contract
from support.filed import agreed
from support.shown import CERTIFIED, DISPUTED, more, sources

from verifier.dashboard import site
from verifier.dashboard.layout import Scene, html
from verifier.dashboard.page import Query


def queues(found):
    return {one["name"]: one for one in site.found(found, "index", Query()).document["queues"]}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with sources(tmp_path_factory.mktemp("attention"), 3) as made:
        more(made.records)
        yield made


def test_each_queue_says_who_and_each_row_what_and_since_when(found):
    told = queues(found)
    (row,) = told["to-ask"]["contracts"]
    assert (row["id"], row["since"], row["days"]) == (CERTIFIED, "2026-11-14", 0)
    assert row["next"]["en"] == "Ask the gate whether to pay."
    (row,) = told["to-resolve"]["contracts"]
    assert (row["id"], told["to-resolve"]["role"]) == (DISPUTED, "requester")


def test_the_step_depends_on_what_the_assessment_comes_to(found):
    (row,) = queues(found)["to-decide"]["contracts"]
    assert row["verdict"] == "pending"
    assert row["next"]["en"] == "Decide what waits for a person."


def test_how_late_it_is_counts_from_the_day_on_which_it_was_due(tmp_path):
    with sources(tmp_path, 0) as made:
        one = contract(id="MA-LATE")
        late = {**one.predicate["milestones"][0], "due": "2026-11-04"}
        made.records.file(agreed(contract(id="MA-LATE", milestones=[late])))
        (row,) = queues(made)["overdue"]["contracts"]
        assert (row["since"], row["days"]) == ("2026-11-04", 10)
        page = site.found(made, "index", Query())
        assert "10 days" in html(page, "en", Scene(site.NAVIGATION))
        assert "10 jours" in html(page, "fr", Scene(site.NAVIGATION))


def test_leads_are_shown_to_the_team_and_to_nobody_else(tmp_path):
    with sources(tmp_path, 3) as made:
        assert site.found(made, "index", Query()).document["leads"] is None
    with sources(tmp_path, 0, team=True) as made:
        leads = site.found(made, "index", Query()).document["leads"]
        assert leads["total"] == len(leads["leads"]) > 0
        assert {one["rule"] for one in leads["leads"]} >= {"same-repository"}
