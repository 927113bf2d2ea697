"""Signing in: what the provider says counts only where it is of this issuer, for this client, in answer to this session."""

from __future__ import annotations

import logging
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from support.chains import policy_predicate
from support.provider import SECRET, running, shared_key
from support.visiting import BACK, Site, filed

from verifier.trust.policy import trust_policy


@pytest.fixture(scope="module")
def provider():
    with running(BACK) as found:
        yield found


@pytest.fixture(scope="module")
def site(tmp_path_factory, provider):
    return Site(filed(tmp_path_factory.mktemp("signing") / "record"), provider)


@pytest.fixture
def visitor(site):
    return Site(site.folder, site.provider).visitor()


def refused(answer) -> bool:
    return answer.status_code == 403 and "The sign-in did not hold." in answer.text


def test_who_signs_in_is_the_person_of_the_trust_policy(visitor):
    assert visitor.sign_in("assessor").headers["location"] == "/en/index.html"
    assert "assessor" in visitor.get("/en/index.html").text
    assert visitor.site.provider.troubles == []


def test_the_provider_is_asked_with_state_nonce_and_a_challenge_and_leads_back_to_the_configured_address(visitor):
    asked = parse_qs(urlsplit(visitor.get("/sign-in").headers["location"]).query)
    assert asked["redirect_uri"] == [BACK]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    other = visitor.get("/sign-in", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert parse_qs(urlsplit(other.headers["location"]).query)["redirect_uri"] == [BACK]


@pytest.mark.parametrize(
    "bends",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": "another", "azp": "dashboard"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"alg": "none"},
        {"alg": "HS256", "key": shared_key()},
        {"sub": ""},
    ],
    ids=["nonce", "no-nonce", "issuer", "audience", "party", "expired", "lasting", "unsigned", "shared-key", "nobody"],
)
def test_a_token_that_is_not_for_us_signs_nobody_in(visitor, bends):
    visitor.site.provider.bends = bends
    assert refused(visitor.sign_in())
    assert "Sign in" in visitor.get("/en/index.html").text


def test_a_code_counts_once(visitor):
    back = visitor.back()
    assert visitor.get(back).status_code == 303
    assert refused(visitor.get(back))


def test_a_code_of_another_browser_does_not_count(visitor):
    """Whoever is led to another's answer would act as that other person without knowing."""
    back = visitor.back()
    other = visitor.site.visitor()
    other.back()
    assert refused(other.get(back))
    assert refused(visitor.site.visitor().get(back))


def test_a_swapped_state_is_refused(visitor):
    first, second = visitor.back(), visitor.site.visitor().back()
    states = [parse_qs(urlsplit(one).query)["state"][0] for one in (first, second)]
    assert refused(visitor.get(first.replace(*states)))


def test_what_the_provider_refuses_is_told_in_one_sentence(visitor):
    visitor.back()
    answer = visitor.get("/signed-in?error=access_denied&error_description=<script>alert(1)</script>")
    assert refused(answer)
    assert "alert" not in answer.text


def test_a_description_of_another_issuer_is_not_believed(visitor, provider):
    provider.described = {"issuer": "https://elsewhere.example"}
    try:
        answer = visitor.get("/sign-in")
    finally:
        provider.described = {}
    assert answer.status_code == 503
    assert visitor.get("/sign-in").status_code == 302  # and is asked again


def test_ends_without_tls_elsewhere_are_not_used(visitor, provider):
    provider.described = {"token_endpoint": "http://elsewhere.example/token"}
    try:
        assert visitor.get("/sign-in").status_code == 503
    finally:
        provider.described = {}


def test_a_provider_that_is_away_is_told_in_one_sentence(site):
    away = Site(site.folder, type(site.provider)(BACK, issuer="http://127.0.0.1:9")).visitor()
    answer = away.get("/sign-in")
    assert answer.status_code == 503
    assert "Try again later" in answer.text


@pytest.mark.parametrize(
    "after", ["//evil.example", "https://evil.example/en/a.html", "/en/..//evil.html", "/data/x.json"]
)
def test_signing_in_leads_to_pages_of_ours_alone(visitor, after):
    assert visitor.get(visitor.back(f"?next={after}")).headers["location"] == "/en/index.html"


def test_signing_in_leads_back_to_where_it_began(visitor):
    assert visitor.get(visitor.back("?next=/fr/contracts.html")).headers["location"] == "/fr/contracts.html"


@pytest.mark.parametrize(
    ("claims", "person"),
    [
        ({"email": "ASSESSOR@example.org"}, "assessor"),
        ({"email_verified": False}, ""),
        ({"email_verified": "true"}, ""),
        ({"email": "shared@example.org"}, ""),
        ({"sub": "4711", "email": None}, "certifier"),
        ({"sub": "4712", "email": None}, ""),
    ],
    ids=["address", "not-verified", "no-boolean", "of-two-people", "identity", "revoked"],
)
def test_who_is_who_says_the_trust_policy_alone(site, claims, person):
    issuer = site.provider.issuer
    people = [
        {"id": who, "addresses": [f"{who}@example.org", "shared@example.org"]} for who in ("assessor", "certifier")
    ]
    listed = [{"person": "certifier", "subject": subject, "issuer": issuer} for subject in ("4711", "4712")]
    predicate = policy_predicate()
    gone = trust_policy("e" * 64, predicate | {"identities": listed}).identities[1].identity.id
    revoked = [{"key": gone, "from": "2026-01-01T00:00:00Z", "reason": "Left."}]
    policy = trust_policy("e" * 64, predicate | {"people": people, "identities": listed, "revoked": revoked})
    visitor = Site(site.folder, site.provider, policy=policy).visitor()
    visitor.sign_in("assessor", **claims)
    page = visitor.get("/en/act/ma-2026-014.html").text
    assert ("does not know you" in page) is (person == "")
    assert person in page


def test_nothing_secret_is_logged(visitor, caplog):
    with caplog.at_level(logging.DEBUG, logger="verifier.dashboard"):
        back = visitor.back()
        visitor.get(back)
    told = "\n".join(record.getMessage() for record in caplog.records if record.name == "verifier.dashboard")
    assert '"event": "signed-in"' in told
    query = parse_qs(urlsplit(back).query)
    for secret in (SECRET, visitor.cookie, query["code"][0], query["state"][0]):
        assert secret not in told


def test_who_failed_to_sign_in_is_logged(visitor, caplog):
    visitor.site.provider.bends = {"nonce": "another"}
    with caplog.at_level(logging.INFO, logger="verifier.dashboard"):
        visitor.sign_in()
    assert any('"event": "sign-in-refused"' in record.getMessage() for record in caplog.records)
