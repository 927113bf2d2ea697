"""Packs that somebody changed, or made to do harm: each is refused in one sentence, exit code 4, and nothing is left behind."""

from __future__ import annotations

import contextlib
import io
import json
import random
import stat
import struct
import zipfile
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import packed
from support.packed import altered, members, written

from verifier.cli import main
from verifier.errors import TrustError
from verifier.procurement.pack import form
from verifier.procurement.pack.form import Member
from verifier.procurement.pack.opening import Pack
from verifier.statements import envelope, strict

STATEMENT = "statements/decision-"
NOT_OURS = "The zip is not as verifier writes a pack"
CHANGED = (
    NOT_OURS,
    "was changed in the zip: its checksum is another",
    "A pack has at most",
    "an unsafe name",
    "take for one",
)
"""What is said of single bits, by where they lie."""


@pytest.fixture
def pack(bought):
    return bought.folder / "pack.zip"


@pytest.fixture
def refused(capsys, monkeypatch, tmp_path):
    """Verifies a pack in an empty folder: it is refused, and the sentence is given."""
    home = tmp_path / "empty"
    home.mkdir()
    monkeypatch.chdir(home)

    def verify(path) -> str:
        assert main(["verify", str(path)]) == 4
        out, err = capsys.readouterr()
        assert err.count("\n") == 1 or "✗" in out
        assert not list(home.iterdir())
        return err + out

    return verify


def the(files, begin: str) -> str:
    return next(name for name in sorted(files) if name.startswith(begin))


# Changed without more ------------------------------------------------------------------------------------------------------


def test_a_flipped_bit_anywhere(pack, refused, tmp_path):
    """In contents, names and each field of the zip itself: in some of every member, and in all of its end."""
    raw = pack.read_bytes()
    with pack.open("rb") as stream:
        found = form.read(stream)
    places = {one.start + at for one in found[::17] for at in range(0, 60, 7)} | {one.end - 1 for one in found[::17]}
    places |= set(range(len(raw) - 200, len(raw), 3)) | {random.Random(7).randrange(len(raw)) for _ in range(20)}  # noqa: S311
    for place in sorted(places):
        changed = bytearray(raw)
        changed[place] ^= 1
        target = tmp_path / "changed.zip"
        target.write_bytes(changed)
        told = refused(target)
        assert any(words in told for words in CHANGED), (place, told)


def test_a_member_removed_added_or_swapped(pack, refused, tmp_path):
    """One of every folder."""
    files = members(pack)
    chosen = [the(files, begin) for begin in sorted({name.partition("/")[0] for name in files})]
    target = tmp_path / "changed.zip"
    for name in chosen:
        told = refused(altered(pack, target, lambda found, name=name: found.pop(name)))
        assert "is not in the pack" in told or "The pack has no" in told
    for name in ("statements/more.sigstore.json", "evidence/" + "0" * 64, "trust/more", "more"):
        told = refused(altered(pack, target, lambda found, name=name: found.update({name: b"{}"})))
        assert "is in the pack and not in its manifest" in told
    for one, other in zip(chosen, [*chosen[1:], chosen[0]], strict=True):
        swapped = {one: files[other], other: files[one]}
        told = refused(altered(pack, target, lambda found, swapped=swapped: found.update(swapped)))
        own = ("no manifest of an audit pack", "The document is not JSON") if "manifest.json" in swapped else ()
        assert any(words in told for words in ("is not the file that the manifest lists", *own)), told


@pytest.mark.parametrize("more", [b"\0", b"PK\x05\x06" + bytes(18)], ids=["a byte", "another end"])
def test_something_behind_or_before_it(pack, refused, tmp_path, more):
    for raw in (pack.read_bytes() + more, more + pack.read_bytes()):
        (tmp_path / "changed.zip").write_bytes(raw)
        assert NOT_OURS in refused(tmp_path / "changed.zip")


