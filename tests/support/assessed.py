"""Real projects from their source distributions, each assessed under a signed contract: the dashboard's recorded reports.

    PYTHONPATH=tests python -m support.assessed               # all of them again, one after the other
    PYTHONPATH=tests python -m support.assessed inflection    # or these

Commits are the same each time; times, versions of tools and what is known of vulnerabilities are those of the day.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from support.desks import CONTRACT, PASSPHRASE, Desk, keyed
from support.git_server import git_server
from support.sdists import delivered, git

from verifier.evidence import REPORT

RECORDED = Path(__file__).parents[1] / "dashboard" / "recorded"
PORT = 8443
"""Of the server that the deliveries are read from, so that they have the same addresses each time."""
YEAR = "MA-2026"


@dataclass(frozen=True, slots=True)
class Project:
    """Versions on PyPI, a round each, and the licence that the contract asks for, which is the project's."""

    number: int
    name: str
    versions: tuple[str, ...]
    licence: str

    @property
    def contract(self) -> str:
        return f"{YEAR}-{self.number}"

    @property
    def repository(self) -> str:
        return f"https://localhost:{PORT}/{self.name}.git"

    @property
    def title(self) -> dict[str, str]:
        return {"en": f"{self.name}, checked as delivered", "fr": f"{self.name}, vérifié tel que livré"}

    def reports(self) -> tuple[Path, ...]:
        """The recorded report of each round."""
        return tuple(RECORDED / f"{self.name}-{version}" / REPORT for version in self.versions)


PROJECTS = (
    Project(101, "itsdangerous", ("2.2.0",), "BSD-3-Clause"),
    Project(102, "termcolor", ("1.1.0", "2.5.0"), "MIT"),
    Project(103, "untangle", ("1.1.1", "1.2.1"), "MIT"),
    Project(104, "inflection", ("0.5.1",), "MIT"),
    Project(106, "pyperclip", ("1.8.2",), "BSD-3-Clause"),
    Project(107, "iniconfig", ("2.1.0",), "MIT"),
    Project(108, "ratelimit", ("2.2.1",), "MIT"),
    Project(109, "shortuuid", ("1.0.13",), "BSD-3-Clause"),
    Project(116, "humanize", ("0.5.1", "4.17.0"), "MIT"),
    Project(118, "blinker", ("1.9.0",), "MIT"),
)


def record(project: Project, folder: Path) -> None:
    """Assesses every version and keeps the reports."""
    desk = _agreed(project, folder)
    repository = delivered(project.name, folder / "delivered", *project.versions)
    commits = git(repository, "rev-list", "--reverse", "HEAD").split()
    git(folder, "clone", "-q", "--bare", str(repository), str(folder / "served" / f"{project.name}.git"))
    with git_server(folder / "served", folder, PORT) as server:
        for commit, target in zip(commits, project.reports(), strict=True):
            words = ("--contract", "chain", "--trust", "trust", "--ca", str(server.ca), "--output", f"folder={commit}")
            code, out, err = desk.run("assess", f"{project.repository}@{commit}", *words)
            assert (desk.folder / commit / REPORT).is_file(), (code, out, err)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(desk.folder / commit / REPORT, target)


def _agreed(project: Project, folder: Path) -> Desk:
    """Everybody has a key, and both parties signed the contract."""
    for name in ("desk", "delivered", "served", "desk/chain"):
        (folder / name).mkdir()
    desk = keyed(folder / "desk", project.repository)
    terms: dict[str, Any] = {"id": project.contract, "title": project.title, "licence": project.licence}
    contract = CONTRACT | {"repository": project.repository} | terms
    (desk.folder / "contract.yml").write_text(yaml.safe_dump(contract))
    desk.done("trust", "init", "roster.yml", "--key", "file:root.key", "--yes")
    desk.signed("sign", "contract.yml", by="requester", to="chain/contract-requester")
    desk.signed("sign", "chain/contract-requester.sigstore.json", by="supplier", to="chain/contract-supplier")
    return desk


def main(names: list[str]) -> None:
    os.environ["VERIFIER_PASSPHRASE"] = PASSPHRASE
    for project in PROJECTS:
        if not names or project.name in names:
            with tempfile.TemporaryDirectory(prefix="assessed-") as temporary:
                record(project, Path(temporary))
            sys.stderr.write(f"{project.name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
