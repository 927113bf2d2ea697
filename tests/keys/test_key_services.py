"""Keys that a service keeps: its own client asks, and a service on the loopback answers as the real one does."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import pytest
from support import key_services
from support.key_services import GCP_NAME, Aws, Azure, Vault, over_http

from verifier import keys
from verifier.errors import TrustError, UsageError, WorldError
from verifier.keys import file, public

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def nobody():
    raise AssertionError("a service has no passphrase")


def made(kind="ecdsa-p256"):
    return file.KINDS[kind]()


def holds(location, key):
    signer = keys.signer(location, nobody)
    assert (signer.location, signer.public) == (location, public.of(key.public_key()))
    assert signer.public.verify(b"data", signer.sign(b"data"))


def refused(location, error, words, code=None):
    with pytest.raises(error, match=words) as raised:
        keys.signer(location, nobody).sign(b"data")
    assert getattr(raised.value, "code", None) == code


@contextmanager
def aws(monkeypatch, *made_of):
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", "ca-central-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    service = Aws(*made_of)
    with over_http(service) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", address)
        yield service


@pytest.mark.parametrize("kind", ["ecdsa-p256", "rsa-3072"])
def test_aws(monkeypatch, kind):
    key = made(kind)
    with aws(monkeypatch, key) as service:
        holds("awskms:alias/assessor", key)
        assert service.asked == ["GetPublicKey", "Sign"]
        refused("awskms:alias/other", WorldError, "cannot be used: .*alias/other is not found")


def test_aws_that_signs_with_another_key(monkeypatch):
    with aws(monkeypatch, made(), made()):
        refused("awskms:alias/assessor", TrustError, "nothing was signed", "key-mismatch")


def test_aws_out_of_reach(monkeypatch):
    with aws(monkeypatch, made()):
        pass
    refused("awskms:alias/assessor", WorldError, "cannot be used: Could not connect")


@contextmanager
def vault(monkeypatch, *made_of, token=key_services.TOKEN):
    service = Vault(*made_of)
    with over_http(service) as address:
        monkeypatch.setenv("VAULT_ADDR", address)
        monkeypatch.setenv("VAULT_TOKEN", token)
        yield service


def test_vault(monkeypatch):
    key = made("ed25519")
    with vault(monkeypatch, key):
        holds("hv:assessor", key)
        holds("hv:assessor/2", key)
        refused("hv:assessor/1", UsageError, "not the newest version of the key; hv:assessor/2 is")
        refused("hv:other", WorldError, "cannot be used")
        refused("hv:a/b/c", UsageError, "is not hv:NAME/VERSION")


def test_vault_that_signs_with_another_key_or_refuses(monkeypatch):
    with vault(monkeypatch, made("ed25519"), made("ed25519")):
        refused("hv:assessor", TrustError, "nothing was signed", "key-mismatch")
    with vault(monkeypatch, made("ed25519"), token="stolen"):
        refused("hv:assessor", WorldError, "permission denied")


@contextmanager
def azure(monkeypatch, *made_of):
    """The clients of the library, whose way to the vault is led to the loopback."""
    from azure.core.credentials import AccessToken
    from azure.core.pipeline.transport import RequestsTransport
    from securesystemslib.signer import _azure_signer

    service = Azure(*made_of)
    with over_http(service) as address:

        class Loopback(RequestsTransport):
            def send(self, request, **options):
                outside = request.url
                request.url = outside.replace("https://treasury.vault.azure.net", address)
                try:
                    return super().send(request, **options)
                finally:
                    request.url = outside

        for name in ("KeyClient", "CryptographyClient"):
            real = getattr(_azure_signer, name)
            monkeypatch.setattr(_azure_signer, name, partial(real, transport=Loopback()))
        credential = SimpleNamespace(get_token=lambda *_, **__: AccessToken("token", 2**40))
        monkeypatch.setattr(_azure_signer, "DefaultAzureCredential", lambda: credential)
        yield service


def test_azure(monkeypatch):
    key = made()
    with azure(monkeypatch, key):
        holds("azurekms://treasury.vault.azure.net/keys/assessor", key)
        holds(f"azurekms://treasury.vault.azure.net/keys/assessor/{Azure.VERSION}", key)
        other = "azurekms://treasury.vault.azure.net/keys/assessor/00"
        refused(other, UsageError, "not the newest version")
        refused("azurekms://treasury.vault.azure.net/keys/other", WorldError, "not found")
        refused("azurekms:assessor", UsageError, "is not azurekms://VAULT")


def test_azure_that_signs_with_another_key(monkeypatch):
    with azure(monkeypatch, made(), made()):
        refused("azurekms://treasury.vault.azure.net/keys/assessor", TrustError, "nothing was signed", "key-mismatch")


@contextmanager
def gcp(monkeypatch, *made_of, **options):
    import grpc
    from google.cloud import kms
    from google.cloud.kms_v1.services.key_management_service.transports import KeyManagementServiceGrpcTransport
    from securesystemslib.signer import _gcp_signer

    with key_services.gcp(*made_of, **options) as address, grpc.insecure_channel(address) as channel:
        real = kms.KeyManagementServiceClient
        led = SimpleNamespace(
            KeyManagementServiceClient=lambda: real(transport=KeyManagementServiceGrpcTransport(channel=channel)),
            PublicKey=kms.PublicKey,
        )
        monkeypatch.setattr(_gcp_signer, "kms", led)
        yield


@pytest.mark.parametrize(
    ("kind", "algorithm"), [("ecdsa-p256", "EC_SIGN_P256_SHA256"), ("rsa-3072", "RSA_SIGN_PSS_3072_SHA256")]
)
def test_gcp(monkeypatch, kind, algorithm):
    key = made(kind)
    with gcp(monkeypatch, key, algorithm=algorithm):
        holds(f"gcpkms:{GCP_NAME}", key)
        refused("gcpkms:projects/other", WorldError, "projects/other not found")


def test_gcp_that_signs_with_another_key_or_otherwise(monkeypatch):
    with gcp(monkeypatch, made(), made()):
        refused(f"gcpkms:{GCP_NAME}", TrustError, "nothing was signed", "key-mismatch")
    with gcp(monkeypatch, made("rsa-3072"), algorithm="RSA_SIGN_PKCS1_3072_SHA256"):
        refused(f"gcpkms:{GCP_NAME}", UsageError, "signs by rsa-pkcs1v15-sha256, which is not verified here")


@pytest.mark.parametrize(
    ("scheme", "module"), [("awskms", "aws"), ("azurekms", "azure"), ("gcpkms", "gcp"), ("hv", "vault")]
)
def test_an_extra_that_is_not_installed_is_named(monkeypatch, scheme, module):
    from securesystemslib import signer

    missing = f"{module.upper()}_IMPORT_ERROR"
    monkeypatch.setattr(getattr(signer, f"_{module}_signer"), missing, "not installed")
    location = "azurekms://v.vault.azure.net/keys/x" if scheme == "azurekms" else f"{scheme}:x"
    refused(location, UsageError, rf"delivery-verifier\[{scheme}\]")
