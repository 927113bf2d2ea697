"""The trust policy's own trust: pinned roots, a threshold of keys, versions that follow each other and only go up."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from support.chains import key, key_id, malleable, pem, policy_predicate, signed_file

from verifier.errors import TrustError, UsageError
from verifier.keys import public
from verifier.statements import envelope, uris
from verifier.statements.envelope import Envelope, Signature, pae
from verifier.statements.statement import Statement, write
from verifier.trust.policy import TrustPolicy
from verifier.trust.store import Store, pinned

NOW, LATER = "2026-11-14T12:00:00Z", "2027-06-01T00:00:00Z"
ROOTS = ("root", "root-2", "root-3")


class Desk:
    """A folder of trust, and the versions that were made for it."""

    def __init__(self, folder: Path, *roots: str, threshold: int = 1) -> None:
        self.store = Store(folder)
        self.pins = pinned(map(pem, roots), threshold)
        self.store.pin(self.pins)

    def version(
        self, number: int, before: str = "", *, roots: tuple[str, ...] = ROOTS, threshold: int = 2, **more: object
    ) -> Statement:
        keys = {"threshold": threshold, "keys": [pem(one) for one in roots]}
        return Statement(
            subject="trust-policy",
            digests={"sha256": before or self.pins.digest},
            predicate_type=uris.TRUST_POLICY,
            predicate=policy_predicate(version=number, roots=keys, **more),
        )

    def add(self, statement: Statement, *by: str) -> str:
        """Its digest, once these have signed it."""
        for one in by:
            self.store.add(envelope.read(signed_file(statement, one)))
        return digest(statement)

    def current(self, now: str = NOW) -> TrustPolicy:
        return self.store.current(now)

    def refused(self, now: str = NOW) -> str:
        with pytest.raises(TrustError) as caught:
            self.current(now)
        return caught.value.code


def digest(statement: Statement) -> str:
    return sha256(write(statement)).hexdigest()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Of three roots, two sign."""
    return Desk(tmp_path / "trust", *ROOTS, threshold=2)


def test_a_version_is_in_force_once_enough_keys_signed_it(desk):
    first = desk.version(1)
    assert desk.refused() == "policy-missing"
    desk.add(first, "root")
    assert desk.refused() == "policy-threshold"
    desk.add(first, "root-3")
    assert (desk.current().version, desk.current().digest) == (1, digest(first))


def test_one_key_counts_once_however_often_it_signed(desk):
    """By several signatures, by the other form of one, under another hint, in another container, in another file."""
    first = desk.version(1)
    payload = write(first)
    again = key("root").sign(pae(payload), public.ECDSA)
    for number, (sig, hint) in enumerate([(again, key_id("root")), (malleable(again), ""), (again, key_id("root-2"))]):
        made = envelope.bundle(Envelope(payload, (Signature(sig, hint),)))
        (desk.store.folder / f"policy-1-{number}.sigstore.json").write_bytes(made)
    bare = envelope.bare(Envelope(payload, (Signature(malleable(again), "root-2"),)))
    (desk.store.folder / "policy-1-bare.sigstore.json").write_bytes(bare)
    assert len(desk.store.versions()) == 1
    assert len(desk.store.versions()[0].by) == 1
    assert desk.refused() == "policy-threshold"
    desk.add(first, "root-2")
    assert desk.current().version == 1


def test_one_key_written_in_two_ways_is_one_root(tmp_path):
    """Two texts of one key do not make two keys of it, neither among the pins nor in a version."""
    twice = f"words before it\n{pem('root')}"
    assert twice != pem("root")
    assert public.from_pem(twice.encode()).id == key_id("root")
    with pytest.raises(UsageError, match="2 of 1 root keys cannot sign"):
        pinned([pem("root"), twice], 2)
    desk = Desk(tmp_path, "root")
    first = desk.version(1)
    keys = {"threshold": 2, "keys": [pem("root"), twice]}
    first.predicate["roots"] = keys
    desk.add(first, "root")
    assert desk.refused() == "policy-threshold"


def test_keys_of_the_policy_are_no_roots(desk):
    with pytest.raises(TrustError) as caught:
        desk.add(desk.version(1), "assessor")
    assert caught.value.code == "signature"
    assert desk.store.versions() == ()


def test_root_keys_are_replaced_by_those_before_them(desk):
    """Old roots let new ones in; from then on only the new ones count."""
    first = desk.add(desk.version(1), "root", "root-2")
    rotated = desk.version(2, first, roots=("new", "new-2"))
    desk.add(rotated, "root", "root-2")
    assert desk.current().version == 1, "the new ones have not signed it yet"
    second = desk.add(rotated, "new", "new-2")
    assert (desk.current().version, desk.current().roots) == (2, (pem("new"), pem("new-2")))
    desk.add(desk.version(3, second), "root", "root-2")
    assert desk.current().version == 2, "the old ones are none any more"
    desk.add(desk.version(3, second, roots=("new", "new-2")), "new", "new-2")
    assert desk.current().version == 3


