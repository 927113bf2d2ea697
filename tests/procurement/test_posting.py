"""The payer hears of a release once: at once, or when it can again; what it never takes is said until somebody sees to it."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from support.earlier import back
from support.git_server import certificates
from support.payer import Payer, payer
from support.paying import ID, RECORD, TOKEN, certified, copied, named, pem, posts, said, typed
from support.recorded import Recorded

from verifier.procurement.index import Index
from verifier.procurement.payment.post import Post
from verifier.statements import envelope

FAST = {"first_wait": 1, "longest_wait": 1, "patience": 2}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[Recorded]:
    with pytest.MonkeyPatch.context() as patch:
        typed(patch)
        yield certified(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(made, tmp_path) -> Recorded:
    return copied(made, tmp_path / "desk")


@pytest.fixture
def there(desk, tmp_path) -> Iterator[Payer]:
    with payer(tmp_path / "payer", pem(desk), token=TOKEN) as found:
        named(desk, found.url, **FAST)
        yield found


def wait(desk: Recorded) -> dict[str, object]:
    (post,) = posts(desk)
    assert post["state"] == "waiting", post
    return post


def later(desk: Recorded) -> float:
    """Seconds until the only post is tried again."""
    until = datetime.fromisoformat(str(wait(desk)["next"]))
    return (until - datetime.now(UTC)).total_seconds()


def now(desk: Recorded) -> None:
    """The next try is due."""
    with sqlite3.connect(desk.folder / "record/index.sqlite") as index:
        index.execute("UPDATE post SET next = ''")


# What is sent.


def test_the_gate_posts_the_release_as_it_lies_in_the_ledger(desk, there):
    about = desk.gate()["about"]
    assert there.paid() == [about["release"]]
    (asked,) = there.asked()
    assert asked["idempotency-key"] == f'"sha256:{about["release"]}"'
    assert asked["content-type"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert asked["authorization"] == f"Bearer {TOKEN}"
    (post,) = posts(desk)
    assert (post["state"], post["tries"], post["endpoint"], post["milestone"]) == ("posted", 1, there.url, "m1")


def test_asked_again_the_gate_posts_nothing_new(desk, there):
    first, second = desk.gate(), desk.gate()
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert said(desk) == ""
    assert len(there.asked()) == 1


def test_without_a_payer_nothing_is_posted_and_nothing_is_said_of_it(desk, tmp_path):
    told = desk.run("gate", "--contract", ID, "--key", "file:gate.key", *RECORD, "--ledger-key", "file:ledger.key")
    assert (told[0], told[2]) == (0, "")
    assert posts(desk) == []
    assert "does not say payer: endpoint" in said(desk, code=2)


def test_a_no_is_not_posted(desk, there):
    desk.gate(1, "--amount", "1.00")
    assert there.asked() == []
    assert said(desk) == ""


def test_over_tls_the_payers_certificate_is_checked(desk, tmp_path, monkeypatch):
    ca, certificate, key = certificates(tmp_path)
    with payer(tmp_path / "payer", pem(desk), token=TOKEN, tls=(certificate, key)) as there:
        named(desk, there.url, **FAST)
        desk.gate()
        assert (wait(desk)["told"], there.asked()) == ("SSLError", [])
        now(desk)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
        assert "the payer has the release" in said(desk)
        assert len(there.paid()) == 1


def test_the_receiver_pays_nothing_that_the_gate_did_not_sign(desk, there, tmp_path):
    """That the receiver of these tests looks: with another key it refuses, and the post is given up at once."""
    with payer(tmp_path / "other", (desk.folder / "supplier.pub").read_text(), token=TOKEN) as other:
        named(desk, other.url, **FAST)
        desk.gate()
        (post,) = posts(desk)
        assert (post["state"], post["status"], other.paid()) == ("given up", 403, [])


# What goes wrong.


def test_where_the_payer_fails_the_gates_answer_stays_and_it_is_tried_again(desk, there):
    there.orders("500 Out of order.")
    told = desk.run("gate", "--contract", ID, "--key", "file:gate.key", *RECORD, "--ledger-key", "file:ledger.key")
    assert told[0] == 0
    assert "it answered 500, Out of order." in told[2]
    assert "It is tried again from" in told[2]
    assert (there.paid(), wait(desk)["tries"]) == ([], 1)
    now(desk)
    assert "the payer has the release" in said(desk)
    assert len(there.paid()) == 1


def test_where_nobody_listens_the_gates_answer_stays(desk, there):
    named(desk, there.url, first_wait=4, longest_wait=4)
    there.stop()
    desk.gate()
    assert (wait(desk)["status"], wait(desk)["told"]) == (None, "ConnectionError")
    assert said(desk) == "", "not due yet"
    there.start()
    assert "the payer has the release" in said(desk, "--wait")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_that_drops_is_tried_again_and_paid_once(desk, there, when):
    there.orders(f"drop {when}")
    desk.gate()
    assert wait(desk)["told"] == "ConnectionError"
    assert "the payer has the release" in said(desk, "--wait")
    assert len(there.paid()) == 1
    assert len(there.asked()) == 2


def test_an_answer_that_takes_too_long_is_tried_again_and_paid_once(desk, there):
    named(desk, there.url, first_wait=1, longest_wait=1, patience=1)
    there.orders("slow 2")
    desk.gate()
    assert wait(desk)["told"] == "ReadTimeout"
    assert "the payer has the release" in said(desk, "--wait")
    assert len(there.paid()) == 1


@pytest.mark.parametrize("status", ["429", "503", "408"])
def test_retry_after_is_kept_to(desk, there, status):
    there.orders(f"{status} Retry-After=500 Later.")
    desk.gate()
    assert 480 < later(desk) <= 501
    assert said(desk) == "", "not due yet"
    assert len(there.asked()) == 1


def test_retry_after_may_be_a_date_and_is_a_day_at_most(desk, there):
    moment = datetime.now(UTC) + timedelta(seconds=600)
    there.orders(f"503 Retry-After={moment:%a,_%d_%b_%Y_%H:%M:%S_GMT} Later.", "503 Retry-After=99999999 Later.")
    desk.gate()
    assert 570 < later(desk) <= 601
    now(desk)
    said(desk, code=3)
    assert 86_370 < later(desk) <= 86_401


def test_without_one_the_wait_grows(desk, there):
    named(desk, there.url, first_wait=100, longest_wait=1000)
    there.orders("500", "500")
    desk.gate()
    assert 45 < later(desk) <= 101
    now(desk)
    said(desk, code=3)
    assert 95 < later(desk) <= 201


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("400 Not\x1b[31m like this.", "it answered 400, Not\\u001b[31m like this."),
        ("401 Who?", "it answered 401, Who?"),
        ("410", "it answered 410."),
        ("302 Location=http://127.0.0.1:9/ Elsewhere.", "it sends elsewhere (302)"),
        ("409 " + "a" * 64, "it answered 409, aaaa"),
    ],
    ids=["400", "401", "410", "302", "409"],
)
def test_what_no_further_try_mends_is_given_up_at_once_and_loudly(desk, there, order, words):
    there.orders(order)
    told = desk.run("gate", "--contract", ID, "--key", "file:gate.key", *RECORD, "--ledger-key", "file:ledger.key")
    assert told[0] == 0
    assert f"given up since {posts(desk)[0]['dead']}: {words}" in told[2]
    for _ in range(2):
        assert words in said(desk, code=3), "it is said each time, until somebody sees to it"
    assert len(there.asked()) == 1
    assert "the post to the payer is given up" in desk.done("record", "list", *RECORD)
    assert [one["given_up"] for one in json.loads(desk.done("record", "list", "--json", *RECORD))] == [True]
    assert words in desk.done("record", "show", ID, *RECORD)


def test_what_was_given_up_is_posted_again_when_asked_for(desk, there):
    there.orders("400 No.")
    desk.gate()
    (post,) = posts(desk)
    told = said(desk, "--again", f"sha256:{post['release']}")
    assert "the payer has the release" in told
    assert (there.paid(), said(desk)) == ([post["release"]], "")
    assert "given up" not in desk.done("record", "list", *RECORD)


def test_what_was_posted_can_be_posted_again_and_is_paid_once(desk, there):
    release = desk.gate()["about"]["release"]
    said(desk, "--again", release)
    assert (there.paid(), len(there.asked())) == ([release], 2)


def test_again_needs_a_release(desk, there):
    desk.gate()
    assert "The ledger holds no release with the digest abc." in said(desk, "--again", "abc", code=2)


def test_after_so_many_tries_it_is_given_up(desk, there):
    named(desk, there.url, tries=3, **FAST)
    there.orders("500", "500", "500 Still.")
    desk.gate()
    told = said(desk, "--wait", code=3)
    assert "it answered 500, Still. Once that is mended" in told
    assert (posts(desk)[0]["tries"], there.paid()) == (3, [])


def test_a_409_that_names_nothing_says_that_the_first_request_is_still_at_work(desk, there):
    there.orders("409 A request is outstanding for this key.")
    desk.gate()
    assert wait(desk)["status"] == 409
    assert "the payer has the release" in said(desk, "--wait")


def test_a_409_that_names_the_release_is_a_yes(desk, there):
    there.orders("drop after")
    desk.gate()
    now(desk)
    said(desk)
    assert (posts(desk)[0]["state"], posts(desk)[0]["status"], len(there.paid())) == ("posted", 409, 1)


# What is kept.


def test_without_its_table_it_posts_again_and_the_payer_pays_none_again(desk, there):
    release = desk.gate()["about"]["release"]
    for path in desk.folder.glob("record/index.sqlite*"):
        path.unlink()
    assert "the payer has the release" in said(desk)
    assert (there.paid(), len(there.asked())) == ([release], 2)


def test_making_the_index_again_forgets_no_post(desk, there):
    desk.gate()
    desk.done("record", "rebuild", *RECORD)
    assert said(desk) == ""
    assert len(there.asked()) == 1


def test_what_the_record_says_is_paid_is_not_posted(desk, there):
    """Another payer, or a lost table, is told of nothing that was paid by hand."""
    there.orders("400 No.")
    desk.gate()
    desk.event("supplier", "received", "--reference", "TX-1")
    for path in desk.folder.glob("record/index.sqlite*"):
        path.unlink()
    assert said(desk) == ""
    assert len(there.asked()) == 1


def test_what_was_given_up_and_paid_by_hand_is_said_no_more(desk, there):
    there.orders("400 No.")
    desk.gate()
    said(desk, code=3)
    desk.event("supplier", "received", "--reference", "TX-1")
    assert said(desk) == ""
    assert "given up" not in desk.done("record", "list", *RECORD)
    assert posts(desk) == []


def test_a_release_of_before_the_payer_was_named_is_posted(desk, there):
    named(desk, "")
    desk.gate()
    named(desk, there.url)
    said(desk)
    assert len(there.paid()) == 1


def test_what_is_posted_is_the_ledgers_very_bytes(desk, there, monkeypatch):
    from verifier.procurement.payment import payer as posting

    sent = []
    monkeypatch.setattr(posting.Payer, "send", lambda _, *what: sent.append(what) or posting.unanswered("", "no"))
    desk.gate()
    (file,) = desk.place().glob("release-*.sigstore.json")
    ((digest, content),) = sent
    assert content == file.read_bytes()
    assert digest == envelope.digest(envelope.read(content)) == sha256(envelope.read(content).payload).hexdigest()


# What is refused.


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("http://pay.example.org/releases", "is no https address"),
        ("http://127.0.0.1.example.org/", "is no https address"),
        ("https://[", "is no https address"),
    ],
)
def test_a_token_goes_to_https_or_this_machine_alone(desk, endpoint, words):
    named(desk, endpoint)
    told = desk.run("gate", "--contract", ID, "--key", "file:gate.key", *RECORD, "--ledger-key", "file:ledger.key")
    assert told[0] == 0
    assert words in told[2]
    assert words in said(desk, code=2)


def test_a_token_that_is_not_there_is_missed_and_counts_as_no_try(desk, there, monkeypatch):
    monkeypatch.setenv(TOKEN, " ")
    desk.gate()
    assert "PAYER_TOKEN with the payer's token is empty" in said(desk, code=2)
    assert wait(desk)["tries"] == 0
    for token in (f"{TOKEN}\n{TOKEN}", f"{TOKEN} €"):
        monkeypatch.setenv(TOKEN, token)
        assert "holds a sign that cannot be sent" in said(desk, code=2)
    monkeypatch.setenv(TOKEN, TOKEN)
    assert "the payer has the release" in said(desk)
    assert len(there.asked()) == 1


def test_no_redirect_is_followed_and_no_token_goes_along(desk, there, tmp_path):
    with payer(tmp_path / "other", pem(desk), token=TOKEN) as other:
        there.orders(f"307 Location={other.url} Elsewhere.")
        desk.gate()
        assert (other.asked(), posts(desk)[0]["state"]) == ([], "given up")


def test_an_index_of_before_there_were_posts_has_them_now(desk, there):
    """By Alembic, from the first form of the index on; what it held stays."""
    before = desk.done("record", "list", *RECORD)
    back(desk.folder / "record" / "index.sqlite", "0001")
    assert desk.done("record", "list", *RECORD) == before
    desk.gate()
    assert [one["state"] for one in posts(desk)] == ["posted"]


def test_several_that_post_at_once_have_it_paid_once(desk, there):
    named(desk, "http://127.0.0.1:9/", **FAST)
    release = desk.gate()["about"]["release"]
    named(desk, there.url, **FAST)
    now(desk)
    context = multiprocessing.get_context("fork")
    crowd = [context.Process(target=desk.run, args=("record", "post", *RECORD)) for _ in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert there.paid() == [release]
    assert [one["state"] for one in posts(desk)] == ["posted"]


def test_what_was_posted_stays_so_whatever_another_says(tmp_path):
    """Who sent it at the same time and had no answer comes late with that."""
    index = Index.beside(tmp_path)
    first = Post(digest="a" * 64, contract="c" * 64, milestone="m1", tries=1, posted="2026-11-29T12:00:00Z")
    late = replace(first, posted="", next="2026-11-29T12:00:10Z")
    for one, anew in ((first, False), (late, False)):
        with index.changing() as changes:
            changes.put_post(one, anew=anew)
    assert index.posts() == {first.digest: first}
    with index.changing() as changes:
        changes.put_post(late, anew=True)
    assert index.posts() == {first.digest: late}
    index.close()
