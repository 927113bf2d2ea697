"""A desk with a procurement record: everybody has a key, there is a policy and a ledger, and all that is signed is filed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.desks import COMMIT, Desk, keyed, write_report

ID = "MA-2026-014"
FILED = ("--record", "record", "--ledger-key", "file:ledger.key", "--yes")


class Recorded(Desk):
    """Each method is one command of a person; it fails where the command does."""

    def signed_by(self, by: str, *words: str, code: int = 0) -> str:
        """Gives what was said on standard error."""
        told = self.run(*words, "--key", f"file:{by}.key", *FILED)
        assert told[0] == code, (words, told)
        return told[2]

    def award(self) -> None:
        self.signed_by("requester", "sign", "contract.yml")
        (draft,) = self.contract_files()
        self.signed_by("supplier", "sign", str(draft))

    def contract_files(self) -> list[Path]:
        return sorted(self.place().glob("contract-*"))

    def place(self, contract: str = ID) -> Path:
        return self.folder / "record" / "contracts" / contract.lower()

    def event(self, by: str, what: str, *words: str, code: int = 0) -> str:
        return self.signed_by(by, "record", "event", ID, what, *words, code=code)

    def assess(self, round_: int = 1, commit: str = COMMIT, milestone: str = "", **outcomes: str) -> Path:
        """Signs an official report with these outcomes, and gives the filed assessment."""
        write_report(self, commit, **outcomes)
        before = set(self.place().glob("assessment-*"))
        part = ("--round", str(round_), *(("--milestone", milestone) if milestone else ()))
        self.signed_by("assessor", "sign", "report.json", "--contract", str(self.place()), *part)
        (made,) = set(self.place().glob("assessment-*")) - before
        return made

    def decide(self, assessment: Path, how: str = "--met") -> None:
        self.signed_by("assessor", "decide", str(assessment), "requirements", how, "--rationale", "Tried.")

    def accept(self, code: int = 0) -> None:
        self.signed_by("assessor", "accept", "--contract", ID, code=code)

    def certify(self) -> None:
        self.signed_by("certifier", "certify", "--contract", ID, "--amount", "7345.00", "--invoice", "2026-17")

    def gate(self, code: int = 0, *words: str) -> dict[str, Any]:
        asked = ("gate", "--contract", ID, "--json", "--key", "file:gate.key", *FILED[:-1], *words)
        told = self.run(*asked)
        assert told[0] == code, told
        return dict(json.loads(told[1]))

    def show(self) -> dict[str, Any]:
        return dict(json.loads(self.done("record", "show", ID, "--json", "--record", "record")))

    def state(self) -> str:
        return str(self.show()["state"])


def begun(folder: Path, **how: Any) -> Recorded:
    """Nothing is agreed yet."""
    desk = Recorded(keyed(folder, **how).folder)
    desk.done("trust", "init", "roster.yml", "--key", "file:root.key", "--yes")
    desk.done("record", "init", "record")
    return desk
