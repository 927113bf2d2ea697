"""The list of contracts: what the address asks for, live and in a static site, and what cannot be asked for."""

import json
import re
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient
from support.chains import contract
from support.filed import agreed
from support.shown import CERTIFIED, DISPUTED, more, sources

from verifier.dashboard import search, site
from verifier.dashboard.build import build
from verifier.dashboard.page import Query
from verifier.dashboard.serve.app import app
from verifier.procurement.index import Listed
from verifier.render.inert import inert
from verifier.words import LANGUAGES

ASKED = {
    "text": ("PARCEL", "nothing like it"),
    "state": ("certified", "paid"),
    "verdict": ("accepted", "inconclusive"),
    "supplier": ("supplier", "s.other"),
    "licence": ("MIT", "Apache-2.0"),
    "profile": ("micro-ca", "qasp-18f"),
    "awarded-from": ("2026-11-01", "2026-11-02"),
    "awarded-until": ("2026-11-01", "2026-10-31"),
}
WRONG = (
    ("state=vanished", "There is no state &#34;vanished&#34;."),
    ("verdict=good", "There is no verdict &#34;good&#34;."),
    ("awarded-from=2026-02-30", "is not a day such as 2026-11-29."),
    ("awarded-until=yesterday", "is not a day such as 2026-11-29."),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("contracts")
    (made / "record").mkdir()
    with sources(made / "record", 3) as found:
        more(found.records)
        build(found, made / "site")
    return made


@pytest.fixture(scope="module")
def client(folder):
    with TestClient(app(lambda: sources(folder / "record", 0)), base_url="http://127.0.0.1") as made:
        yield made


def asked(client, **query):
    told = client.get(f"/data/contracts.json?{urlencode(query)}")
    assert told.status_code == 200
    return [one["id"] for one in told.json()["contracts"]]


@pytest.mark.parametrize("name", ASKED)
def test_each_filter_of_the_address_holds(client, name):
    fits, other = ASKED[name]
    assert CERTIFIED in asked(client, **{name: fits})
    assert CERTIFIED not in asked(client, **{name: other})


def test_all_filters_hold_together_and_the_form_has_them(client):
    query = {name: fits for name, (fits, _) in ASKED.items()}
    assert asked(client, **query) == [CERTIFIED]
    page = client.get(f"/en/contracts.html?{urlencode(query)}").text
    assert '<option value="certified" selected' in page
    assert 'value="PARCEL"' in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("query", "words"), WRONG)
def test_what_cannot_be_asked_for_is_said_in_one_sentence(client, query, words, language):
    told = client.get(f"/{language}/contracts.html?{query}")
    assert told.status_code == 400
    assert language != "en" or words in told.text
    assert told.text.count('role="alert"') == 1
    assert "<tbody>" not in told.text
    assert client.get(f"/data/contracts.json?{query}").status_code == 400


def test_days_between_which_nothing_lies_are_no_mistake_and_are_told(client):
    told = client.get("/en/contracts.html?awarded-from=2026-12-01&awarded-until=2026-11-01")
    assert told.status_code == 200
    assert "is after the last one" in told.text
    assert "<tbody>" not in told.text


def test_a_filter_that_is_a_script_is_text(client):
    page = client.get("/en/contracts.html?" + urlencode({"text": '"><script>x</script>'})).text
    assert "<script>x" not in page


def test_further_pages_keep_what_was_asked_for(tmp_path):
    with sources(tmp_path, 0) as made:
        made.records.file([one for number in range(101) for one in agreed(contract(id=f"MA-{number:03}"))])
    with TestClient(app(lambda: sources(tmp_path, 0)), base_url="http://127.0.0.1") as client:
        first = client.get("/en/contracts.html?state=awarded").text
        following = re.search(r'href="([^"]+)" rel="next"', first).group(1)
        assert following == "../en/contracts-2.html?state=awarded"
        second = client.get("/en/contracts-2.html?state=awarded")
        assert "MA-100" in second.text
        assert 'rel="prev"' in second.text
        assert client.get("/en/contracts-3.html?state=awarded").status_code == 404


def test_a_static_site_has_a_list_of_each_state_and_no_form_without_javascript(folder):
    page = (folder / "site/en/contracts.html").read_text()
    assert re.search(r"<form [^>]*hidden", page)
    assert 'href="../en/contracts-disputed.html"' in page
    disputed = json.loads((folder / "site/data/contracts-disputed.json").read_text())
    assert [one["id"] for one in disputed["contracts"]] == [DISPUTED]
    assert "Contrats" in (folder / "site/fr/contracts-disputed.html").read_text()
    assert not (folder / "site/en/contracts-paid.html").exists()


def test_the_script_to_search_has_every_contract(folder):
    written = (folder / "site/data/contracts-search.js").read_text()
    data = json.loads(written.removeprefix("window.verifierContracts(").removesuffix(");\n"))
    rows = [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]
    found = {one["id"]: data["shared"]["state"][one["state"]] for one in rows}
    assert found[CERTIFIED] == "certified"
    assert len(rows) == len(json.loads((folder / "site/data/contracts.json").read_text())["contracts"])


def test_the_script_to_search_has_no_sign_that_acts():
    names = (
        "title_fr",
        "supplier",
        "requester",
        "currency",
        "repository",
        "licence",
        "profile",
        "awarded",
        "state",
        "due",
    )
    row = Listed(
        key="k",
        id="K",
        title_en="a\u202eb\u2028</script>",
        payee="p",
        total=1,
        listed=False,
        changed="",
        verdict="",
        since="",
        **dict.fromkeys(names, ""),
    )
    written = search.written([row])
    assert written.isascii()
    (packed,) = json.loads(written.removeprefix("window.verifierContracts(").removesuffix(");\n"))["rows"]
    assert packed[2] == inert(row.title_en) != row.title_en


def test_a_list_is_made_again_where_a_row_of_it_changed(folder):
    with sources(folder / "record", 0) as made:
        again = build(made, folder / "site")
    unstamped = {"index", "measures", "ledger"}
    assert again.made <= len(unstamped)


def test_there_is_no_page_of_a_state_live_that_is_none(client):
    assert client.get("/en/contracts-vanished.html").status_code == 404
    assert client.get("/en/contracts-certified.html").status_code == 200


def test_unknown_filters_are_passed_over(folder):
    with sources(folder / "record", 0) as made:
        assert site.found(made, "contracts", Query({"x": "y"})).document["asked"] == {}
