"""`record new` as people use it: a draft is written whole or not at all, listed as posted, and signed from where it lies."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import sys

import pytest
import yaml
from support.opportunities import ENGLISH, posted
from support.recorded import FILED, begun

REST = ("--supplier", "s.dev", "--requester", "r.client", "--payee", "Example Code Co-operative", "--licence", "MIT")
WHOLE = (*REST, "--repository", "https://127.0.0.1:9/parcels.git", "--awarded", "2026-01-01", "--ends", "2999-01-01")
NEW = ("record", "new", "--record", "record", "--id", "MA-2026-020")
DRAFT = "record/contracts/ma-2026-020/contract.yml"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
        monkeypatch.delenv(name, raising=False)
    return begun(tmp_path)


def listed(desk, *words):
    return json.loads(desk.done("record", "list", *words, "--json", "--record", "record"))


def test_a_draft_is_posted_until_it_is_signed(desk):
    code, _, told = desk.run(*NEW, *posted(desk.folder), *WHOLE)
    assert code == 0
    assert f"then: verifier sign {DRAFT} --record record --key" in told
    (row,) = listed(desk)
    assert (row["id"], row["state"], row["total"], row["due"]) == ("MA-2026-020", "posted", 734_500, "2026-02-23")
    shown = json.loads(desk.done("record", "show", "ma-2026-020", "--json", "--record", "record"))
    assert (shown["state"], shown["missing"], shown["terms"]["payee"]) == ("posted", [], "Example Code Co-operative")
    assert "a draft, which nobody has signed" in desk.done("record", "show", "MA-2026-020", "--record", "record")
    desk.signed_by("requester", "sign", DRAFT)
    assert [(one["id"], one["state"], one["profile"]) for one in listed(desk)] == [
        ("MA-2026-020", "posted", "micro-ca")
    ]
    assert "signed by r.client" in desk.done("record", "show", "MA-2026-020", "--record", "record")
    (half,) = desk.folder.glob("record/contracts/ma-2026-020/contract-*")
    desk.signed_by("supplier", "sign", str(half))
    assert [one["state"] for one in listed(desk)] == ["awarded"]


def test_drafts_are_among_the_others_in_their_place(desk):
    desk.award()
    for name in ("MA-2026-013", "MA-2026-015"):
        desk.done("record", "new", "--record", "record", "--id", name, *posted(desk.folder))
    assert [one["id"] for one in listed(desk)] == ["MA-2026-013", "MA-2026-014", "MA-2026-015"]
    assert [one["id"] for one in listed(desk, "--after", "MA-2026-013")] == ["MA-2026-014", "MA-2026-015"]
    assert [one["id"] for one in listed(desk, "--state", "awarded")] == ["MA-2026-014"]
    assert [one["id"] for one in listed(desk, "--state", "posted")] == ["MA-2026-013", "MA-2026-015"]
    assert [one["id"] for one in listed(desk, "des colis", "--due-before", "2026-02-24")] == [
        "MA-2026-013",
        "MA-2026-015",
    ]
    assert listed(desk, "--due-before", "2026-02-23") == []
    assert listed(desk, "--supplier", "s.other") == []


def test_a_draft_is_no_contract_of_the_index(desk):
    desk.award()
    desk.done(*NEW, *posted(desk.folder))
    told = desk.run("record", "rebuild", "--record", "record")
    assert told[2] == "1 contract indexed.\n"


def test_a_draft_that_somebody_broke_is_listed_and_shows_where(desk):
    desk.done(*NEW, *posted(desk.folder))
    (desk.folder / DRAFT).write_text("id: [\n")
    assert [one["title_en"] for one in listed(desk)] == ["a draft that cannot be read"]
    code, _, told = desk.run("record", "show", "MA-2026-020", "--record", "record")
    assert (code, f"{DRAFT}:2:1" in told) == (2, True)


def test_what_is_missing_is_said(desk):
    desk.done(*NEW, *posted(desk.folder))
    shown = json.loads(desk.done("record", "show", "MA-2026-020", "--json", "--record", "record"))
    assert shown["missing"] == ["supplier", "requester", "payee", "repository", "licence", "awarded", "ends"]
    code, _, told = desk.run("sign", DRAFT, "--key", "file:requester.key", *FILED)
    assert (code, "contract" in told) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--awarded", "2026-03-01"), "The day of delivery, 2026-02-23, is before the award, 2026-03-01."),
        (("--currency", "ABC"), "ABC is no currency of ISO 4217, such as CAD."),
        (("--currency", "EUR"), "record.yml does not say guardrails: tax: EUR."),
        (("--tax", "5000"), "The price with tax, 11,500.00 CAD, is over the ceiling, 10,000.00 CAD."),
        (("--supplier", "S Dev"), '"supplier" must be lower-case letters'),
        (("--id", "MA-2026-014"), "The record has a contract MA-2026-014 already; give another id."),
        (("--profile", "none-such"), "none-such"),
        (("--criteria", "none-such.yml"), "none-such.yml: there is no such file"),
    ],
)
def test_what_cannot_be_right_leaves_nothing_behind(desk, words, told):
    desk.award()
    files = posted(desk.folder)
    before = desk.files()
    code, _, said = desk.run(*NEW, *files, *words)
    assert (code, told in said, desk.files() == before) == (2, True, True), said
    assert [one.name for one in (desk.folder / "record" / "contracts").iterdir()] == ["ma-2026-014"]


def test_an_opportunity_needs_an_id(desk):
    code, _, told = desk.run("record", "new", "--record", "record", *posted(desk.folder))
    assert (code, "Give --id." in told) == (2, True)


def test_the_currency_of_the_opportunity_is_kept(desk):
    english = ENGLISH.replace("$6,500", "6,500 CAD")
    from support.opportunities import FRENCH

    files = posted(desk.folder, english, FRENCH.replace("6 500$", "6 500 CAD"))
    code, _, told = desk.run(*NEW, *files, "--currency", "EUR")
    assert (code, "The opportunity is in CAD." in told) == (2, True)
    assert desk.run(*NEW, *files)[0] == 0


def test_criteria_of_the_buyers_own_lie_beside_it(desk):
    desk.done("criteria", "new", "mine.yml")
    code, _, told = desk.run(*NEW, *posted(desk.folder), *WHOLE, "--criteria", "mine.yml")
    assert code == 0
    beside = "record/contracts/ma-2026-020/criteria.yml"
    assert (desk.folder / beside).read_bytes() == (desk.folder / "mine.yml").read_bytes()
    assert f"--criteria {beside}" in told
    desk.signed_by("requester", "sign", DRAFT, "--criteria", beside)
    assert [one["profile"] for one in listed(desk)] == ["my-micro-ca"]


def test_criteria_with_files_beside_them_are_not_half_kept(desk):
    (desk.folder / "mine-list.yml").write_text("rules: [{rule: 'bandit:B602', reason: {en: a, fr: b}}]\n")
    criteria = {
        "profile": "mine",
        "version": 1,
        "extends": "micro-ca",
        "criteria": [{"id": "security.blocking", "blocking": "mine-list.yml"}],
    }
    (desk.folder / "mine.yml").write_text(yaml.safe_dump(criteria))
    assert desk.run("criteria", "check", "mine.yml")[0] == 0
    code, _, told = desk.run(*NEW, *posted(desk.folder), "--criteria", "mine.yml")
    assert (code, "mine.yml names lists that lie beside it" in told) == (2, True)
    assert not (desk.folder / "record" / "contracts").exists()


def test_a_profile_is_told_on(desk):
    _, _, told = desk.run(*NEW, *posted(desk.folder), "--profile", "qasp-18f")
    assert f"verifier sign {DRAFT} --profile qasp-18f --record record" in told


def test_nobody_is_asked_where_nobody_is(desk, monkeypatch):
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115, PTH123
    code, _, told = desk.run(*NEW)
    assert (code, "Nobody is there to be asked" in told) == (2, True)


def at_a_terminal(desk, *typed: bytes) -> tuple[int, str]:
    """The command with a terminal of its own, each answer typed to a question: exit code, and all that stood on it."""
    child, terminal = pty.fork()
    if not child:  # pragma: no cover - another process
        os.chdir(desk.folder)
        os.execv(sys.executable, [sys.executable, "-m", "verifier", "record", "new", "--record", "record"])  # noqa: S606
    shown = b""
    for one in typed:
        shown += _until(terminal, child, b": ")
        os.write(terminal, one)
    shown += _until(terminal, child, b"")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


def _until(terminal: int, child: int, end: bytes) -> bytes:
    """What is shown up to the next question, or all that is still to come."""
    shown = b""
    while not (end and shown.endswith(end)):
        if not select.select([terminal], [], [], 60)[0]:
            os.kill(child, signal.SIGKILL)
        try:
            part = os.read(terminal, 1)
        except OSError:  # the other end is closed
            break
        shown += part
    return shown


def test_a_contract_is_asked_for_at_a_terminal(desk, monkeypatch):
    root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))  # noqa: PTH120
    monkeypatch.setenv("PYTHONPATH", root)
    answers = ["MA-2026-020", "Rates", "Tarifs", "a lot", "6500", *[""] * 10, "It works", "Cela marche", ""]
    code, shown = at_a_terminal(desk, *(f"{one}\n".encode() for one in answers))
    assert code == 0, shown
    assert "a lot is not an amount such as 6500.00." in shown
    assert (desk.folder / DRAFT).is_file()
    assert [one["title_fr"] for one in listed(desk)] == ["Tarifs"]


@pytest.mark.parametrize(("key", "code"), [(b"\x03", 130), (b"\x04", 2)])
def test_who_stops_leaves_nothing_behind(desk, monkeypatch, key, code):
    root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))  # noqa: PTH120
    monkeypatch.setenv("PYTHONPATH", root)
    before = desk.files()
    found, shown = at_a_terminal(desk, b"MA-2026-020\n", b"Rates\n", key)
    assert (found, desk.files() == before) == (code, True), shown
    assert not (desk.folder / "record" / "contracts").exists()