def test_a_pack_that_was_cut_off(pack, refused, tmp_path):
    raw = pack.read_bytes()
    for length in (0, 21, 1000, len(raw) // 2, len(raw) - 1):
        (tmp_path / "changed.zip").write_bytes(raw[:length])
        assert NOT_OURS in refused(tmp_path / "changed.zip")


# Changed with digests that fit ---------------------------------------------------------------------------------------------


def edit(begin: str, old: bytes, new: bytes):
    def change(files) -> None:
        name = the(files, begin)
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


def drop(*begins: str):
    def change(files) -> None:
        for begin in begins:
            del files[the(files, begin)]

    return change


def add(name: str, content: bytes = b"{}"):
    return lambda files: files.update({name: content})


def another_head(files) -> None:
    files["ledger/head"] = files["ledger/head"].replace(b"\n", b"\n1", 1)


def swapped_proofs(files) -> None:
    first, second = sorted(name for name in files if name.startswith("ledger/proofs/"))[:2]
    files[first], files[second] = files[second], files[first]


def moved_entry(files) -> None:
    """An entry under another number than it has."""
    for kind, end in (("entries", "json"), ("proofs", "txt")):
        files[f"ledger/{kind}/00000099.{end}"] = files.pop(f"ledger/{kind}/00000001.{end}")


def other_contract(files) -> None:
    document = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**document, "contract": "MA-2026-015"}).encode()


def signed_by_hand(files) -> None:
    name = next(name for name in sorted(files) if name.startswith("by-hand/contract") and name.endswith(".signed"))
    files[name] = files[name].replace(b"650000", b"950000")


def older_policy(files) -> None:
    """What its newest version revoked would count again."""
    del files[the(files, "trust/policy-2")]
    document = json.loads(files["manifest.json"])
    digest = sha256(envelope.read(files[the(files, "trust/policy-1")]).payload).hexdigest()
    files["manifest.json"] = json.dumps({**document, "policy": {"version": 1, "digest": digest}}).encode()


def hidden_gap(files) -> None:
    """Evidence is taken out, and the manifest does not say so."""
    del files[the(files, "evidence/")]


COVERED = {
    "a page": (edit("README.md", b"PACK.zip", b"pack.zip"), "pack-pages"),
    "a history": (edit("history/record.json", b"certified", b"accepted"), "pack-pages"),
    "a report": (edit("reports/", b"MIT", b"GPL"), "pack-pages"),
    "signed bytes by hand": (signed_by_hand, "pack-pages"),
    "a page more": (add("history/more.md"), "pack-pages"),
    "a statement gone": (drop(STATEMENT), "pack-manifest"),
    "an entry gone": (drop("ledger/entries/", "ledger/proofs/"), "pack-manifest"),
    "a proof gone": (drop("ledger/proofs/"), "pack-files"),
    "evidence gone": (hidden_gap, "pack-manifest"),
    "evidence changed": (edit("evidence/", b'"', b"'"), "evidence-changed"),
    "evidence of nothing": (add("evidence/" + "0" * 64), "pack-files"),
    "criteria changed": (edit("criteria/", b"profile: micro-ca", b"profile: micro-cb"), "criteria-digest"),
    "criteria of nothing": (add(f"criteria/{'0' * 64}/criteria.yml"), "pack-files"),
    "an entry changed": (edit("ledger/entries/", b"2026", b"2025"), "inclusion-proof"),
    "proofs swapped": (swapped_proofs, "inclusion-proof"),
    "an entry moved": (moved_entry, "pack-ledger"),
    "a head changed": (another_head, "note"),
    "the ledger's key": (edit("ledger/ledger.vkey", b"example.org", b"example.com"), "log-key"),
    "something in the ledger": (add("ledger/more"), "pack-files"),
    "something in the trust folder": (add("trust/policy-9.sigstore.json"), "policy-chain"),
    "pins changed": (edit("trust/pins.json", b'"threshold":1', b'"threshold":0'), "pins"),
    "a policy gone": (drop("trust/policy-1"), "policy"),
    "every policy gone": (drop("trust/policy-1", "trust/policy-2"), "pack-roots"),
    "an older policy put back": (older_policy, "policy-rolled-back"),
    "another contract": (other_contract, "pack-contract"),
    "no manifest of ours": (lambda files: files.update({"manifest.json": b"[]"}), "pack-manifest"),
}


