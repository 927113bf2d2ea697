"""`verifier keys`, as a person types it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from verifier.cli import keys as command
from verifier.cli import main
from verifier.keys import file, public

SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    """An empty folder to type in, with a passphrase beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VERIFIER_PASSPHRASE", raising=False)
    Path("secret").write_text(f"{SECRET}\n", encoding="utf-8")


def made(*more):
    return main(["keys", "new", "supplier.key", "--passphrase-file", "secret", *more])


@pytest.mark.parametrize("kind", command.KINDS)
def test_a_new_key_prints_its_public_part_and_id_alone(kind, capsys):
    assert made("--kind", kind) == 0
    out, err = capsys.readouterr()
    first, rest = out.split("\n", 1)
    key = public.from_pem(out.encode())
    assert (first, rest) == (f"{kind} {key.id}", key.pem)
    assert "file:supplier.key" in err
    assert "PRIVATE" not in out + err
    assert SECRET not in out + err
    assert stat.S_IMODE(Path("supplier.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in Path().iterdir()) == ["secret", "supplier.key"]


def test_the_kinds_offered_are_those_that_are_made():
    assert list(file.KINDS) == list(command.KINDS)


def test_what_was_printed_is_a_file_of_a_public_key(capsys):
    made()
    printed = capsys.readouterr().out
    Path("supplier.pub").write_text(printed, encoding="utf-8")
    assert main(["keys", "show", "supplier.pub"]) == 0
    assert capsys.readouterr().out == printed
    assert main(["keys", "show", "file:supplier.key", "--passphrase-file", "secret"]) == 0
    assert capsys.readouterr().out == printed
    read = ["openssl", "pkey", "-pubin", "-in", "supplier.pub", "-pubout"]
    assert subprocess.run(read, capture_output=True, text=True, check=True).stdout == printed.split("\n", 1)[1]


def test_openssl_reads_the_private_key():
    made()
    read = ["openssl", "pkey", "-in", "supplier.key", "-passin", f"pass:{SECRET}", "-pubout"]
    der = subprocess.run([*read, "-outform", "DER"], capture_output=True, check=True).stdout
    assert public.from_der(der).kind == "ecdsa-p256"


def test_a_key_is_never_written_over(capsys):
    made()
    before = Path("supplier.key").read_bytes()
    capsys.readouterr()
    assert made() == 2
    out, err = capsys.readouterr()
    assert (out, Path("supplier.key").read_bytes()) == ("", before)
    assert "exists already" in err


def test_a_passphrase_comes_of_the_environment_or_a_descriptor(monkeypatch, capsys):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", SECRET)
    assert main(["keys", "new", "supplier.key"]) == 0
    monkeypatch.delenv("VERIFIER_PASSPHRASE")
    descriptor = os.open("secret", os.O_RDONLY)
    try:
        assert main(["keys", "show", "file:supplier.key", "--passphrase-file", f"/dev/fd/{descriptor}"]) == 0
    finally:
        os.close(descriptor)
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == shown[len(shown) // 2]


def test_a_person_types_a_new_passphrase_twice_and_an_old_one_once(monkeypatch, capsys):
    asked, answers = [], [SECRET, SECRET, SECRET, SECRET, "another one here"]
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or answers.pop(0))
    assert main(["keys", "new", "supplier.key"]) == 0
    assert main(["keys", "show", "file:supplier.key"]) == 0
    assert asked == ["Passphrase of supplier.key: ", "The same again: ", "Passphrase of file:supplier.key: "]
    assert main(["keys", "new", "other.key", "--language", "fr"]) == 2
    assert not Path("other.key").exists()
    assert "diffèrent" in capsys.readouterr().err


def test_without_a_passphrase_it_says_how_to_give_one(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert main(["keys", "new", "supplier.key"]) == 2
    assert "--passphrase-file" in capsys.readouterr().err
    Path("secret").write_text("\n", encoding="utf-8")
    assert made() == 2
    assert "is empty" in capsys.readouterr().err
    assert not Path("supplier.key").exists()


def test_a_wrong_passphrase_is_one_sentence_in_both_languages(capsys):
    made()
    capsys.readouterr()
    Path("secret").write_text("something else", encoding="utf-8")
    show = ["keys", "show", "file:supplier.key", "--passphrase-file", "secret"]
    assert main(show) == 2
    said = capsys.readouterr().err
    assert said == "verifier: The passphrase of supplier.key is wrong, or the file is damaged.\n"
    assert main([*show, "--language", "fr"]) == 2
    assert "phrase de passe" in capsys.readouterr().err


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
def test_a_key_is_brought_in(form, sealed, capsys):
    key = file.KINDS["ecdsa-p256"]()
    secret = b"old" if sealed else None
    encryption = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, getattr(serialization.PrivateFormat, form), encryption)
    Path("old.pem").write_bytes(pem)
    Path("old").write_bytes(b"old")
    bring = ["keys", "import", "old.pem", "new.key", "--passphrase-file", "secret", "--source-passphrase-file", "old"]
    assert main(bring) == 0
    shown = capsys.readouterr().out
    assert public.from_pem(shown.encode()) == public.of(key.public_key())
    assert main(["keys", "show", "file:new.key", "--passphrase-file", "secret"]) == 0
    assert capsys.readouterr().out == shown
    assert Path("old.pem").read_bytes() == pem


def test_what_is_no_private_key_is_not_brought_in(capsys):
    made()
    Path("supplier.pub").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["keys", "import", "supplier.pub", "new.key", "--passphrase-file", "secret"]) == 2
    assert "not a private key" in capsys.readouterr().err
    assert not Path("new.key").exists()


def test_a_private_key_that_anyone_can_read_is_shown_with_dev_alone(capsys):
    key = file.KINDS["ed25519"]()
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    Path("plain.pem").write_bytes(key.private_bytes(*plain))
    assert main(["keys", "show", "file2:plain.pem"]) == 2
    assert "--dev" in capsys.readouterr().err
    assert main(["keys", "show", "file2:plain.pem", "--dev"]) == 0
    assert public.from_pem(capsys.readouterr().out.encode()) == public.of(key.public_key())


def test_a_place_that_is_none_is_said(capsys):
    assert main(["keys", "show", "supplier.pub"]) == 2
    assert main(["keys", "show", "ssh:agent"]) == 2
    assert "begins with file:, hsm:" in capsys.readouterr().err


def test_help_imports_nothing_heavy():
    heavy = {"cryptography", "securesystemslib", "rfc8785", "pkcs11", "boto3"}
    code = f"import sys, verifier.cli; print(sorted({heavy} & {{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
