"""When a signature was there, by real time stamps, and whether its key still counted then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.chains import (
    ACCEPTED,
    Purchase,
    key,
    key_id,
    malleable,
    policy_predicate,
    signed_file,
)
from support.stamp_authority import DAY, StampAuthority, authority

from verifier.errors import TrustError
from verifier.gate.codes import Answer
from verifier.gate.known import Known, Request
from verifier.keys import public
from verifier.statements import envelope
from verifier.statements.envelope import Envelope, Signature, pae
from verifier.statements.statement import write
from verifier.trust.holders import Holders, stamp
from verifier.trust.policy import trust_policy
from verifier.trust.reading import read
from verifier.trust.signed import Signed, together

NOW = datetime.now(UTC).replace(microsecond=0)
PAST, SOON, FUTURE = stamp(NOW - timedelta(hours=1)), stamp(NOW + timedelta(hours=1)), stamp(NOW + 300 * DAY)
EVER = {"from": "2026-01-01T00:00:00Z", "until": FUTURE}
STATEMENT = Purchase().statements()["assessment"]


@pytest.fixture(scope="module")
def stamps(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture(scope="module")
def rogue(tmp_path_factory):
    """Of the same names and numbers, and with a clock that it sets as it likes."""
    return authority(tmp_path_factory.mktemp("rogue"))


@pytest.fixture(scope="module")
def expired(tmp_path_factory):
    """Its certificates were valid until an hour ago."""
    return authority(tmp_path_factory.mktemp("expired"), end=NOW - timedelta(hours=1))


def pinned(*trusted: StampAuthority, revoked: str = "", **how: Any) -> dict[str, Any]:
    """A policy that pins these; in it the assessor's key is revoked from then on."""
    authorities = [
        {"name": "stamps", "chain": one.chain, "from": stamp(NOW - 2 * DAY), "until": FUTURE, **how} for one in trusted
    ]
    lost = [{"key": key_id("assessor"), "from": revoked, "reason": "lost"}] if revoked else []
    grants = [{**one, **EVER} for one in policy_predicate()["grants"]]
    return policy_predicate(authorities=authorities, revoked=lost, grants=grants)


def verified(content: bytes, predicate: dict[str, Any]) -> Signed:
    policy = trust_policy("e" * 64, predicate)
    return read(content, policy, Holders.of(policy))


def refused(content: bytes, predicate: dict[str, Any]) -> str:
    with pytest.raises(TrustError) as caught:
        verified(content, predicate)
    return caught.value.code


def at(content: bytes, predicate: dict[str, Any]) -> str:
    """The trusted time of the one signature."""
    (by,) = verified(content, predicate).by
    assert by.at is not None
    return by.at


def a_second_after(moment: str) -> str:
    return stamp(datetime.fromisoformat(moment) + timedelta(seconds=1))


def test_without_a_stamp_a_revoked_key_never_counts(stamps):
    unstamped = signed_file(STATEMENT, "assessor")
    assert verified(unstamped, pinned(stamps)).by[0].at is None
    assert refused(unstamped, pinned(stamps, revoked=PAST)) == "key-revoked"
    assert refused(unstamped, pinned(stamps, revoked=SOON)) == "key-revoked"


def test_stamped_before_the_revocation_it_counts_and_from_that_second_on_it_does_not(stamps):
    stamped = signed_file(STATEMENT, "assessor", stamps.stamp)
    moment = at(stamped, pinned(stamps))
    assert at(stamped, pinned(stamps, revoked=a_second_after(moment))) == moment
    assert refused(stamped, pinned(stamps, revoked=moment)) == "key-revoked"
    assert refused(stamped, pinned(stamps, revoked=PAST)) == "key-revoked"


def test_of_another_key_nothing_is_revoked(stamps):
    stamped = signed_file(STATEMENT, "certifier", stamps.stamp)
    assert at(stamped, pinned(stamps, revoked=PAST))


def test_a_rogue_authority_gives_no_time_that_counts(stamps, rogue):
    """Who stole the key has it back-dated by whom they please."""
    stolen = signed_file(STATEMENT, "assessor", rogue.stamp)
    assert refused(stolen, pinned(stamps, revoked=SOON)) == "stamp-authority"
    assert refused(stolen, pinned(stamps)) == "stamp-authority", "and is not as good as none"
    assert at(stolen, pinned(rogue, revoked=SOON)), "its honest twin is pinned"


def test_beside_a_rogue_stamp_the_pinned_one_tells_the_time(stamps, rogue):
    both = signed_file(STATEMENT, "assessor", rogue.stamp, stamps.stamp)
    moment = at(both, pinned(stamps))
    assert refused(both, pinned(stamps, revoked=moment)) == "key-revoked"


