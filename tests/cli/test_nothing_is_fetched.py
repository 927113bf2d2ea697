"""Nothing that a statement names is ever fetched: the gate asks the contract's repository, and nobody asks anything else.

The same holds of a status that a forge shows beside a commit: it is read nowhere.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support import desks
from support.desks import PASSPHRASE, Desk
from support.git_repository import new_repository
from support.git_server import git_server

ASKING = frozenset(
    {
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "urllib.Request",
        "subprocess.Popen",
    }
)
watched: list[list[Any]] = []


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if watched and event in ASKING and threading.current_thread() is threading.main_thread():
        watched[-1].append((event, arguments))


@pytest.fixture(scope="module", autouse=True)
def listening() -> None:
    """What Python itself tells of this process; such a hook stays, and hears nothing outside of `asking`."""
    sys.addaudithook(_heard)


@contextmanager
def asking() -> Iterator[list[Any]]:
    """All that asks the world, while it lasts."""
    watched.append([])
    try:
        yield watched[-1]
    finally:
        watched.pop()


@contextmanager
def trap() -> Iterator[tuple[str, list[Any]]]:
    """An address, and everybody who came."""
    came: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def wait() -> None:
            while not over.is_set():
                try:
                    came.append(server.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=wait)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", came
        finally:
            over.set()
            thread.join()


def addresses(heard: list[Any]) -> set[str]:
    """Every address that a program was started with."""
    words = [str(word) for event, found in heard if event == "subprocess.Popen" for word in found[1]]
    return {word for word in words if "://" in word and not word.startswith("-")}


def bait(desk: Desk, address: str) -> None:
    """A certification in which everything that can be an address is one; all signatures hold."""
    certified = desk.signed(
        "certify", "chain", "--amount", "7345.00", "--invoice", f"{address}/invoice", by="certifier", to="c"
    )
    signed = json.loads(certified.read_bytes())
    signed["verificationMaterial"]["publicKey"]["hint"] = f"{address}/key"
    (desk.folder / "chain" / "certification.sigstore.json").write_text(json.dumps(signed))


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("patched")
def test_only_the_contracts_repository_is_asked(tmp_path: Path):
    served, keys, folder = (tmp_path / name for name in ("served", "keys", "desk"))
    for one in (served, keys, folder):
        one.mkdir()
    commit = new_repository(served / "parcels.git").commit({"rates.py": "x = 1\n"})
    with git_server(served, keys) as server, trap() as (address, came):
        desk = desks.awarded(desks.keyed(folder, server.url("parcels.git")), commit)
        desk.signed("sign", "report.json", "--contract", "chain", by="assessor", to="chain/assessment")
        words = ("chain/assessment.sigstore.json", "requirements", "--met", "--rationale", f"{address}/why")
        desk.signed("decide", *words, by="assessor", to="chain/decision")
        desk.signed("accept", "chain", by="assessor", to="chain/acceptance")
        with asking() as heard:
            bait(desk, address)
            assert desk.run("verify", "chain")[0] == 0
        assert heard == [], "signing and verifying ask nobody"
        gate = (
            "gate",
            "chain",
            "--key",
            "file:gate.key",
            "--ledger",
            "payments.ledger",
            "--ledger-key",
            "file:ledger.key",
        )
        with asking() as heard:
            assert desk.run(*gate, "--offline")[0] == 3
        assert heard == []
        with asking() as heard:
            code, out, err = desk.run(*gate, "--ca", str(server.ca))
        assert code == 0, out + err
        assert {event for event, _ in heard} == {"subprocess.Popen"}
        assert addresses(heard) == {server.url("parcels.git")}
        assert came == []


def test_the_trap_would_have_caught_somebody():
    with trap() as (address, came), asking() as heard:
        host, port = address.removeprefix("http://").split(":")
        socket.create_connection((host, int(port))).close()
        while not came:
            pass
    assert "socket.connect" in {event for event, _ in heard}