def test_a_root_that_names_others_lets_nobody_in_alone(desk):
    """One of two roots that are needed names its friends; they sign as many versions as they like."""
    first = desk.add(desk.version(1), "root", "root-2")
    mine = desk.add(desk.version(2, first, roots=("new",), threshold=1), "root", "new")
    desk.add(desk.version(3, mine, roots=("new",), threshold=1), "new")
    assert desk.current().version == 1


def test_what_lacks_signatures_does_not_stand_in_the_way(desk):
    """One root signs a version of its own beside the one that enough have signed: whichever comes first in any order."""
    first = desk.add(desk.version(1), "root", "root-2")
    beside = [desk.version(2, first, expires=f"2027-01-{day:02}T00:00:00Z") for day in range(2, 12)]
    whole = sorted(beside, key=digest)[5]
    for one in beside:
        desk.add(one, "root")
    assert desk.current().version == 1
    wanted = desk.add(whole, "root-3")
    assert desk.current().digest == wanted
    assert desk.current().digest == wanted, "and it stays, now that it was seen"


GARBAGE = {
    "root-keys": {"roots": {"threshold": 2, "keys": ["garbage", "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n"]}},
    "key": {"keys": [{"person": "assessor", "pem": "garbage"}]},
    "one-key-of-two-people": {"keys": [{"person": name, "pem": pem("assessor")} for name in ("assessor", "supplier")]},
    "date": {"expires": "2026-02-31T00:00:00Z"},
    "date-of-an-authority": {"authorities": [{"name": "t", "chain": "x", "from": "2026-02-31T00:00:00Z"}]},
    "authority": {"authorities": [{"name": "t", "chain": "x", "from": "2026-02-28T00:00:00Z"}]},
    "ledger": {"ledgers": ["garbage"]},
    "shape": {"people": [{"id": "s.dev"}]},
}  # fmt: skip


def unchecked(desk: Desk, garbage: str, before: str, *by: str) -> None:
    """A version that lies in the folder as `add` never would have put it there."""
    statement = desk.version(2, before)
    statement.predicate.update(GARBAGE[garbage])
    for one in by:
        (desk.store.folder / f"policy-2-{one}.sigstore.json").write_bytes(signed_file(statement, one))


@pytest.mark.parametrize("garbage", GARBAGE)
def test_one_root_of_two_spoils_nothing_with_garbage(desk, garbage):
    """It is not kept; and where it lies there all the same, nobody looks at what it holds."""
    first = desk.add(desk.version(1), "root", "root-2")
    before = sorted(desk.store.folder.iterdir())
    statement = desk.version(2, first)
    statement.predicate.update(GARBAGE[garbage])
    with pytest.raises(TrustError):
        desk.add(statement, "root")
    assert sorted(desk.store.folder.iterdir()) == before
    unchecked(desk, garbage, first, "root")
    assert desk.current().version == 1
    desk.add(desk.version(2, first), "root", "root-2")
    assert desk.current().version == 2


@pytest.mark.parametrize("garbage", [one for one in GARBAGE if one not in ("root-keys", "authority", "ledger")])
def test_garbage_that_enough_have_signed_is_not_passed_over(desk, garbage):
    """An older version would be in force in its place: perhaps a newer verifier can read it."""
    first = desk.add(desk.version(1), "root", "root-2")
    unchecked(desk, garbage, first, "root", "root-2")
    assert desk.refused() in ("shape", "key")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"payload": 1}'])
def test_a_file_that_nobody_signed_is_no_version(desk, content):
    desk.add(desk.version(1), "root", "root-2")
    (desk.store.folder / "policy-x.sigstore.json").write_bytes(content)
    assert desk.current().version == 1


def test_a_root_key_that_was_revoked_signs_no_further_version(desk):
    first = desk.add(desk.version(1), "root", "root-2")
    lost = {"key": key_id("root"), "from": NOW, "reason": "lost"}
    second = desk.add(desk.version(2, first, revoked=[lost]), "root", "root-2")
    assert desk.current().version == 1, "its own signature does not count for the version that revokes it"
    desk.add(desk.version(2, first, revoked=[lost]), "root-3")
    assert desk.current().version == 2
    third = desk.version(3, second, revoked=[lost])
    desk.add(third, "root", "root-2")
    assert desk.current().version == 2
    desk.add(third, "root-3")
    assert desk.current().version == 3


def test_two_versions_that_both_were_signed_are_a_fork(desk):
    first = desk.add(desk.version(1), "root", "root-2")
    desk.add(desk.version(2, first), "root", "root-2")
    desk.add(desk.version(2, first, expires=LATER), "root-2", "root-3")
    assert desk.refused() == "policy-chain"


@pytest.mark.parametrize("before", ["", "f" * 64])
def test_a_version_names_the_one_before_it(desk, before):
    desk.add(desk.version(1), "root", "root-2")
    desk.add(desk.version(2, before), "root", "root-2")
    assert desk.refused() == "policy-chain"


