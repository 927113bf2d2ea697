"""Sessions: a random id in a cookie that only the server reads, new with each sign-in, and at its end it opens nothing."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from support.provider import running
from support.visiting import ACT, BACK, Site, filed

from verifier.dashboard.serve import sessions
from verifier.dashboard.serve.sessions import BEGUN, IDLE, LONGEST, PROVEN, Identity, Sessions


@pytest.fixture(scope="module")
def provider():
    with running(BACK) as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return filed(tmp_path_factory.mktemp("sessions") / "record")


@pytest.fixture
def site(folder, provider):
    return Site(folder, provider)


def signed_in(visitor) -> bool:
    return visitor.get(f"{ACT}.html").status_code == 200


def test_the_id_is_new_after_signing_in(site):
    visitor = site.visitor()
    back = visitor.back()
    planted = visitor.cookie
    visitor.get(back)
    assert visitor.cookie != planted
    attacker = site.visitor(cookies={"verifier": planted})
    assert not signed_in(attacker)
    assert signed_in(visitor)


def test_an_id_that_the_server_did_not_make_opens_nothing(site):
    assert not signed_in(site.visitor(cookies={"verifier": "chosen"}))


def test_ids_are_random_and_long(site):
    ids = set()
    for _ in range(10):
        visitor = site.visitor()
        visitor.get("/sign-in")
        ids.add(visitor.cookie)
    assert len(ids) == 10
    assert all(len(one) >= 43 for one in ids)  # 256 bits in base64


def test_signing_out_ends_it_on_the_server(site):
    visitor = site.visitor()
    visitor.sign_in()
    taken = visitor.cookie
    answer = visitor.post("/sign-out")
    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert answer.headers["clear-site-data"] == '"cache"'
    assert not signed_in(site.visitor(cookies={"verifier": taken}))


def test_signing_out_everywhere_ends_the_others_too(site):
    here, there, another = site.visitor(), site.visitor(), site.visitor()
    here.sign_in()
    there.sign_in()
    another.sign_in("certifier")
    assert "You are signed in 2 times." in here.get("/en/sessions.html").text
    assert here.post("/sign-out", data={"everywhere": "yes"}).status_code == 303
    assert not signed_in(there)
    assert signed_in(another)


@pytest.mark.parametrize("steps", [[IDLE + 1], [IDLE - 1] * 3], ids=["idle", "in-all"])
def test_a_session_ends_by_itself(site, steps, monkeypatch):
    assert (IDLE, LONGEST) == (30 * 60, 12 * 60 * 60)
    monkeypatch.setattr(sessions, "LONGEST", 2.5 * IDLE)
    visitor = site.visitor()
    visitor.sign_in()
    for step in steps:
        assert signed_in(visitor)
        site.clock.now += step
    assert not signed_in(visitor)


def test_a_sign_in_that_was_begun_ends_by_itself(site):
    visitor = site.visitor()
    back = visitor.back()
    site.clock.now += BEGUN + 1
    assert visitor.get(back).status_code == 403


def test_behind_tls_the_cookie_is_for_this_host_alone(folder, provider):
    provider.back = "https://dashboard.example/signed-in"
    try:
        visitor = Site(folder, provider, how={"base": "https://dashboard.example"}).visitor()
        told = visitor.get("/sign-in").headers["set-cookie"]
        assert told.startswith("__Host-verifier=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(told.split("; "))
        assert "Domain" not in told
        visitor.sign_in()
        assert signed_in(visitor)
    finally:
        provider.back = BACK


def test_on_this_machine_the_cookie_does_without_tls_and_no_script_reads_it(site):
    told = site.visitor().get("/sign-in").headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(told.split("; "))
    assert "Secure" not in told


def test_the_id_stands_in_no_page_and_no_address(site):
    visitor = site.visitor()
    visitor.sign_in()
    for address in ("/en/index.html", "/en/sessions.html", f"{ACT}.html"):
        answer = visitor.get(address)
        assert visitor.cookie not in answer.text
        assert "set-cookie" not in answer.headers


def test_what_is_held_opens_nothing():
    from starlette.responses import Response

    held, answer = Sessions(lambda: 0.0, secure=False), Response()
    held.begin(answer)
    id_ = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
    assert id_ not in repr(held._begun)


def test_too_many_sessions_cost_the_oldest_of_their_kind(monkeypatch):
    from starlette.responses import Response

    monkeypatch.setattr(sessions, "MOST", 3)
    monkeypatch.setattr(sessions, "MOST_BEGUN", 2)
    held = Sessions(lambda: 0.0, secure=False)
    people = [held.begin(Response(), Identity("https://issuer.example", str(number))) for number in range(5)]
    strangers = [held.begin(Response()) for _ in range(1_000)]
    assert list(held._held.values()) == people[2:]
    assert list(held._begun.values()) == strangers[-2:]


def test_what_ended_makes_room(monkeypatch):
    from starlette.responses import Response

    now = [0.0]
    held = Sessions(lambda: now[0], secure=False)
    held.begin(Response())
    now[0] = sessions.BEGUN + 1
    last = held.begin(Response())
    assert list(held._begun.values()) == [last]


def test_a_link_from_elsewhere_signs_nobody_out(site):
    visitor = site.visitor()
    visitor.sign_in()
    assert visitor.get("/sign-in").headers["location"] == "/en/index.html"
    assert signed_in(visitor)


@pytest.fixture
def long_ago(site, provider):
    """Somebody whom the provider knew already: nobody proved who they are."""
    provider.since = 1
    visitor = site.visitor()
    visitor.sign_in()
    yield visitor
    provider.since, provider.bends = 0, {}


def again(visitor, after="/en/sessions.html"):
    return visitor.get(visitor.back(f"?again=yes&next={after}"))


def test_signing_out_everywhere_asks_for_a_second_sign_in(site, long_ago):
    there = site.visitor()
    there.sign_in()
    page = long_ago.get("/en/sessions.html").text
    assert "Sign in again" in page
    assert 'name="everywhere"' not in page
    assert long_ago.post("/sign-out", data={"everywhere": "yes"}).status_code == 403
    assert signed_in(there)
    before = long_ago.cookie
    assert again(long_ago).headers["location"] == "/en/sessions.html"
    assert long_ago.cookie != before
    assert not signed_in(site.visitor(cookies={"verifier": before}))
    assert 'name="everywhere"' in long_ago.get("/en/sessions.html").text
    assert long_ago.post("/sign-out", data={"everywhere": "yes"}).status_code == 303
    assert not signed_in(there)


def test_nothing_is_signed_here_or_handed_in_without_a_second_sign_in(site, long_ago):
    filled = {"milestone": "m1", "criterion": "requirements", "outcome": "met", "rationale": "Seen working."}
    for address, how in (
        ("decision", {"data": filled | {"here": "yes"}}),
        ("statement", {"files": {"statement": b"{}"}}),
    ):
        assert "so that it is known that it is you" in long_ago.post(f"{ACT}/{address}", **how).text
    assert long_ago.post(f"{ACT}/decision", data=filled).status_code == 200
    again(long_ago)
    assert "To be signed" in long_ago.post(f"{ACT}/decision", data=filled | {"here": "yes"}).text


def test_a_second_sign_in_is_a_fresh_one_and_holds_for_ten_minutes(site, long_ago):
    asked = parse_qs(urlsplit(long_ago.get("/sign-in?again=yes").headers["location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    again(long_ago)
    site.clock.now += PROVEN - 1
    assert 'name="everywhere"' in long_ago.get("/en/sessions.html").text
    site.clock.now += 2
    assert 'name="everywhere"' not in long_ago.get("/en/sessions.html").text


@pytest.mark.parametrize(
    "bends",
    [{"auth_time": 1}, {"auth_time": None}, {"auth_time": "now"}, {"sub": "of certifier"}],
    ids=["not-asked", "not-said", "no-time", "somebody-else"],
)
def test_a_second_sign_in_that_is_none_proves_nothing_and_ends_nothing(long_ago, provider, bends):
    back = long_ago.back("?again=yes")
    provider.bends = bends
    assert long_ago.get(back).status_code == 403
    assert 'name="everywhere"' not in long_ago.get("/en/sessions.html").text


def test_without_having_asked_for_it_nobody_comes_back_from_the_provider(site, long_ago):
    assert long_ago.get("/signed-in?code=1&state=2").status_code == 403
    assert signed_in(long_ago)
