"""`verifier dashboard serve`: what it does not begin with, and that the secret is no argument."""

from __future__ import annotations

import pytest

from verifier.cli import read
from verifier.cli.dashboard.serve import SECRET, settings_of
from verifier.errors import UsageError

SIGN_IN = ("--issuer", "https://login.example.org", "--client-id", "dashboard")


def settings(*words):
    return settings_of(read(["dashboard", "serve", "--reports", ".", *words], "en"))


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in (SECRET, "VERIFIER_RECORD", "VERIFIER_LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--host", "0.0.0.0"), "Other machines reach it"),  # noqa: S104
        (("--base-url", "https://dashboard.example.org"), "Other machines reach it"),
        (("--sign-in-to-read",), "Signing in needs --issuer and --client-id"),
        (("--issuer", "https://login.example.org"), "Signing in needs --issuer and --client-id"),
        (SIGN_IN, "Give the client's secret"),
        (("--base-url", "http://dashboard.example.org", "--open-reading"), "is no https address"),
        (("--base-url", "https://dashboard.example.org/path", "--open-reading"), "has a path"),
        (("--issuer", "http://login.example.org", "--client-id", "a"), "is no https address"),
        (("--host", "192.0.2.1", "--open-reading", *SIGN_IN), "is no https address"),
    ],
)
def test_what_is_not_safe_is_not_begun(words, what, monkeypatch):
    if "Give" not in what:
        monkeypatch.setenv(SECRET, "a secret")
    with pytest.raises(UsageError, match=what):
        settings(*words)


def test_on_this_machine_everybody_reads():
    found = settings()
    assert (found.base, found.provider, found.sign_in_to_read) == ("http://127.0.0.1:8413", None, False)
    assert settings("--host", "::1").base == "http://[::1]:8413"


def test_the_secret_comes_from_a_file_or_the_environment(tmp_path, monkeypatch):
    path = tmp_path / "secret"
    path.write_text("of the file\n")
    monkeypatch.setenv(SECRET, "of the environment")
    assert settings(*SIGN_IN).provider.secret == "of the environment"
    assert settings(*SIGN_IN, "--client-secret-file", str(path)).provider.secret == "of the file"
    assert "of the" not in repr(settings(*SIGN_IN))


def test_open_reading_is_said_plainly():
    assert settings("--host", "0.0.0.0", "--open-reading").provider is None  # noqa: S104


def test_statements_are_filed_where_the_ledgers_key_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv(SECRET, "a secret")
    (tmp_path / "record.yml").write_text("{}")
    key = ("--record", str(tmp_path), "--ledger-key", "file:ledger.key")
    assert settings(*SIGN_IN, *key).filing is not None
    assert settings(*SIGN_IN).filing is None
    assert settings(*key).filing is None  # nobody could hand anything in