def test_a_version_that_is_missing_is_missed(desk):
    first = desk.add(desk.version(1), "root", "root-2")
    second = desk.add(desk.version(2, first), "root", "root-2")
    desk.add(desk.version(3, second), "root", "root-2")
    assert desk.current().version == 3
    for file in desk.store.folder.glob("policy-2-*"):
        file.unlink()
    assert desk.refused() == "policy-chain"


def test_the_first_version_is_of_these_pins(tmp_path):
    desk = Desk(tmp_path, "root")
    desk.add(desk.version(1, "f" * 64, roots=("root",), threshold=1), "root")
    assert desk.refused() == "policy-chain"


@pytest.mark.parametrize(("gone", "code"), [("policy-2-*", "policy-rolled-back"), ("policy-*", "policy-missing")])
def test_an_earlier_policy_that_is_put_back_is_refused(desk, gone, code):
    first = desk.add(desk.version(1), "root", "root-2")
    desk.add(desk.version(2, first), "root", "root-2")
    assert desk.current().version == 2
    for file in desk.store.folder.glob(gone):
        file.unlink()
    assert desk.refused() == code


def test_a_signature_that_was_taken_away_from_what_was_in_force_is_missed(desk):
    first = desk.add(desk.version(1), "root", "root-2")
    desk.add(desk.version(2, first), "root", "root-2")
    assert desk.current().version == 2
    next(desk.store.folder.glob("policy-2-*")).unlink()
    assert desk.refused() == "policy-threshold"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"version":"x"}', b"\xff"])
def test_what_was_seen_is_not_forgotten_by_spoiling_the_note_of_it(desk, content):
    desk.add(desk.version(1), "root", "root-2")
    assert desk.current().version == 1
    (desk.store.folder / "seen.json").write_bytes(content)
    assert desk.refused() == "policy-seen"


def test_a_policy_that_expired_is_not_in_force_and_can_be_renewed(desk):
    first = desk.version(1)
    desk.add(first, "root", "root-2")
    last = first.predicate["expires"]
    assert desk.current(last).version == 1
    assert desk.refused(LATER) == "policy-expired"
    assert desk.store.newest().version == 1
    desk.add(desk.version(2, digest(first), expires="2028-01-01T00:00:00Z"), "root", "root-2")
    assert desk.current(LATER).version == 2


def test_pins_are_never_replaced(desk):
    before = (desk.store.folder / "pins.json").read_bytes()
    with pytest.raises(UsageError, match="never replaced"):
        desk.store.pin(pinned([pem("another")], 1))
    assert (desk.store.folder / "pins.json").read_bytes() == before
    assert desk.store.pins() == desk.pins


@pytest.mark.parametrize(("roots", "threshold"), [(ROOTS, 0), (ROOTS, 4), ((), 1), (("root", "root"), 2)])
def test_pins_that_nobody_could_sign_under_are_refused(roots, threshold):
    with pytest.raises(UsageError):
        pinned(map(pem, roots), threshold)


def test_pins_that_were_edited_are_those_of_another_policy(desk):
    """Whoever can write there can lower the threshold, and then has no policy that follows."""
    desk.add(desk.version(1), "root", "root-2")
    file = desk.store.folder / "pins.json"
    file.write_bytes(file.read_bytes().replace(b'"threshold":2', b'"threshold":1'))
    assert desk.refused() == "policy-chain"


@pytest.mark.parametrize("name", ["policy-0-x", "policy-2-x", "policy-9-x"])
def test_files_by_others_change_nothing(desk, name):
    """A version signed by a key that is no root is nobody's."""
    first = desk.add(desk.version(1), "root", "root-2")
    made = signed_file(desk.version(2, first), "stranger")
    (desk.store.folder / f"{name}.sigstore.json").write_bytes(made)
    assert desk.current().version == 1


def test_another_kind_of_statement_is_no_policy(desk):
    statement = Statement(
        subject="x",
        digests={"sha256": "f" * 64},
        predicate_type=uris.REVOCATION,
        predicate={"from": NOW, "reason": "lost"},
    )
    with pytest.raises(TrustError) as caught:
        desk.add(statement, "root")
    assert caught.value.code == "predicate-type"
    assert sorted(one.name for one in desk.store.folder.iterdir()) == ["pins.json"]


def test_what_was_revoked_once_is_not_brought_back_by_revoking_it_later(desk):
    one, other = {"reason": "lost"}, {"reason": "again"}
    both = [
        {"key": key_id("assessor"), "from": NOW, **one},
        {"key": key_id("assessor"), "from": LATER, **other},
        {"statement": "f" * 64, "from": LATER, **other},
        {"statement": "f" * 64, "from": NOW, **one},
    ]
    desk.add(desk.version(1, revoked=both), "root", "root-2")
    policy = desk.current()
    assert (policy.revoked_keys, policy.revoked_statements) == ({key_id("assessor"): NOW}, {"f" * 64: NOW})


def test_what_is_kept_says_what_was_added(desk):
    desk.add(desk.version(1), "root", "root-2")
    policy = desk.current()
    assert desk.store.predicate(policy) == json.loads(json.dumps(dict(desk.version(1).predicate)))
