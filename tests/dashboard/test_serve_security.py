"""What every answer of the server has, and what it takes: headers, hosts, forms, sizes, rates, errors and the log."""

from __future__ import annotations

import json
import logging

import pytest
from starlette.testclient import TestClient
from support.provider import running
from support.visiting import ACT, BACK, BASE, Site, filed

from verifier.dashboard.serve import limits
from verifier.dashboard.serve.app import app
from verifier.dashboard.serve.settings import Settings

PAGES = ("/en/index.html", "/fr/contracts.html", "/data/contracts.json", "/data/contracts.csv", "/assets/dashboard.css")
FAILING = ("/en/nothing.html", "/data/nothing.json", "/nowhere", "/en/act/nothing.html")
DECISION = {"milestone": "m1", "criterion": "requirements", "outcome": "met", "rationale": "Seen working."}


@pytest.fixture(scope="module")
def provider():
    with running(BACK) as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return filed(tmp_path_factory.mktemp("security") / "record")


@pytest.fixture
def site(folder, provider):
    return Site(folder, provider)


@pytest.fixture
def assessor(site):
    visitor = site.visitor()
    visitor.sign_in("assessor")
    return visitor


@pytest.mark.parametrize("address", [*PAGES, *FAILING])
def test_every_answer_has_the_headers(site, address):
    headers = site.visitor().get(address).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "charset=utf-8" in headers.get("content-type", "charset=utf-8")
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize("address", [one for one in (*PAGES, *FAILING) if "assets" not in one])
def test_nothing_that_is_shown_is_kept_by_a_cache(site, address):
    assert site.visitor().get(address).headers["cache-control"] == "no-store"


def test_by_tls_a_browser_is_told_to_stay_there(folder, provider):
    by_tls = Site(folder, provider, how={"base": "https://dashboard.example"}).visitor()
    assert by_tls.get("/en/index.html").headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_data_is_an_attachment(site):
    headers = site.visitor().get("/data/contracts.json").headers
    assert headers["content-disposition"] == 'attachment; filename="contracts.json"'
    assert headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST"])
def test_other_methods_are_refused(site, method):
    answer = site.visitor().client.request(method, "/en/index.html")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[", "evil.example@127.0.0.1:1:1"])
def test_another_host_is_refused(site, host):
    assert site.visitor().get("/en/index.html", headers={"Host": host}).status_code == 400


def test_no_address_is_made_from_the_header_host(folder, provider):
    visitor = Site(folder, provider, how={"base": "https://dashboard.example"}).visitor()
    assert visitor.get("/en/index.html", headers={"Host": "127.0.0.1"}).status_code == 400
    assert "dashboard.example" in visitor.get("/data/openapi.json", headers={"Host": "dashboard.example:1234"}).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{BASE}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": BASE},
        {"X-Nothing": "of where it came from"},
    ],
    ids=["other", "null", "alike", "cross-site", "same-site", "silent"],
)
def test_a_form_from_elsewhere_does_nothing(assessor, headers):
    assert assessor.post(f"{ACT}/decision", headers=headers, data=DECISION).status_code == 403
    assert assessor.post("/sign-out", headers=headers).status_code == 403
    assert assessor.get(f"{ACT}.html").status_code == 200


def test_a_form_needs_the_token_of_its_own_session(site, assessor):
    other = site.visitor()
    other.sign_in("certifier")
    for token in ("", "guessed", other.token()):
        assert assessor.post(f"{ACT}/decision", token=token, data=DECISION).status_code == 403
    assert assessor.post(f"{ACT}/decision", data=DECISION).status_code == 200


def test_a_form_by_the_browsers_word_alone_is_taken(assessor):
    assert assessor.post(f"{ACT}/decision", headers={"Sec-Fetch-Site": "same-origin"}, data=DECISION).status_code == 200


def test_what_is_no_form_is_refused(assessor):
    headers = {"Origin": BASE, "Content-Type": "application/json"}
    answer = assessor.client.post(f"{ACT}/decision", content=json.dumps(DECISION), headers=headers)
    assert answer.status_code == 415


def test_a_field_that_comes_twice_is_refused(assessor):
    twice = DECISION | {"outcome": ["met", "unmet"]}
    assert assessor.post(f"{ACT}/decision", data=twice).status_code == 400


def test_fields_that_are_not_asked_for_change_nothing(assessor):
    more = {"made": "2020-01-01T00:00:00Z", "person": "certifier", "about": "x", "_type": "x"}
    made = assessor.post(f"{ACT}/decision", data=DECISION | more).json()
    assert made["predicate"]["made"] != more["made"]
    assert made["predicate"].keys() == {"about", "criterion", "outcome", "rationale", "made"}


@pytest.mark.parametrize("address", ["/sign-out", f"{ACT}/decision"])
def test_a_form_that_is_too_large_is_not_read(assessor, address):
    answer = assessor.post(address, data={"rationale": "x" * 300_000})
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_statement_may_be_larger_than_a_form_and_not_without_end(assessor):
    files = {"statement": ("a", b"x" * 400_000)}
    assert assessor.post(f"{ACT}/statement", files=files).status_code == 422
    headers = {"Origin": BASE, "Content-Length": str(10**9), "Content-Type": "multipart/form-data; boundary=x"}
    assert assessor.client.post(f"{ACT}/statement", content=b"", headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        (limits.SIGN_IN, lambda visitor: visitor.get("/signed-in")),
        (limits.WRITES, lambda visitor: visitor.post("/sign-out", token="x")),
        (limits.READS, lambda visitor: visitor.get("/en/contracts.html")),
    ],
)
def test_too_much_at_once_is_told_when_to_come_again(site, monkeypatch, kind, ask):
    monkeypatch.setitem(limits.LIMITS, kind, "3/minute")
    visitor = Site(site.folder, site.provider).visitor()
    answers = [ask(visitor) for _ in range(4)]
    assert [one.status_code == 429 for one in answers] == [False, False, False, True]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 120
    assert "a little later" in answers[3].text
    assert Site(site.folder, site.provider).visitor(client=("192.0.2.9", 1)).get("/en/index.html").status_code == 200


