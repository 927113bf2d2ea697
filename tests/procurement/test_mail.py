"""Mail goes encrypted, to a server whose certificate holds, and a password goes no other way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from support.mail_server import certified, serving

from verifier.errors import UsageError, VerifierError, WorldError
from verifier.procurement.telling import Enclosed, Message
from verifier.procurement.telling.email import Email, written

FROM = "record@example.org"


def message(**more) -> Message:
    said = {
        "id": "0" * 32,
        "person": "a.tech",
        "address": "a.tech@example.org",
        "languages": ("fr",),
        "time": "2026-11-29T12:00:00Z",
        "subject": "Une chose vous attend",
        "text": "Évaluée.\n" + "é" * 2000 + "\n.\nFin\n",
        "items": (),
    }
    return Message(**said | more)


def settings(server, **more) -> dict[str, str]:
    return {"server": f"127.0.0.1:{server.port}", "from": FROM, **more}


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """One that is trusted here."""
    path = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True), (None, False)])
def test_it_is_sent_encrypted_with_the_password_of_the_environment(certificate, security, implicit):
    with serving(certificate=certificate, implicit=implicit, user="u", password="geheim") as server:
        said = settings(server, user="u", password="SMTP_PASSWORD", **({"security": security} if security else {}))
        Email().notify(message(), said, {"SMTP_PASSWORD": "geheim"})
        (mail,) = server.mails
    assert (mail.encrypted, mail.user, mail.recipients) == (True, "u", ["a.tech@example.org"])
    assert mail.text == message().text
    assert mail.parsed["Subject"] == "Une chose vous attend"
    assert mail.parsed["Message-ID"] == f"<{'0' * 32}@example.org>"
    assert mail.parsed["Date"] == "Sun, 29 Nov 2026 12:00:00 +0000"


def test_a_certificate_that_nobody_vouches_for_is_told_nothing(tmp_path):
    with serving(certificate=certified(tmp_path), user="u", password="p") as server:
        said = settings(server, user="u", password="P")
        with pytest.raises(WorldError, match="SSLCertVerificationError"):
            Email().notify(message(), said, {"P": "p"})
        assert [one.split(" ")[0].upper() for one in server.commands] == ["EHLO", "STARTTLS"]
        assert server.mails == []


def test_a_certificate_of_another_name_is_told_nothing(tmp_path, monkeypatch):
    other = certified(tmp_path, "127.0.0.2")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with serving(certificate=other) as server:
        with pytest.raises(WorldError, match="SSLCertVerificationError"):
            Email().notify(message(), settings(server), {})
        assert server.mails == []


def test_a_server_without_encryption_is_told_nothing():
    """Where somebody in between takes the offer out, too."""
    with serving(user="u", password="p") as server:
        with pytest.raises(WorldError, match="SMTPNotSupportedError"):
            Email().notify(message(), settings(server, user="u", password="P"), {"P": "p"})
        assert not [one for one in server.commands if one.upper().startswith(("AUTH", "MAIL"))]


def test_a_wrong_password_is_said_and_not_repeated(certificate):
    refused = pytest.raises(WorldError, match=r"did not take the mail to a[.]tech: 535 who are you")
    with serving(certificate=certificate, user="u", password="p") as server, refused as caught:
        Email().notify(message(), settings(server, user="u", password="P"), {"P": "geheim"})
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"user": "u", "password": "P"}, "P of the environment is empty"),
        ({"security": "none", "server": "example.org:25"}, "example.org is another"),
        ({"security": "none", "server": "192.0.2.1:25"}, "192.0.2.1 is another"),
    ],
)
def test_settings_that_cannot_be_right_are_refused_before_anything_is_sent(more, words):
    with serving() as server:
        with pytest.raises(UsageError, match=words):
            Email().notify(message(), {**settings(server), **more}, {})
        assert server.commands == []


def test_what_is_enclosed_arrives_as_it_is():
    draft = "À corriger :\n\n 1. Une ligne\n"
    with serving() as server:
        one = message(enclosed=(Enclosed("message-1.fr.txt", draft),))
        Email().notify(one, settings(server, security="none"), {})
        (mail,) = server.mails
    (part,) = mail.parsed.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("message-1.fr.txt", draft)


ADDRESSED = {"from", "to", "subject", "date", "message-id", "content-language", "auto-submitted"}
OF_FORM = {"content-type", "content-transfer-encoding", "mime-version"}


@limits(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200), st.text(max_size=60))
def test_no_address_and_no_subject_adds_a_header_or_a_recipient(subject, address):
    """Either there is no mail, or it has our headers, one recipient and nothing else."""
    try:
        mail = written(message(subject=subject, address=address), FROM)
    except (VerifierError, ValueError):
        return
    head = mail.as_bytes().partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if not line[:1].isspace()]
    assert sorted(names) == sorted(ADDRESSED | OF_FORM)
    assert len(mail["To"].addresses) == 1
