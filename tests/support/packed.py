"""Audit packs of a whole purchase, and the same packs as somebody would alter them."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.desks import write_report
from support.git_server import GitServer
from support.recorded import ID, Recorded, begun

from verifier.procurement.pack import form
from verifier.procurement.pack.form import Member
from verifier.procurement.pack.manifest import NAME, SUMS, sums

OUTPUT = b'{"results": ["' + b"x" * 3_000_000 + b'"]}'
"""What a tool wrote: larger than what is read at once."""
Change = Callable[[dict[str, bytes]], object]


def purchase(folder: Path, server: GitServer, commit: str) -> Recorded:
    """From award to release, each step in the record. There are two versions of the policy."""
    desk = begun(folder, repository=server.url("parcels.git"))
    desk.award()
    desk.event("supplier", "delivered", "--reference", commit)
    assessment = assess(desk, commit)
    desk.decide(assessment)
    desk.accept()
    desk.certify()
    desk.done("trust", "add", "roster.yml", "--key", "file:root.key", "--yes")
    desk.gate(0, "--ca", str(server.ca))
    return desk


def assess(desk: Recorded, commit: str) -> Path:
    """Signs a report that names the raw output of a tool beside it."""
    write_report(desk, commit)
    output = desk.folder / "evidence" / "tests" / "results.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(OUTPUT)
    report = json.loads((desk.folder / "report.json").read_bytes())
    named = {"name": "tests/results.json", "mediaType": "application/json", "sha256": sha256(OUTPUT).hexdigest()}
    (desk.folder / "report.json").write_text(json.dumps({**report, "evidence": [named]}))
    desk.signed_by("assessor", "sign", "report.json", "--contract", str(desk.place()))
    (made,) = desk.place().glob("assessment-*")
    return made


def pack(desk: Recorded, name: str = "pack.zip") -> Path:
    desk.done("record", "pack", ID, "--record", "record", "--output", name)
    return desk.folder / name


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path: Path, files: Mapping[str, bytes]) -> Path:
    """In the one form of a pack, whatever is in it."""
    crcs = (Member(name, len(content), zlib.crc32(content)) for name, content in files.items())
    placed: list[Member] = []
    for one in sorted(crcs, key=lambda one: one.name):
        placed.append(Member(one.name, one.size, one.crc, placed[-1].end if placed else 0))
    path.write_bytes(b"".join(form.before(one) + files[one.name] for one in placed) + form.after(placed))
    return path


def altered(source: Path, target: Path, change: Change, *, covered: bool = False) -> Path:
    """A pack with some members other; `covered`: with digests that fit, as who knows what they do would make it."""
    files = members(source)
    change(files)
    return written(target, fitted(files) if covered else files)


def fitted(files: dict[str, bytes]) -> dict[str, bytes]:
    inner = {name: content for name, content in files.items() if name not in (NAME, SUMS)}
    files[SUMS] = sums({name: sha256(content).hexdigest() for name, content in inner.items()})
    document: dict[str, Any] = json.loads(files[NAME])
    listed = {name: sha256(content).hexdigest() for name, content in sorted(files.items()) if name != NAME}
    files[NAME] = json.dumps({**document, "files": listed}, indent=1, ensure_ascii=False).encode() + b"\n"
    return files