def test_one_network_of_ipv6_is_one_client(site, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, limits.READS, "1/minute")
    alike = Site(site.folder, site.provider)
    first, second, third = (alike.visitor(client=(f"2001:db8:{net}::{n}", 1)) for net, n in ((1, 1), (1, 2), (2, 1)))
    assert [one.get("/nowhere").status_code for one in (first, second, third)] == [404, 429, 404]


@pytest.mark.parametrize("address", FAILING)
def test_errors_are_one_sentence_with_an_id(site, address, caplog):
    with caplog.at_level(logging.INFO, logger="verifier.dashboard"):
        answer = site.visitor().get(address)
    line = json.loads(caplog.records[-1].getMessage())
    if answer.status_code != 303:
        assert line["id"] in answer.text
    assert line["path"] == address


def broken():
    raise RuntimeError("/srv/secret/path and a secret")


@pytest.mark.parametrize("address", ["/en/index.html", "/fr/index.html", "/data/index.json"])
def test_what_nobody_expected_shows_nothing_of_the_inside(address, caplog):
    with caplog.at_level(logging.INFO, logger="verifier.dashboard"):
        answer = TestClient(app(broken), base_url=BASE).get(address)
    line = json.loads(caplog.records[-1].getMessage())
    assert answer.status_code == line["status"] == 500
    assert line["id"] in answer.text
    assert "RuntimeError: /srv/secret/path" in line["trace"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_the_log_is_one_line_a_request_and_cannot_be_forged(site, caplog):
    with caplog.at_level(logging.INFO, logger="verifier.dashboard"):
        site.visitor().get("/en/a%0a%7b%22forged%22%3a1%7d%1b[2J.html?text=of%20somebody")
    (told,) = [record.getMessage() for record in caplog.records if record.name == "verifier.dashboard"]
    assert told.isprintable()
    line = json.loads(told)
    assert line.keys() >= {"time", "id", "client", "method", "path", "status", "milliseconds"}
    assert line["time"].endswith("Z")
    assert "somebody" not in told


def test_who_was_refused_is_logged(assessor, caplog):
    with caplog.at_level(logging.INFO, logger="verifier.dashboard"):
        assessor.post(f"{ACT}/certification", data={"milestone": "m1"})
    line = json.loads(caplog.records[-1].getMessage())
    assert (line["status"], line["person"]) == (403, "assessor")


@pytest.mark.parametrize("query", ["text=a&text=b", f"text={'x' * 501}", "text=%00", "state=nowhere"])
def test_what_cannot_be_asked_is_refused(site, query):
    visitor = site.visitor()
    assert visitor.get(f"/en/contracts.html?{query}").status_code == 400
    assert visitor.get(f"/data/contracts.json?{query}").json()["status"] == 400


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}", "\u202eabc"])
def test_what_is_asked_for_is_never_run(site, text):
    answer = site.visitor().get("/en/contracts.html", params={"text": text})
    assert answer.status_code in (200, 400)
    assert "<script>alert" not in answer.text
    assert "49" not in answer.text
    found = site.visitor().get("/data/contracts.json", params={"text": text})
    assert found.status_code == 400 or found.json()["total"] == 0


@pytest.mark.parametrize(
    "address",
    [
        "/assets/../layout.html",
        "/assets/%2e%2e%2flayout.html",
        "/data/../../etc/passwd.json",
        "/assets/",
        "/.git/config",
    ],
)
def test_nothing_beside_the_pages_is_served(site, address):
    assert site.visitor().get(address).status_code == 404


@pytest.mark.parametrize(
    "address", ["/en/index.html", "/data/contracts.json", "/data/openapi.json", "/fr/contracts.html"]
)
def test_with_sign_in_to_read_nothing_is_shown_to_who_is_not(folder, provider, address):
    closed = Site(folder, provider, how={"sign_in_to_read": True})
    answer = closed.visitor().get(address)
    assert answer.status_code == (401 if "data" in address else 303)
    assert "MA-2026-014" not in answer.text
    visitor = closed.visitor()
    visitor.sign_in("stranger")
    assert visitor.get(address).status_code == 200


def test_without_a_provider_there_is_nothing_to_do(site):
    plain = TestClient(app(site.opened, Settings(base=BASE)), base_url=BASE, follow_redirects=False)
    assert "Sign in" not in plain.get("/en/index.html").text
    for address in ("/sign-in", "/signed-in", f"{ACT}.html"):
        assert plain.get(address).status_code == 404
    assert plain.post(f"{ACT}/decision", data=DECISION).status_code in (404, 405)


@pytest.mark.parametrize(
    ("address", "other"), [("/fr/nothing.html", "/en/nothing.html"), ("/signed-in", "/en/missing.html")]
)
def test_an_error_leads_to_the_same_address_in_the_other_language(site, address, other):
    assert f'<a href="{other}" lang="en"' in site.visitor().get(address, headers={"Accept-Language": "fr"}).text
