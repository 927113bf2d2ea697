"""Signed notes and checkpoints: what the specification has, and that one byte more or less is refused."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from support.logged import KEY, ORIGIN, sign
from support.vectors import files, needed

from verifier import merkle, note
from verifier.errors import TrustError
from verifier.note import Checkpoint

pytestmark = pytest.mark.self
UNHURRIED = settings(deadline=None)

HEAD = Checkpoint(ORIGIN, 3, merkle.leaf_hash(b""))
NOTE = note.signed(HEAD, KEY, sign)
EC = ec.derive_private_key(7, ec.SECP256R1())


def der(private) -> bytes:
    return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def code_of(read, *told) -> str:
    with pytest.raises(TrustError) as refused:
        read(*told)
    return refused.value.code


def test_what_was_signed_is_read():
    assert note.opened(NOTE, KEY) == HEAD
    root = b64encode(HEAD.root).decode()
    assert NOTE.decode().startswith(f"example.com/payments\n3\n{root}\n\n\N{EM DASH} example.com/payments ")


def test_an_ecdsa_key_signs_as_well():
    key = note.named(ORIGIN, der(EC))
    signed = note.signed(HEAD, key, lambda text: EC.sign(text, ec.ECDSA(hashes.SHA256())))
    assert note.opened(signed, key) == HEAD
    assert key.kind == note.ECDSA
    assert note.key_of(str(key)) == key
    assert code_of(note.opened, NOTE, key) == "note-unsigned"


@pytest.mark.parametrize("at", range(len(NOTE)))
def test_no_byte_of_it_can_be_another(at):
    for other in {NOTE[at] ^ 1, NOTE[at] ^ 0x20, ord("\n"), ord("A")} - {NOTE[at]}:
        with pytest.raises(TrustError):
            note.opened(NOTE[:at] + bytes([other]) + NOTE[at + 1 :], KEY)


@UNHURRIED
@given(st.binary(max_size=300))
def test_whatever_comes_is_refused_in_words(data):
    assert code_of(note.opened, data, KEY) == "note"
    assert code_of(note.opened, NOTE + data if data else b"", KEY) in {"note", "note-unsigned"}
    code_of(note.key_of, data.decode(errors="replace"))


LINE = NOTE.split(b"\n\n")[1]
OTHER = "\N{EM DASH} example.com/witness AAAAAAAAAA==\n".encode()
WRONG = {
    "no signature": (NOTE[: NOTE.index(b"\n\n") + 1], "note"),
    "no last newline": (NOTE[:-1], "note"),
    "an empty line after it": (NOTE + b"\n", "note"),
    "a carriage return": (NOTE.replace(b"\n3\n", b"\n3\r\n"), "note"),
    "no UTF-8": (b"\xff" + NOTE, "note"),
    "a hyphen for the dash": (NOTE.replace("\N{EM DASH}".encode(), b"-"), "note"),
    "a signature of no bytes": (NOTE.replace(LINE, "\N{EM DASH} a AAAAAA==\n".encode()), "note"),
    "a plus in a name": (NOTE + "\N{EM DASH} a+b AAAAAAAAAA==\n".encode(), "note"),
    "over the limit": (NOTE + OTHER * 3000, "note"),
    "signed by others alone": (NOTE.replace(LINE, OTHER), "note-unsigned"),
    "signed by our name with another key": (
        NOTE.replace(LINE, OTHER.replace(b"witness", b"payments")),
        "note-unsigned",
    ),
    "another text": (b"x" + NOTE, "note-signature"),
}


@pytest.mark.parametrize(("data", "code"), WRONG.values(), ids=WRONG)
def test_what_is_no_note_of_ours(data, code):
    assert code_of(note.opened, data, KEY) == code


def test_a_second_signature_of_ours_has_to_be_right_too():
    wrong = b64encode(KEY.id + bytes(64))
    again = b"\xe2\x80\x94 " + ORIGIN.encode() + b" " + wrong + b"\n"
    assert code_of(note.opened, NOTE + again, KEY) == "note-signature"


def test_signatures_of_others_say_nothing():
    assert note.opened(NOTE + OTHER * 16, KEY) == HEAD
    assert note.opened(NOTE.replace(LINE, OTHER + LINE), KEY) == HEAD


def test_a_checkpoint_of_another_log_is_refused_though_this_key_signed_it():
    other = note.signed(Checkpoint("example.com/tests", 3, HEAD.root), KEY, sign)
    assert code_of(note.opened, other, KEY) == "checkpoint-origin"


def test_a_key_that_signs_as_another_is_found_at_once():
    other = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert code_of(note.signed, HEAD, KEY, other.sign) == "log-key"


ROOT = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\n3\n",
        f"\n3\n{ROOT}\n",
        f"a\n03\n{ROOT}\n",
        f"a\n-3\n{ROOT}\n",
        f"a\n+3\n{ROOT}\n",
        f"a\n٣\n{ROOT}\n",
        f"a\n9223372036854775808\n{ROOT}\n",
        f"a\n3\n{ROOT[:-1]}\n",
        f"a\n3\n{ROOT[:-2]}B=\n",
        f"a\n3\n{b64encode(bytes(31)).decode()}\n",
        f"a\n3\n{ROOT}",
        f"a\n3\n{ROOT}\n\n",
        f"a\n3\n{ROOT}\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint(text):
    assert code_of(note.checkpoint, text) == "checkpoint"


@UNHURRIED
@given(
    st.integers(0, note.LARGEST), st.binary(min_size=32, max_size=32), st.lists(st.text("ab c", min_size=1), max_size=3)
)
def test_a_checkpoint_is_read_as_it_was_written(size, root, more):
    head = Checkpoint("example.com/a", size, root, tuple(more))
    assert note.checkpoint(head.text) == head


CURVE = note.ECDSA, der(ec.derive_private_key(7, ec.SECP384R1()))
RSA = note.ECDSA, der(rsa.generate_private_key(65537, 2048))


@pytest.mark.parametrize(
    "words",
    [
        "",
        "a",
        "a+00000000",
        "a+00000000+",
        f"a+{KEY.id.hex()}+{str(KEY).split('+', 2)[2]}",
        str(KEY).replace("example", "example "),
        str(KEY)[:-4],
        str(KEY).replace(KEY.id.hex(), KEY.id.hex().upper()),
        str(note.Key(ORIGIN, 4, KEY.public)),
        str(note.Key(ORIGIN, note.ED25519, KEY.public[1:])),
        str(note.Key(ORIGIN, *CURVE)),
        str(note.Key(ORIGIN, *RSA)),
        str(note.Key(ORIGIN, note.ECDSA, der(EC) + b"\0")),
    ],
)
def test_what_is_no_key(words):
    assert code_of(note.key_of, words) == "log-key"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x00"])
def test_names_that_no_key_has(name):
    assert code_of(note.named, name, der(EC)) == "log-key"


@needed
@pytest.mark.parametrize("file", files("c2sp/*.json"), ids=lambda file: file.stem)
def test_vectors_of_the_specification(file):
    said = json.loads(file.read_bytes())
    given_note = said["signed_note_valid"]
    key = note.key_of(given_note["vkey"])
    assert str(key) == given_note["vkey"]
    assert note.text_of(given_note["note"].encode(), key) == "This is an example message.\n"
    head = said["checkpoint_format_only"]
    read = note.checkpoint(head[: head.index("\n\n") + 1])
    assert (read.origin, read.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.startswith(f"{read.text}\n")
    assert code_of(note.opened, head.encode(), key) == "note-unsigned"
