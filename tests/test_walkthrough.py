"""The three purchases of docs/walkthrough.md, as they stand there: a real project, from a real server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from support.git_repository import Repository
from support.git_server import git_server
from support.ocds import schema_errors
from support.page import blocks, shell
from support.payer import payer
from support.sdists import delivered

PAGE = (Path(__file__).parents[1] / "docs" / "walkthrough.md").read_text("utf-8")
ENV = {"VERIFIER_RECORD": "record", "VERIFIER_LEDGER_KEY": "file:ledger.key"}
ASKS = ("verifier assess", "verifier gate", "verifier record open")
pytestmark = [pytest.mark.network, pytest.mark.long]


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict[str, list[str]]:
    """Each command without what is filled in -> what it printed, each time."""
    desk, served = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("served")
    commands = list(_commands())
    printed = {commands[0][0]: [_typed(commands[0], desk, {}, {})]}  # the keys: the payer knows the gate's
    gate, folder = (desk / "gate.pub").read_text(), tmp_path_factory.mktemp("payer") / "desk"
    with git_server(served, tmp_path_factory.mktemp("keys")) as server, payer(folder, gate) as there:
        first, second = _commits(tmp_path_factory.mktemp("project"), served)
        words = {"REPOSITORY": server.url("signed.git"), "FIRST": first, "SECOND": second, "ENDPOINT": there.url}
        for content in blocks(PAGE, "yaml"):
            (desk / content.split()[1]).write_text(_filled(content, words))
        for line, code in commands[1:]:
            ours = dict(ENV) if (desk / "record").exists() else {}
            asked = f"{line} --ca {server.ca}" if line.startswith(ASKS) else line
            printed.setdefault(line, []).append(_typed((asked, code), desk, words, ours))
        printed["paid"] = there.paid()
        printed["published"] = [
            wrong
            for path in sorted((desk / "published").rglob("ocds-*.json"))
            for wrong in schema_errors(json.loads(path.read_text()))
        ]
        return printed


def _typed(command: tuple[str, int], desk: Path, words: dict[str, str], ours: dict[str, str]) -> str:
    """What a command printed, which ended as the page says."""
    line, code = command
    done = shell(_filled(line, words), desk, **ours)
    assert done.returncode == code, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def _commits(folder: Path, served: Path) -> tuple[str, str]:
    """Of the project without its licence file, and with it."""
    project = Repository(delivered("itsdangerous", folder))
    licence = project.path / "LICENSE.txt"
    content = licence.read_bytes()
    licence.unlink()
    first = project.commit()
    second = project.commit({"LICENSE.txt": content})
    project.bare(served / "signed.git")
    return first, second


def _filled(text: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        text = text.replace(name, value)
    return text


def _commands() -> Iterator[tuple[str, int]]:
    """Each line with the exit code that the page gives it."""
    for line in "".join(blocks(PAGE, "sh")).splitlines():
        command, _, code = line.partition("   # exit code ")
        yield command, int(code or 0)


def printed(told: dict[str, list[str]], start: str, time: int = 0) -> str:
    return next(found for line, found in told.items() if line.startswith(start))[time]


def test_an_amendment_is_shown_before_it_is_signed(told):
    assert "requirements/expire/text/en: nothing → A signature expires." in printed(told, "verifier record amend")
    assert "amended 1 time" in printed(told, "verifier record show MA-2026-014")


def test_the_first_round_is_rejected_for_what_is_missing(told):
    assert re.search(r"licence.file: unmet", printed(told, "verifier accept --contract MA-2026-014"))


def test_the_redelivery_is_released_paid_and_listed(told):
    assert printed(told, "verifier gate --contract MA-2026-014").startswith("Pay.")
    shown = printed(told, "verifier record show MA-2026-014", 1)
    assert "m1: paid, round 2" in shown
    assert "listed" in shown


def test_the_payer_was_told_of_each_release_once(told):
    assert len(told["paid"]) == len(set(told["paid"])) == 2
    assert all(amount in printed(told, "verifier record request") for amount in ("6,500.00", "845.00", "7,345.00"))


def test_it_is_published_listed_and_packed(told):
    assert "open to everybody: met" in printed(told, "verifier record open")
    entry = yaml.safe_load(printed(told, "verifier export ore"))
    assert entry["releases"][0]["licences"][0]["spdxID"] == "BSD-3-Clause"
    assert "it holds" in printed(told, "verifier verify MA-2026-014.zip")
    assert "contracts: 1" in printed(told, "verifier record export ocds")
    assert told["published"] == []


def test_the_next_round_is_compared_with_the_one_before(told):
    assert "rejected → pending" in printed(told, "verifier diff")


def test_a_milestone_is_accepted_with_a_waiver_and_the_other_is_ended(told):
    assert "tests.coverage: waived" in printed(told, "verifier accept --contract MA-2026-015")
    shown = printed(told, "verifier record show MA-2026-015")
    assert "m1: payable" in shown
    assert "m2: terminated" in shown
    assert "delivered is no move from here; milestone m2: terminated" in printed(
        told, "verifier record event MA-2026-015 delivered"
    )


def test_what_is_late_is_said_and_what_never_came_is_ended(told):
    assert "late since 2026-02-28" in printed(told, "verifier record show MA-2026-016")
    assert re.search(r"MA-2026-016 .* not delivered", printed(told, "verifier record list"))