@pytest.mark.parametrize("name", sorted(COVERED))
def test_what_was_changed_by_who_knows_how(pack, refused, tmp_path, capsys, name):
    change, code = COVERED[name]
    target = tmp_path / "changed.zip"
    files = members(pack)
    change(files)
    written(target, files if files["manifest.json"] == b"[]" else packed.fitted(files))
    refused(target)
    assert main(["verify", str(target), "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    codes = {told.get("code"), *(one["code"] for one in told["files"])}
    assert any(found and found.startswith(code) for found in codes), codes


def test_pins_of_other_keys(bought, pack, refused, tmp_path, capsys):
    other = strict.canonical({"threshold": 1, "keys": [(bought.folder / "root-2.pub").read_text()]})
    fingerprint = sha256(members(pack)["trust/pins.json"]).hexdigest()
    target = tmp_path / "changed.zip"
    told = refused(altered(pack, target, lambda files: files.update({"trust/pins.json": other}), covered=True))
    assert "no trust policy signed by the root keys that came with it" in told
    assert "verifier trust init" not in told
    for named, code in ((sha256(other).hexdigest(), "pack-roots"), (fingerprint, "pins")):
        assert main(["verify", str(target), "--pins", named, "--json"]) == 4
        assert json.loads(capsys.readouterr().out)["code"] == code


def test_a_signature_of_another_statement(pack, refused, tmp_path):
    def change(files) -> None:
        one, other = (json.loads(files[the(files, f"statements/{kind}")]) for kind in ("decision", "certification"))
        one["dsseEnvelope"]["signatures"] = other["dsseEnvelope"]["signatures"]
        files[the(files, STATEMENT)] = json.dumps(one, sort_keys=True, separators=(",", ":")).encode()

    assert "(signature)" in refused(altered(pack, tmp_path / "changed.zip", change, covered=True))


def test_pages_of_another_version_are_not_believed(pack, tmp_path, capsys):
    def change(files) -> None:
        document = json.loads(files["manifest.json"])
        files["manifest.json"] = json.dumps({**document, "made": {"verifier": "0.0.1"}}).encode()
        files["README.md"] += b"Pay at once."

    assert main(["verify", str(altered(pack, tmp_path / "old.zip", change, covered=True))]) == 0
    assert "were not made again: believe the statements alone" in capsys.readouterr().out


# Made to do harm -----------------------------------------------------------------------------------------------------------


def zipped(path, *members_: tuple[str | zipfile.ZipInfo, bytes], **how):
    with zipfile.ZipFile(path, "w", **how) as archive:
        for name, content in members_:
            archive.writestr(name, content)
    return path


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("trust/pins.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted(raw: bytes) -> bytes:
    """The flag that says so, in both places."""
    changed = bytearray(raw)
    for begin, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[raw.index(begin) + at] |= 1
    return bytes(changed)


def test_zips_that_are_not_of_this_form(refused, tmp_path):
    target = tmp_path / "harm.zip"
    told = [
        refused(zipped(target, ("manifest.json", b"0" * 50_000_000), compression=zipfile.ZIP_DEFLATED)),
        refused(zipped(target, ("manifest.json", b"{}"), compression=zipfile.ZIP_LZMA)),
        refused(zipped(target, ("manifest.json", b"{}"))),
        refused(zipped(target, (link(), b"/etc/passwd"))),
    ]
    assert [NOT_OURS in one for one in told] == [True] * 4
    assert "The pack has no 'manifest.json'" in refused(zipped(target))
    target.write_bytes(b"no zip at all, but long enough to be one by its length")
    assert "it is no zip" in refused(target)


def test_an_encrypted_member(refused, tmp_path):
    target = written(tmp_path / "harm.zip", {"manifest.json": b"{}"})
    target.write_bytes(encrypted(target.read_bytes()))
    assert "encrypted" in refused(target)


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "/etc/passwd",
        "a/../../up",
        "a//b",
        "./a",
        "a/.",
        "C:\\up",
        "a\\..\\up",
        "con\x00",
        "a\nb",
        "a ",
        "a.",
        "",
        "x" * 300,
    ],
    ids=ascii,
)
def test_unsafe_names(refused, tmp_path, name):
    assert "a member with an unsafe name" in refused(
        written(tmp_path / "harm.zip", {name: b"", "manifest.json": b"{}"})
    )


@pytest.mark.parametrize(("one", "other"), [("a/B", "a/b"), ("é", "e\u0301"), ("straße", "STRASSE")], ids=ascii)
def test_names_that_some_machine_takes_for_one(refused, tmp_path, one, other):
    told = refused(written(tmp_path / "harm.zip", {one: b"", other: b"", "manifest.json": b"{}"}))
    assert "two members that some machines take for one" in told


def test_a_name_twice(refused, tmp_path):
    first = Member("manifest.json", 2, 2745614147)
    both = (first, Member(first.name, first.size, first.crc, first.end))
    raw = b"".join(form.before(one) + b"{}" for one in both) + form.after(both)
    (tmp_path / "harm.zip").write_bytes(raw)
    assert "take for one" in refused(tmp_path / "harm.zip")


def test_too_many_members(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(form, "MEMBERS", 3)
    assert "at most" in refused(written(tmp_path / "harm.zip", {str(one): b"" for one in range(4)}))


def test_sizes_that_lie(refused, tmp_path):
    """One of 4 GB that is not there, members that lie over one another, and the marks of the format's later additions."""
    target = tmp_path / "harm.zip"
    member = Member("manifest.json", 0xFFFF_FFF0, 0)
    target.write_bytes(form.before(member) + form.after((Member("manifest.json", 4, 0),)))
    assert NOT_OURS in refused(target)
    listed = bytearray(form.after((Member("manifest.json", 4, 0),)))
    listed[20:28] = struct.pack("<2I", member.size, member.size)
    target.write_bytes(form.before(member) + bytes(4) + listed)
    assert NOT_OURS in (told := refused(target)) or "A pack has at most" in told
    one, other = Member("a", 40, 0), Member("b", 40, 0)
    target.write_bytes(form.before(one) + bytes(40) + form.after((one, other)))
    assert NOT_OURS in refused(target)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0)
    target.write_bytes(end)
    assert NOT_OURS in (told := refused(target)) or "A pack has at most" in told


def test_deep_and_large_documents(refused, tmp_path):
    said = {
        b"[" * 100_000: "nested over",
        b'{"schema":"https://w3id.org/verifier/pack/v1"}': "no manifest of an audit pack",
        b"\xff": "not text in UTF-8",
        b"": "not JSON",
    }
    for content, words in said.items():
        assert words in refused(written(tmp_path / "harm.zip", {"manifest.json": content}))


def test_what_is_held_at_once_has_a_limit(pack, refused, monkeypatch):
    from verifier.procurement.pack import opening

    monkeypatch.setattr(opening, "HELD", 100)
    assert "at most" in refused(pack)


def test_a_pipe_is_not_waited_for(tmp_path):
    import os

    os.mkfifo(tmp_path / "harm.zip")
    assert main(["verify", str(tmp_path / "harm.zip")]) == 2
    assert main(["verify", str(tmp_path / "nowhere.zip")]) == 2


def test_more_than_a_pack_can_be_is_not_written():
    with pytest.raises(TrustError) as caught:
        form.placed([Member("a", form.MOST, 0)])
    assert caught.value.code == "pack-size"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_and_nothing_else_goes_wrong(raw):
    for whole in (raw, raw + form.after(()), form.before(Member("a", 0, 0)) + raw + form.after((Member("a", 0, 0),))):
        with contextlib.suppress(TrustError):
            assert not form.read(io.BytesIO(whole)) or not raw


@given(st.dictionaries(st.from_regex("[a-z]{1,8}", fullmatch=True), st.binary(max_size=50), max_size=6), st.data())
def test_one_byte_of_the_zip_itself_makes_it_another(tmp_path_factory, files, data):
    raw = written(tmp_path_factory.mktemp("zip") / "a.zip", files).read_bytes()
    found = form.read(io.BytesIO(raw))
    assert [one.name for one in found] == sorted(files)
    contents = {at for one in found for at in range(one.content, one.end)}
    place = data.draw(st.sampled_from([at for at in range(len(raw)) if at not in contents]))
    changed = bytearray(raw)
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(TrustError):
        Pack(io.BytesIO(changed)).digests()


def test_every_zip_reader_sees_the_same(pack):
    with zipfile.ZipFile(io.BytesIO(pack.read_bytes())) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    with pack.open("rb") as stream:
        assert [one.name for one in form.read(stream)] == names == sorted(names)
