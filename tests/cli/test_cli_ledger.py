"""`verifier ledger`, as a person types it and as a program reads it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from support.logged import KEY, ORIGIN, PRIVATE, entry, grow, made

from verifier import merkle, note
from verifier.cli import main

pytestmark = pytest.mark.self

VKEY = str(KEY)


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    monkeypatch.setenv("LANG", "en_CA.UTF-8")


def private(key=PRIVATE, passphrase: bytes = b"a long passphrase") -> Path:
    made_of = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    file = Path("log.pem")
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, made_of))
    return file


def asked(capfdbinary, *words: str) -> tuple[int, bytes, str]:
    """The exit code, what was printed, and what was said beside it."""
    code = main(["ledger", *words])
    out, err = capfdbinary.readouterr()
    return code, out, err.decode()


def new(*more: str) -> list[str]:
    return ["new", "payments", "--origin", ORIGIN, "--key", "file:log.pem", *more]


@pytest.mark.parametrize("key", [PRIVATE, ec.generate_private_key(ec.SECP256R1())], ids=["ed25519", "ecdsa"])
def test_a_new_ledger_prints_the_key_that_verifies_it(key, capfdbinary):
    private(key)
    code, out, _ = asked(capfdbinary, *new())
    assert code == 0
    assert note.key_of(out.decode()).name == ORIGIN
    assert asked(capfdbinary, "verify", "payments", "--log-key", out.decode())[0] == 0
    assert asked(capfdbinary, *new())[0] == 2


@pytest.mark.parametrize(
    ("key", "passphrase"),
    [
        (PRIVATE, b"another passphrase"),
        (PRIVATE, b""),
        (ec.generate_private_key(ec.SECP384R1()), b"a long passphrase"),
        (rsa.generate_private_key(65537, 2048), b"a long passphrase"),
    ],
    ids=["passphrase", "plain", "p384", "rsa"],
)
def test_a_key_that_will_not_do_makes_no_ledger(key, passphrase, capfdbinary):
    private(key, passphrase)
    code, out, err = asked(capfdbinary, *new())
    assert (code, out, err.count("\n")) == (2, b"", 1)
    assert not Path("payments").exists()


def test_the_passphrase_is_asked_for(capfdbinary, monkeypatch):
    private()
    monkeypatch.delenv("VERIFIER_PASSPHRASE")
    assert asked(capfdbinary, *new())[0] == 2  # nobody is there to be asked
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda _: "a long passphrase")
    assert asked(capfdbinary, *new())[0] == 0


def test_what_is_exported_makes_the_root(capfdbinary):
    made(Path("payments"), 3)
    code, out, _ = asked(capfdbinary, "export", "payments", "--log-key", VKEY)
    leaves = out.splitlines()
    head = asked(capfdbinary, "checkpoint", "payments", "--log-key", VKEY)[1]
    assert code == 0
    assert [json.loads(leaf)["kind"] for leaf in leaves] == ["release"] * 3
    assert note.opened(head, KEY) == note.Checkpoint(
        ORIGIN, 3, merkle.root(sha256(b"\0" + leaf).digest() for leaf in leaves)
    )


def test_a_proof_is_verified_without_the_ledger(capfdbinary):
    made(Path("payments"), 3)
    Path("proof").write_bytes(asked(capfdbinary, "prove", "payments", "--entry", "1", "--log-key", VKEY)[1])
    leaves = asked(capfdbinary, "export", "payments", "--log-key", VKEY)[1].splitlines(keepends=True)
    Path("entry").write_bytes(leaves[1])
    Path("other").write_bytes(leaves[2])
    Path("payments").unlink()
    assert asked(capfdbinary, "verify", "proof", "--entry", "entry", "--log-key", VKEY)[0] == 0
    code, out, err = asked(capfdbinary, "verify", "proof", "--entry", "other", "--log-key", VKEY, "--json")
    assert (code, json.loads(out)["reason"], err.count("\n")) == (4, "inclusion-proof", 1)
    assert asked(capfdbinary, "verify", "proof", "--log-key", VKEY)[0] == 2


def test_growth_is_verified_without_the_ledger(capfdbinary):
    made(Path("payments"), 3)
    Path("head").write_bytes(asked(capfdbinary, "checkpoint", "payments", "--log-key", VKEY)[1])
    grow(Path("payments"), 2, 3)
    Path("proof").write_bytes(asked(capfdbinary, "prove", "payments", "--since", "head", "--log-key", VKEY)[1])
    Path("payments").unlink()
    code, out, _ = asked(capfdbinary, "verify", "proof", "--head", "head", "--log-key", VKEY, "--json")
    assert (code, json.loads(out)["size"]) == (0, 5)
    assert asked(capfdbinary, "verify", "proof", "--log-key", VKEY)[0] == 2


def test_a_ledger_that_was_rolled_back_is_4_with_its_reason(capfdbinary):
    made(Path("payments"), 2)
    shutil.copy("payments", "copy")
    grow(Path("payments"), 1, 2)
    Path("head").write_bytes(asked(capfdbinary, "checkpoint", "payments", "--log-key", VKEY)[1])
    words = ["verify", "copy", "--log-key", VKEY, "--head", "head"]
    code, out, err = asked(capfdbinary, *words)
    assert (code, out) == (4, b"")
    assert err == "verifier: The ledger had 3 entries and has 2: it was rolled back.\n"
    _, out, _ = asked(capfdbinary, *words, "--json")
    told = json.loads(out)
    assert told["reason"] == "ledger-rolled-back"
    assert told["message"]["fr"] == "Le registre avait 3 entrées et en a 2\u202f: il a été ramené en arrière."


@pytest.mark.parametrize("action", ["verify", "checkpoint", "export"])
def test_nothing_is_handed_out_of_a_ledger_that_was_changed(action, capfdbinary):
    made(Path("payments"), 2)
    raw = sqlite3.connect("payments", isolation_level=None)
    [sql] = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'entry_stays'").fetchone()
    raw.execute("DROP TRIGGER entry_stays")
    raw.execute("UPDATE entry SET leaf = ? WHERE position = 1", (entry(9).leaf.decode(),))
    raw.execute(sql)
    raw.close()
    code, out, _ = asked(capfdbinary, action, "payments", "--log-key", VKEY)
    assert (code, out) == (4, b"")


def test_what_verify_says(capfdbinary):
    made(Path("payments"), 2)
    Path("log.vkey").write_text(f"{VKEY}\n", encoding="utf-8")
    code, out, err = asked(capfdbinary, "verify", "payments", "--log-key", "log.vkey", "--language", "fr")
    head = note.opened(asked(capfdbinary, "checkpoint", "payments", "--log-key", VKEY)[1], KEY)
    assert (code, err) == (0, "")
    assert out.decode() == f"example.com/payments\u202f: 2 entrées, racine {head.root.hex()}\u202f; tout concorde\n"
    _, out, _ = asked(capfdbinary, "verify", "payments", "--log-key", VKEY, "--json")
    assert json.loads(out) == {"origin": ORIGIN, "size": 2, "root": head.root.hex(), "reason": None}


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "none", "--log-key", VKEY],
        ["verify", "payments", "--log-key", "not a key"],
        ["verify", "payments", "--log-key", VKEY[:-4]],
        ["verify", "payments"],
        ["prove", "payments", "--log-key", VKEY],
        ["prove", "payments", "--log-key", VKEY, "--entry", "2"],
        ["prove", "payments", "--log-key", VKEY, "--entry", "-1"],
        ["prove", "payments", "--log-key", VKEY, "--since", "none"],
        ["prove", "payments", "--log-key", VKEY, "--since", "empty"],
        ["checkpoint", "log.pem", "--log-key", VKEY],
        ["new", "payments", "--origin", "a name", "--key", "file:log.pem"],
        ["new", "more", "--origin", ORIGIN, "--key", "file:none"],
    ],
)
def test_what_is_typed_wrong_is_2(words, capfdbinary):
    private()
    made(Path("payments"), 2)
    Path("empty").write_bytes(note.signed(note.Checkpoint(ORIGIN, 0, merkle.EMPTY), KEY, PRIVATE.sign))
    code, out, err = asked(capfdbinary, *words)
    assert (code, out, err.count("\n")) == (2, b"", 1)
