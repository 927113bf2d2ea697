"""A site of real assessments: what is true of every page, whatever it shows."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib
import pytest
from support.assessed import PROJECTS

from verifier.gate.moves import State
from verifier.words import LANGUAGES

MOST = 150_000
"""Bytes of a page."""
STATES = {
    State.ACCEPTED,
    State.ASSESSING,
    State.CERTIFIED,
    State.CHANGES_REQUESTED,
    State.DISPUTED,
    State.PAID,
    State.PAYABLE,
}


@pytest.fixture(scope="module")
def pages(showcase):
    """Path in the site -> the page, parsed strictly."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return {path.relative_to(showcase.site): parser.parse(path.read_text()) for path in showcase.site.rglob("*.html")}


def test_every_report_was_recorded():
    assert sum(len(project.versions) for project in PROJECTS) >= 12
    assert all(path.is_file() for project in PROJECTS for path in project.reports())


def test_the_contracts_stand_at_different_places(showcase):
    every = {record.id: record for record in showcase.sources.records.every()}
    assert every.keys() == {project.contract for project in PROJECTS}
    assert {record.state for record in every.values()} == STATES
    late = [record.id for record in every.values() if record.milestones[0].late(showcase.sources.today)]
    assert late == [project.contract for project in PROJECTS if project.name == "ratelimit"]
    rounds = {project.contract: len(project.versions) for project in PROJECTS}
    assert {name: record.milestones[0].progress.round for name, record in every.items()} == rounds


def test_each_report_is_kept_as_it_was_signed(showcase):
    store = showcase.sources.records.store
    for project in PROJECTS:
        assert {path.read_bytes() for path in store.kept(project.contract)} == {
            path.read_bytes() for path in project.reports()
        }


def test_self_checks_lie_beside_the_record(showcase):
    assert len(showcase.sources.reports) == 3
    assert not [one.trouble for one in showcase.sources.reports if one.trouble]


def test_every_page_is_there_in_both_languages(pages):
    found = {spoken: {path.relative_to(spoken) for path in pages if path.parts[0] == spoken} for spoken in LANGUAGES}
    assert found["en"] == found["fr"]
    for project in PROJECTS:
        assert Path("contracts", f"{project.contract.lower()}.html") in found["en"]


def test_every_page_says_its_language(pages):
    assert all(page.get("lang") == path.parts[0] for path, page in pages.items() if len(path.parts) > 1)


def test_no_page_is_too_large(showcase):
    large = {path.name: path.stat().st_size for path in showcase.site.rglob("*.html") if path.stat().st_size > MOST}
    assert large == {}


def test_every_link_leads_somewhere(showcase, pages):
    names = {path: {one.get("id") for one in page.iter() if one.get("id")} for path, page in pages.items()}
    wrong = [
        (str(path), link)
        for path, page in pages.items()
        for link in _links(page)
        if not _leads(showcase.site, path, link, names)
    ]
    assert wrong == []


def _links(page):
    for name, attribute in (("a", "href"), ("link", "href"), ("script", "src"), ("img", "src")):
        yield from (one.get(attribute) for one in page.iter(name) if one.get(attribute))


def _leads(site, path, link, names):
    """Inside the site to a file, and to a place in it that is there; addresses elsewhere are left alone."""
    if re.match(r"[a-z]+:", link):
        return True
    target, _, place = link.partition("#")
    found = (site / path.parent / target).resolve() if target else (site / path).resolve()
    if not found.is_file():
        return False
    return not place or place in names.get(found.relative_to(site.resolve()), {place})
