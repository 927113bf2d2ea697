"""Private keys in files: who can read them, and what is said of one that cannot be used."""

from __future__ import annotations

import os
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from verifier import files, keys
from verifier.errors import TrustError, UsageError
from verifier.keys import file, public

pytestmark = pytest.mark.self

SECRET = b"correct horse battery"
PLAIN = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def secret():
    return SECRET


@pytest.fixture
def path(tmp_path):
    return tmp_path / "supplier.key"


@pytest.mark.parametrize("kind", file.KINDS)
def test_a_key_that_was_written_signs(path, kind):
    made = file.written(file.KINDS[kind](), path, SECRET)
    signer = keys.signer(f"file:{path}", secret)
    assert signer.public == made
    assert made.verify(b"data", signer.sign(b"data"))
    assert not made.verify(b"other", signer.sign(b"data"))


def test_a_file_is_its_owners_encrypted_and_never_written_over(path):
    old = os.umask(0)
    try:
        file.written(file.KINDS["ecdsa-p256"](), path, SECRET)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        file.written(file.KINDS["ecdsa-p256"](), path, SECRET)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_is_written_whole_or_not_at_all(path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.written(file.KINDS["ecdsa-p256"](), path, SECRET)
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_does_not_exist_is_said(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        file.written(file.KINDS["ecdsa-p256"](), tmp_path / "no" / "key", SECRET)


def test_a_short_passphrase_is_refused(path):
    with pytest.raises(UsageError, match="too short"):
        file.written(file.KINDS["ecdsa-p256"](), path, b"elevenchars")
    assert not path.exists()


def test_a_wrong_passphrase_is_said_in_one_sentence(path):
    file.written(file.KINDS["ecdsa-p256"](), path, SECRET)
    with pytest.raises(UsageError, match=r"passphrase of .* is wrong"):
        keys.signer(f"file:{path}", lambda: b"another passphrase")


def plain(key):
    return key.private_bytes(*PLAIN)


def test_a_plain_key_is_read_as_file2_and_with_dev_alone(path):
    key = file.KINDS["ecdsa-p256"]()
    path.write_bytes(plain(key))
    with pytest.raises(UsageError, match="anyone can read"):
        keys.signer(f"file:{path}", secret)
    with pytest.raises(UsageError, match="--dev"):
        keys.signer(f"file2:{path}", secret)
    signer = keys.signer(f"file2:{path}", secret, dev=True)
    assert signer.public.verify(b"data", signer.sign(b"data"))


def test_an_encrypted_key_is_no_file2(path):
    file.written(file.KINDS["ecdsa-p256"](), path, SECRET)
    with pytest.raises(UsageError, match="no file2"):
        keys.signer(f"file2:{path}", secret, dev=True)


@pytest.mark.parametrize(
    "content", [b"", b"words", b"-----BEGIN %b-----\nTUE=\n-----END %b-----\n" % ((b"PRIVATE KEY",) * 2)]
)
def test_another_file_is_no_key(path, content):
    path.write_bytes(content)
    with pytest.raises(UsageError, match="not a private key"):
        keys.signer(f"file2:{path}", secret, dev=True)


def test_a_key_of_another_kind_is_refused(path):
    path.write_bytes(plain(ec.generate_private_key(ec.SECP384R1())))
    with pytest.raises(UsageError, match="Keys are ECDSA P-256"):
        keys.signer(f"file2:{path}", secret, dev=True)


def test_a_file_that_is_gone_or_too_large_is_said(path):
    with pytest.raises(UsageError, match="cannot be read"):
        keys.signer(f"file:{path}", secret)
    path.write_bytes(bytes(file.LONGEST + 1))
    with pytest.raises(UsageError, match="not read"):
        keys.signer(f"file:{path}", secret)


@pytest.mark.parametrize("location", ["", "supplier.key", "file:", "ssh:x", "https://example.org/key", "FILE:x", ":x"])
def test_what_is_not_a_location_is_said_with_those_that_are(location):
    with pytest.raises(UsageError, match=r"begins with file:, hsm:, awskms:, azurekms:, gcpkms:, hv:"):
        keys.signer(location, secret)


def test_a_signature_that_its_key_does_not_verify_is_not_given_out():
    one, other = file.KINDS["ecdsa-p256"](), file.KINDS["ecdsa-p256"]()
    mixed = keys.Signer("file:x", public.of(one.public_key()), lambda data: file._signed(other, data))
    with pytest.raises(TrustError) as refused:
        mixed.sign(b"data")
    assert refused.value.code == "key-mismatch"


def test_the_same_bytes_have_the_same_signature():
    key = file.KINDS["ecdsa-p256"]()
    assert file._signed(key, b"data") == file._signed(key, b"data")


def test_a_device_is_read_no_further_than_it_may():
    with pytest.raises(UsageError, match="not read"):
        files.read(file.Path("/dev/zero"), most=10)
