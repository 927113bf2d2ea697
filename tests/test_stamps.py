"""RFC 3161 time stamps, by real `openssl ts`: asked for over HTTP, and believed of the pinned authorities alone."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.stamp_authority import DAY, OTHER_POLICY, POLICY, StampAuthority, authority, serving

from verifier.errors import TrustError, UsageError, WorldError
from verifier.pinned import Authority
from verifier.stamps import ask, verify

SIGNATURE = b"a signature"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def stamps(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture(scope="module")
def rogue(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("rogue"))


@pytest.fixture(scope="module")
def token(stamps):
    return stamps.stamp(SIGNATURE)


def pinned(stamps: StampAuthority, **how: object) -> Authority:
    return replace(Authority(chain=stamps.chain, start=NOW - DAY), **how)


def refused(code: str, token: bytes, *authorities: Authority, signature: bytes = SIGNATURE) -> str:
    with pytest.raises(TrustError) as caught:
        verify(token, signature, authorities)
    assert caught.value.code == code
    return str(caught.value)


def test_a_stamp_by_a_pinned_authority_tells_the_time_in_whole_seconds(stamps, rogue, token):
    before = datetime.now(UTC).replace(microsecond=0)
    moment = verify(stamps.stamp(SIGNATURE), SIGNATURE, [pinned(rogue), pinned(stamps)])
    assert before <= moment <= datetime.now(UTC)
    assert (moment.tzinfo, moment.microsecond) == (UTC, 0)
    assert verify(token, SIGNATURE, [pinned(stamps)]) == verify(token, SIGNATURE, [pinned(stamps)])


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_the_imprint_may_be_of_a_longer_hash(stamps, digest):
    assert verify(stamps.stamp(SIGNATURE, f"-{digest}"), SIGNATURE, [pinned(stamps)])


def test_a_token_without_certificates_is_checked_with_the_pinned_ones(stamps, rogue):
    bare = stamps.stamp(SIGNATURE, certificates=False)
    assert len(bare) < len(stamps.stamp(SIGNATURE)) - 300
    assert verify(bare, SIGNATURE, [pinned(stamps)])
    refused("stamp-authority", bare, pinned(rogue))


def test_a_stamp_of_another_signature_is_refused(stamps, token):
    refused("stamp-imprint", token, pinned(stamps), signature=b"another")


def test_a_rogue_authority_of_the_same_names_and_numbers_is_refused(stamps, rogue):
    told = refused("stamp-authority", rogue.stamp(SIGNATURE), pinned(stamps))
    assert told == "The time stamp is not by an authority of the trust policy."
    refused("stamp-authority", rogue.stamp(SIGNATURE))


def test_a_sister_under_the_same_root_is_refused(stamps, tmp_path):
    sister = stamps.sister(tmp_path)
    assert verify(sister.stamp(SIGNATURE), SIGNATURE, [pinned(sister)])
    refused("stamp-authority", sister.stamp(SIGNATURE), pinned(stamps))


def test_an_authority_counts_in_its_own_time_only(stamps, token):
    moment = verify(token, SIGNATURE, [pinned(stamps)])
    second = timedelta(seconds=1)
    assert verify(token, SIGNATURE, [pinned(stamps, start=moment, end=moment + second)]) == moment
    refused("stamp-expired", token, pinned(stamps, start=moment + second))
    refused("stamp-expired", token, pinned(stamps, end=moment))
    assert verify(token, SIGNATURE, [pinned(stamps, end=moment), pinned(stamps)]) == moment


def test_a_certificate_that_had_expired_stamps_nothing(stamps, tmp_path):
    old = authority(tmp_path, start=NOW - 3 * DAY, end=NOW - DAY)
    refused("stamp-expired", old.stamp(SIGNATURE), pinned(old, start=NOW - 3 * DAY))
    refused("stamp-authority", stamps.sister(tmp_path).stamp(SIGNATURE), pinned(old))


def test_only_agreed_policies_count(stamps, token):
    assert verify(token, SIGNATURE, [pinned(stamps, policies=(POLICY,))])
    other = stamps.stamp(SIGNATURE, "-tspolicy", OTHER_POLICY)
    assert verify(other, SIGNATURE, [pinned(stamps, policies=(POLICY, OTHER_POLICY))])
    assert OTHER_POLICY in refused("stamp-policy", other, pinned(stamps, policies=(POLICY,)))


def test_what_an_authority_refused_is_no_stamp(stamps):
    refused("stamp-refused", stamps.stamp(SIGNATURE, "-tspolicy", "2.999.3"), pinned(stamps))


@pytest.mark.parametrize("change", [lambda t: t + b"\0", lambda t: t[:-1], lambda t: t[:0]])
def test_what_is_not_one_whole_token_is_malformed(stamps, token, change):
    refused("stamp-malformed", change(token), pinned(stamps))


def test_a_token_without_end_is_not_read(stamps, token, monkeypatch):
    monkeypatch.setattr("verifier.stamps.MOST_BYTES", len(token) - 1)
    refused("stamp-malformed", token, pinned(stamps))


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_token_altered_in_any_byte_is_refused_or_says_the_same(stamps, token):
    moment = verify(token, SIGNATURE, [pinned(stamps)])
    same = 0
    for place in range(len(token)):
        altered = token[:place] + bytes([token[place] ^ 0x41]) + token[place + 1 :]
        try:
            assert verify(altered, SIGNATURE, [pinned(stamps)]) == moment
            same += 1
        except TrustError:
            pass
    assert same < 20, "the names of algorithms, which nothing signs"


@pytest.mark.parametrize("count", [0, 1])
def test_a_pinned_chain_has_the_stamping_certificate_and_its_root(stamps, token, count):
    parts = stamps.chain.split("-----END CERTIFICATE-----\n")
    refused(
        "stamp-chain", token, pinned(stamps, chain="".join(p + "-----END CERTIFICATE-----\n" for p in parts[:count]))
    )


def test_a_stamp_is_asked_for_over_http(stamps):
    with serving(stamps) as url:
        token = ask(url, SIGNATURE)
    assert verify(token, SIGNATURE, [pinned(stamps)])


@pytest.mark.parametrize(
    ("flaw", "told"),
    [
        ("503", "answered 503."),
        ("moved", "answered 307."),
        ("page", "did not answer with a time stamp of this signature."),
        ("other", "did not answer with a time stamp of this signature."),
        ("huge", "sends more than the 65536 bytes allowed for one answer."),
        ("silent", "did not answer within 0.5 s."),
        ("drip", "did not answer within 0.5 s."),
    ],
)
def test_an_authority_that_gives_none_is_told_in_one_sentence(stamps, flaw, told):
    with serving(stamps, flaw=flaw) as url:
        began = time.monotonic()
        with pytest.raises(WorldError) as caught:
            ask(url, SIGNATURE, seconds=0.5)
        assert time.monotonic() - began < 3
        assert str(caught.value) == f"{url.split('/')[2]} {told}"


def test_an_old_answer_is_no_answer(stamps):
    with serving(stamps, flaw="replayed") as url:
        assert ask(url, SIGNATURE)
        with pytest.raises(WorldError, match="did not answer with a time stamp of this signature"):
            ask(url, SIGNATURE)


def test_an_authority_that_is_not_there_is_told(stamps):
    with serving(stamps) as url:
        pass
    with pytest.raises(WorldError, match="it cannot be reached"):
        ask(url, SIGNATURE)


@pytest.mark.parametrize(
    "url",
    ["http://stamps.example/", "ftp://127.0.0.1/", "https://", "stamps", "http://127.0.0.1.example/", "https://a:b/"],
)
def test_an_address_that_may_not_be_asked_is_refused(url):
    with pytest.raises(UsageError, match="begins with https://"):
        ask(url, SIGNATURE)
