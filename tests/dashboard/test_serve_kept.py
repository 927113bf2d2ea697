"""Kept open between requests: what others file is seen, and what is no longer the same is opened again and checked."""

from __future__ import annotations

import threading

import httpx
import pytest
from support.chains import ASSESSED, NOW, contract, signed_file
from support.filed import POLICY, agreed, event, record
from support.logged import KEY, heads, made
from support.provider import serving
from support.visiting import Opened

from verifier import note
from verifier.dashboard.serve.app import app
from verifier.dashboard.serve.kept import READERS, Kept
from verifier.errors import TrustError


@pytest.fixture
def folder(tmp_path):
    with record(tmp_path) as records:
        records.file(agreed())
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "policy-1.sigstore.json").write_text("{}")
    return tmp_path


@pytest.fixture
def kept(folder):
    opening = Opened(folder)
    with Kept(opening, lambda: NOW) as found:
        found.opening = opening
        yield found


def states(kept):
    with kept() as sources:
        return {one.id: one.state for one in sources.records.listed(_all())}


def _all():
    from verifier.procurement.index import Wanted

    return Wanted()


def test_what_others_file_is_seen_without_opening_again(folder, kept):
    assert states(kept) == {"MA-2026-014": "awarded"}
    with record(folder) as records:
        records.file([signed_file(event(contract(), "started", ASSESSED), "supplier")])
        records.file(agreed(contract(id="MA-2026-015")))
    for _ in range(READERS):
        assert states(kept) == {"MA-2026-014": "in progress", "MA-2026-015": "awarded"}
    assert kept.opening.times == READERS


def test_what_others_entered_and_did_not_index_is_caught_up_with(folder, kept):
    with record(folder) as records:
        records._put = lambda *_: None
        records.file([signed_file(event(contract(), "started", ASSESSED), "supplier")])
    assert states(kept) == {"MA-2026-014": "in progress"}


@pytest.mark.parametrize("change", ["version", "settings", "pins", "index"])
def test_what_is_other_now_is_opened_again(folder, kept, change):
    if change == "index":
        states(kept)
        other = folder / "other.sqlite"
        other.write_bytes((folder / "index.sqlite").read_bytes())
        other.replace(folder / "index.sqlite")
    else:
        names = {"version": "trust/policy-2.sigstore.json", "settings": "record.yml", "pins": "trust/pins.json"}
        path = folder / names[change]
        path.write_text(path.read_text() + "# told\n" if path.exists() else "{}")
    states(kept)
    assert kept.opening.times == READERS + 1


def test_a_policy_that_expired_is_asked_for_again(folder):
    clock, opening = [NOW], Opened(folder)
    with Kept(opening, lambda: clock[0]) as kept:
        states(kept)
        clock[0] = POLICY.expires
        states(kept)
        assert opening.times == READERS + 1


def test_a_ledger_that_was_put_back_shows_nothing(folder, kept):
    path = folder / "payments.ledger"
    kept.opening.remembered = [note.opened(heads(path), KEY)]
    for name in ("payments.ledger-wal", "payments.ledger-shm"):
        (folder / name).unlink(missing_ok=True)
    made(folder / "empty.ledger").replace(path)
    for _ in range(READERS + 1):
        with pytest.raises(TrustError):
            states(kept)


def test_what_fails_while_a_page_is_made_stops_no_other(kept):
    for _ in range(READERS + 1):
        with pytest.raises(ValueError, match="mine"), kept():
            raise ValueError("mine")
    assert states(kept) == {"MA-2026-014": "awarded"}
    assert kept.opening.times == READERS


def test_many_read_at_once_by_a_real_server(kept):
    found = []

    def ask(address):
        found.append(httpx.get(f"{address}/en/contracts.html"))

    with serving(app(kept), server_header=False) as address:
        threads = [threading.Thread(target=ask, args=(address,)) for _ in range(12)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert [one.status_code for one in found] == [200] * 12
    assert all("MA-2026-014" in one.text and "server" not in one.headers for one in found)
