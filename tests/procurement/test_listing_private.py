"""A listing names the contracting party and the buyer's mailbox, and nobody else: markers lie everywhere, none comes out."""

from __future__ import annotations

import base64
import json

import pytest
from support.accepted import LISTING, accepted, listing, organised
from support.desks import ROSTER, write_report
from support.git_repository import ENVIRONMENT, Repository
from support.recorded import ID, begun

MARK = "zqmark"
PEOPLE = [one["id"] for one in ROSTER["people"] if one["id"] != "desk"]
FILES = {
    "LICENSE": f"MIT, {MARK}-copyright",
    "AUTHORS": f"{MARK}-author <{MARK}@example.org>",
    "README.md": f"# {MARK}-readme",
    f"{MARK}.py": f"# {MARK}-comment",
    "publiccode.yml": f"maintenance: {{contacts: [{{name: {MARK}-contact}}]}}",
    "pyproject.toml": f"[project]\nauthors = [{{name = '{MARK}-metadata'}}]\n",
}


def history(folder, monkeypatch) -> str:
    """Two commits whose author, committer and message are marked; the branch and the tag are, too."""
    folder.mkdir()
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setitem(ENVIRONMENT, name, f"{MARK} person")
    for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setitem(ENVIRONMENT, name, f"{MARK}@example.org")
    made = Repository(folder)
    made.git("init", "--quiet", f"--initial-branch={MARK}-branch")
    made.commit({"LICENSE": "MIT"})
    made.write(FILES)
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", f"{MARK}-message\n\nCo-authored-by: {MARK} two <{MARK}-2@example.org>")
    made.git("tag", "-a", f"{MARK}-tag", "-m", f"{MARK}-tagged")
    return made.git("rev-parse", "HEAD")


def marked_report(desk, commit: str) -> None:
    """An official report with marks wherever a person or a tool could have written."""
    write_report(desk, commit)
    path = desk.folder / "report.json"
    report = json.loads(path.read_text())
    report["delivery"]["authors"] = [MARK.encode().hex().ljust(64, "0")]
    report["steering"] = [{"path": f"{MARK}-steering", "line": 1, "what": f"{MARK}-setting"}]
    path.write_text(json.dumps(report))


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
        monkeypatch.delenv(name, raising=False)
    commit = history(tmp_path / "clone", monkeypatch)
    desk = begun(tmp_path, repository="https://github.com/example/parcels")
    desk.award()
    desk.event("requester", "extended", "--until", "2999-01-01", "--note", f"{MARK}-extended")
    desk.event("supplier", "delivered", "--reference", commit, "--note", f"{MARK}-delivered")
    marked_report(desk, commit)
    desk.signed_by("assessor", "sign", "report.json", "--contract", str(desk.place()))
    (assessment,) = desk.place().glob("assessment-*")
    decide = ("decide", str(assessment), "requirements", "--met", "--rationale", f"{MARK}-rationale")
    desk.signed_by("assessor", *decide)
    desk.accept()
    desk.event("supplier", "disputed", "--note", f"{MARK}-dispute")
    desk.event("requester", "resolved", "--note", f"{MARK}-resolved")
    desk.event("requester", "debriefed", "--note", f"{MARK}-debriefed")
    organised(desk)
    return desk


@pytest.mark.parametrize("maintenance", [{"type": "none"}, {"type": "contract", "until": "2027-03-31"}])
def test_nobody_is_named_who_is_no_party(desk, maintenance):
    listing(desk, LISTING | {"maintenance": maintenance})
    for form in ("ore", "publiccode", "codejson"):
        told = desk.run("export", form, ID, "--record", "record", "--repository", "clone")
        assert told[0] == 0, told
        shown = told[1].casefold()
        for word in (MARK, MARK.encode().hex(), *PEOPLE, "dev@example.org"):
            assert word not in shown, (form, word)
        addresses = {word.strip("'\",") for word in shown.split() if "@" in word}
        assert addresses <= {"code@example.org"}, form
        assert ("example code co-operative" in shown) == (form == "publiccode" and maintenance["type"] == "contract")


def test_the_marks_are_where_they_would_come_out(desk):
    """Else the other test proves nothing."""
    envelopes = [json.loads(path.read_text())["dsseEnvelope"] for path in desk.place().glob("*.json")]
    stated = "".join(base64.b64decode(one["payload"]).decode() for one in envelopes)
    for mark in ("extended", "delivered", "rationale", "dispute", "resolved", "debriefed", "steering", "setting"):
        assert f"{MARK}-{mark}" in stated, mark
    for person in PEOPLE[:3]:
        assert person in desk.done("record", "show", ID, "--record", "record")


def test_a_file_of_the_delivery_is_named_only_where_it_is_a_licence(desk):
    listing(desk, LISTING)
    shown = desk.done("export", "ore", ID, "--record", "record", "--repository", "clone")
    assert "/LICENSE" in shown
    assert "AUTHORS" not in shown


def test_what_people_note_later_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    plain = accepted(tmp_path)
    organised(plain)
    listing(plain, LISTING | {"languages": ["Python"]})
    first = [plain.done("export", form, ID, "--record", "record") for form in ("ore", "publiccode")]
    plain.event("requester", "debriefed", "--note", f"{MARK}-later")
    assert [plain.done("export", form, ID, "--record", "record") for form in ("ore", "publiccode")] == first
