"""Keys in a security module: SoftHSM2, with the PKCS#11 library that Debian has of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from verifier import keys
from verifier.errors import TrustError, UsageError, WorldError

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, LABEL = "4711", "verifier test"
HERE, MIXED = 1, 2

pytestmark = pytest.mark.skipif(not LIBRARY.is_file(), reason="scripts/system-packages --tests installs softhsm2")


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """A token with a pair of keys, and one whose public key is another's. PKCS#11 is set up once in a process."""
    import pkcs11
    from pkcs11.util.ec import decode_ec_public_key, encode_ec_public_key, encode_named_curve_parameters

    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "conf"))
        patch.setenv("PYKCS11LIB", str(LIBRARY))
        command = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "12345678"]
        subprocess.run(command, check=True, capture_output=True)
        with pkcs11.lib(str(LIBRARY)).get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
            curve = session.create_domain_parameters(
                pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True
            )
            public, _ = curve.generate_keypair(id=bytes([HERE]), store=True)
            replaced, _ = curve.generate_keypair(id=bytes([MIXED]), store=True)
            replaced.destroy()
            wrong = decode_ec_public_key(encode_ec_public_key(public)) | {pkcs11.Attribute.TOKEN: True}
            session.create_object(wrong | {pkcs11.Attribute.ID: bytes([MIXED])})
        yield LABEL


def at(number, label="verifier+test"):
    return f"hsm:{number}?label={label}"


def pin(value=PIN):
    return value.encode


def test_a_key_of_a_module_signs(token):
    asked = []
    signer = keys.signer(at(HERE), lambda: asked.append(1) or PIN.encode())
    assert signer.public.kind == "ecdsa-p256"
    assert signer.public.verify(b"data", signer.sign(b"data"))
    assert signer.public.verify(b"more", signer.sign(b"more"))
    assert asked == [1]


def test_a_wrong_pin_is_said_in_one_sentence(token):
    with pytest.raises(UsageError, match=r"^The PIN of hsm:1\?label=verifier\+test is wrong\.$"):
        keys.signer(at(HERE), pin("0815")).sign(b"data")


def test_a_key_that_does_not_fit_its_public_key_signs_nothing(token):
    signer = keys.signer(at(MIXED), pin())
    assert signer.public == keys.signer(at(HERE), pin()).public
    with pytest.raises(TrustError) as refused:
        signer.sign(b"data")
    assert refused.value.code == "key-mismatch"


@pytest.mark.parametrize("location", [at(9), at(HERE, "another")])
def test_a_key_or_a_token_that_is_not_there_is_said(token, location):
    with pytest.raises(WorldError, match=r"cannot be used: (could not find|No PKCS#11 token)"):
        keys.signer(location, pin())


@pytest.mark.parametrize("location", ["hsm:x", "hsm:1?other=x", "hsm:?label=x"])
def test_a_location_of_another_form_is_said(token, location):
    with pytest.raises(UsageError, match="is not hsm:ID"):
        keys.signer(location, pin())


def test_a_module_without_a_library_is_said(monkeypatch):
    monkeypatch.delenv("PYKCS11LIB", raising=False)
    with pytest.raises(UsageError, match="Set PYKCS11LIB"):
        keys.signer(at(HERE), pin())
