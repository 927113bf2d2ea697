"""A desk whose milestone is certified, and a payer that waits for its release.

desk = certified(folder)
named(desk, payer.url)             # record.yml says where releases are posted
desk.gate()
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.desks import COMMIT, PASSPHRASE
from support.recorded import ID, Recorded, begun

from verifier.cli import gate as cli_gate
from verifier.gate.known import Seen

TOKEN = "PAYER_TOKEN"
"""The variable of the environment that holds the payer's token, and what it holds in tests."""
RECORD = ("--record", "record")


def typed(patch: pytest.MonkeyPatch) -> None:
    """What the commands find in the environment; the repository is there, and the commit is merged."""
    patch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
    patch.setenv(TOKEN, TOKEN)
    patch.setenv("LANG", "en_CA.UTF-8")
    for name in ("LC_ALL", "VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
        patch.delenv(name, raising=False)
    patch.setattr(cli_gate, "_look", lambda *_: Seen(reachable=True, merged=True, head=COMMIT))


def certified(folder: Path, **terms: Any) -> Recorded:
    """`terms` are what the contract says besides."""
    desk = begun(folder)
    path = folder / "contract.yml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **terms}))
    desk.award()
    desk.decide(desk.assess())
    desk.accept()
    desk.certify()
    return desk


def copied(desk: Recorded, folder: Path) -> Recorded:
    return Recorded(Path(shutil.copytree(desk.folder, folder)))


def named(desk: Recorded, endpoint: str, **posting: int) -> None:
    """The payer of the record, or none, and how it is posted."""
    path = desk.folder / "record" / "record.yml"
    said = yaml.safe_load(path.read_text())
    rules = {name.replace("_", "-"): value for name, value in posting.items()}
    payer = {"payer": {"endpoint": endpoint, "token": TOKEN}} if endpoint else {}
    kept = {"ledger": said["ledger"]}
    path.write_text(yaml.safe_dump({**kept, **payer, "posting": rules}))


def pem(desk: Recorded) -> str:
    """The gate's public key."""
    return (desk.folder / "gate.pub").read_text()


def posts(desk: Recorded) -> list[dict[str, Any]]:
    """What `record show` says of them."""
    return list(desk.show()["posts"])


def said(desk: Recorded, *words: str, code: int = 0) -> str:
    """What `record post` says on standard error."""
    told = desk.run("record", "post", *words, *RECORD)
    assert told[0] == code, told
    return told[2]


__all__ = ["ID", "RECORD", "TOKEN", "certified", "copied", "named", "pem", "posts", "said", "typed"]
