"""Private keys that stay where they are, in a security module or a service; securesystemslib speaks to them."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.exceptions import UnsupportedLibraryError

from verifier.errors import UsageError, VerifierError, WorldError
from verifier.keys import public
from verifier.keys.public import PublicKey
from verifier.render.inert import inert
from verifier.words import say

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # the clients speak of Python versions to come
    from securesystemslib.signer import AWSSigner, AzureSigner, GCPSigner, HSMSigner, Signer, SSlibKey, VaultSigner

Pin = Callable[[str], str]
MODULE = "PYKCS11LIB"
"""The variable that says where the PKCS#11 library of a module is: securesystemslib's name for it."""
SIGNATURES = frozenset({"ecdsa-sha2-nistp256", "rsassa-pss-sha256", "ed25519"})
"""The library's names for what is verified here."""
_AZURE = re.compile(r"//([A-Za-z0-9-]+)\.vault\.azure\.net/keys/([A-Za-z0-9-]+)(/[0-9a-f]+)?")
_VAULT = re.compile(r"([^/]+)(/[0-9]+)?")
_MODULE = re.compile(r"([0-9]+)(?:\?(label=.+))?")
_WRONG_PIN = frozenset({"PinIncorrect", "PinInvalid", "PinLenRange"})
_LONGEST = 200


def opened(scheme: str, location: str, passphrase: Callable[[], bytes]) -> tuple[PublicKey, Callable[[bytes], bytes]]:
    """The public key that the place names, and what signs there. What the place refuses is a UsageError or a WorldError."""
    pin = _asked_once(passphrase)
    theirs, found = PLACES[scheme]
    with _told(scheme, location):
        uri, key = found(location.partition(":")[2], pin)
        if key.scheme not in SIGNATURES:
            words = say(
                "The key at {location} signs by {name}, which is not verified here.", location=location, name=key.scheme
            )
            raise UsageError(words)
        signer = theirs.from_priv_key_uri(uri, key, pin)
    return _public(key), lambda data: _signed(signer, data, scheme, location)


def _public(key: SSlibKey) -> PublicKey:
    text = key.keyval["public"]
    if key.scheme == "ed25519":
        return public.of(Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)))
    return public.from_pem(text.encode("ascii"))


def _signed(signer: Signer, data: bytes, scheme: str, location: str) -> bytes:
    with _told(scheme, location):
        return bytes.fromhex(signer.sign(data).signature)


def _asked_once(passphrase: Callable[[], bytes]) -> Pin:
    known: list[str] = []

    def pin(_: str) -> str:
        if not known:
            known.append(passphrase().decode("utf-8"))
        return known[0]

    return pin


def _module(rest: str, pin: Pin) -> tuple[str, SSlibKey]:
    if not os.environ.get(MODULE):
        raise UsageError(say("Set {variable} to the PKCS#11 library of the security module.", variable=MODULE))
    number, query = _parts(_MODULE, "hsm", rest)
    return HSMSigner.import_(int(number), dict(parse_qsl(query)).get("label"), pin)


def _azure(rest: str, _: Pin) -> tuple[str, SSlibKey]:
    vault, name, _version = _parts(_AZURE, "azurekms", rest)
    return _newest(f"azurekms:{rest}", AzureSigner.import_(vault, name))


def _vault(rest: str, _: Pin) -> tuple[str, SSlibKey]:
    name, _version = _parts(_VAULT, "hv", rest)
    return _newest(f"hv:{rest}", VaultSigner.import_(name))


def _parts(pattern: re.Pattern[str], scheme: str, rest: str) -> tuple[str, ...]:
    found = pattern.fullmatch(rest)
    if not found:
        location = f"{scheme}:{rest}"
        raise UsageError(say("{location} is not {form}.", location=location, form=FORMS[scheme]))
    return found.groups("")


def _newest(location: str, found: tuple[str, SSlibKey]) -> tuple[str, SSlibKey]:
    """These two are asked for the newest version of a key alone; an older one that was named is not taken for it."""
    if not f"{found[0]}/".startswith(f"{location}/"):
        words = say("{location} is not the newest version of the key; {newest} is.", location=location, newest=found[0])
        raise UsageError(words)
    return found


FORMS: Mapping[str, str] = {
    "hsm": "hsm:ID?label=TOKEN",
    "awskms": "awskms:KEY",
    "azurekms": "azurekms://VAULT.vault.azure.net/keys/NAME",
    "gcpkms": "gcpkms:projects/…/cryptoKeyVersions/N",
    "hv": "hv:NAME/VERSION",
}
PLACES: Mapping[str, tuple[Any, Callable[[str, Pin], tuple[str, SSlibKey]]]] = {
    "hsm": (HSMSigner, _module),
    "awskms": (AWSSigner, lambda rest, _: AWSSigner.import_(rest)),
    "azurekms": (AzureSigner, _azure),
    "gcpkms": (GCPSigner, lambda rest, _: GCPSigner.import_(rest)),
    "hv": (VaultSigner, _vault),
}
"""What signs there, and what says which key it is."""


@contextmanager
def _told(scheme: str, location: str) -> Iterator[None]:
    """What a client raises, of whatever kind, as one sentence."""
    try:
        yield
    except VerifierError:
        raise
    except UnsupportedLibraryError as error:
        words = say("Keys at {scheme}: need an extra: pip install 'delivery-verifier[{scheme}]'.", scheme=scheme)
        raise UsageError(words) from error
    except Exception as error:
        name = type(error).__name__
        if name in _WRONG_PIN:
            raise UsageError(say("The PIN of {location} is wrong.", location=location)) from error
        why = inert(str(error).strip().partition("\n")[0][:_LONGEST]) or name
        raise WorldError(say("The key at {location} cannot be used: {error}.", location=location, error=why)) from error