def test_an_authority_that_had_expired_gives_no_time(stamps, expired):
    late = signed_file(STATEMENT, "assessor", expired.stamp)
    assert refused(late, pinned(expired)) == "stamp-expired"
    assert at(signed_file(STATEMENT, "assessor", stamps.stamp), pinned(expired, stamps))


def test_an_authority_gives_no_time_from_outside_of_its_own(stamps):
    stamped = signed_file(STATEMENT, "assessor", stamps.stamp)
    assert refused(stamped, pinned(stamps, until=PAST)) == "stamp-expired"
    assert at(stamped, pinned(stamps, until=SOON))


def test_a_stamp_of_another_signature_gives_no_time(stamps):
    """The stamp of an old signature put beside a new one."""
    old = stamps.stamp(b"the signature of long ago")
    assert refused(signed_file(STATEMENT, "assessor", lambda _: old), pinned(stamps)) == "stamp-imprint"


def test_the_stamp_of_a_signature_is_not_that_of_its_other_form(stamps):
    payload = write(STATEMENT)
    signature = key("assessor").sign(pae(payload), public.ECDSA)
    token = stamps.stamp(signature)
    other = Envelope(payload, (Signature(malleable(signature), key_id("assessor"), (token,)),))
    assert refused(envelope.bundle(other), pinned(stamps)) == "stamp-imprint"


def test_several_envelopes_of_one_key_are_one_signature_at_its_earliest_time(stamps):
    stamped, unstamped = signed_file(STATEMENT, "assessor", stamps.stamp), signed_file(STATEMENT, "assessor")
    policy = pinned(stamps)
    (one,) = together([verified(unstamped, policy), verified(stamped, policy), verified(unstamped, policy)])
    assert [(by.key, by.at) for by in one.by] == [(key_id("assessor"), at(stamped, policy))]


def test_the_other_form_of_a_signature_is_neither_another_statement_nor_another_signature(stamps):
    payload = write(STATEMENT)
    signature = key("assessor").sign(pae(payload), public.ECDSA)
    files = [
        envelope.bundle(Envelope(payload, (Signature(sig, hint),)))
        for sig in (signature, malleable(signature))
        for hint in (key_id("assessor"), key_id("supplier"), "")
    ]
    assert len(set(files)) == 6
    (one,) = together(verified(content, pinned(stamps)) for content in files)
    assert [(by.person, by.key) for by in one.by] == [("assessor", key_id("assessor"))]


# The same at the gate: the assessor's key was stolen and revoked.


def purchase(stamp_of: Callable[[bytes], bytes] | None, policy: dict[str, Any], *, late: str = "") -> Purchase:
    """The honest chain of long ago, judged now; the assessor's signatures are stamped so."""
    until = {"edits": {"contract": {"ends": FUTURE}, "assessment": {"expires": FUTURE}}}
    asked = Request(now=late or SOON)
    return Purchase(
        policy=policy,
        known=Known(latest=ACCEPTED),
        request=asked,
        stamps={"assessor": (stamp_of,)} if stamp_of else {},
        **until,
    )


def test_what_was_stamped_before_its_key_was_stolen_is_still_paid(stamps):
    made = purchase(stamps.stamp, pinned(stamps, revoked=SOON))
    assert (made.answer().answer, made.answer().codes) == (Answer.PAY, ())


@pytest.mark.parametrize(
    ("who", "revoked", "code"),
    [
        ("", SOON, "key-revoked"),
        ("stamps", PAST, "key-revoked"),
        ("rogue", SOON, "stamp-authority"),
        ("expired", SOON, "stamp-expired"),
    ],
    ids=["no-stamp", "stamped-too-late", "strange-authority", "expired-authority"],
)
def test_what_was_not_is_not(who, revoked, code, request):
    by = request.getfixturevalue(who) if who else None
    trusted = request.getfixturevalue("expired" if who == "expired" else "stamps")
    made = purchase(by.stamp if by else None, pinned(trusted, revoked=revoked))
    with pytest.raises(TrustError) as caught:
        made.answer()
    assert caught.value.code == code


def test_a_role_that_ended_is_judged_at_the_stamped_time(stamps):
    """Who had left by now could sign then; without a stamp nobody knows that it was then."""
    policy = pinned(stamps)
    ended = {
        **policy,
        "grants": [{**one, "until": SOON} if one["role"] == "assessor" else one for one in policy["grants"]],
    }
    late = a_second_after(SOON)
    assert purchase(stamps.stamp, ended, late=late).answer().answer is Answer.PAY
    told = purchase(None, ended, late=late).answer()
    assert (told.answer, told.codes) == (Answer.TRUST_FAILURE, ("role-expired",))


def test_a_clock_behind_a_stamp_was_turned_back(stamps):
    made = purchase(stamps.stamp, pinned(stamps), late=PAST)
    told = made.answer()
    assert (told.answer, told.codes) == (Answer.TRUST_FAILURE, ("clock-back",))
    assert replace(made, request=Request(now=SOON)).answer().answer is Answer.PAY
