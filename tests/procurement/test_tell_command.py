"""People are told what waits for them, once, by mail and by webhook, in their language; what fails is tried again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.desks import PASSPHRASE
from support.earlier import back
from support.mail_server import serving
from support.recorded import ID, Recorded, begun

from verifier.render.message import to_message
from verifier.words import in_language

VARIABLES = ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD")
ALL_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
PEOPLE = [
    {"id": "a.tech", "address": "a.tech@example.org", "language": "en"},
    {"id": "c.manager", "address": "c.manager@example.org", "language": "fr"},
    {"id": "r.client", "address": "r.client@example.org"},
    {"id": "desk", "address": "desk@example.org", "language": "en"},
]
SUPPLIER = {"id": "s.dev", "address": "s.dev@example.org", "language": "fr"}


@pytest.fixture(scope="module", autouse=True)
def environment():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory, environment):
    """A desk on which nothing is agreed yet."""
    return begun(tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def second(first, tmp_path_factory):
    """Awarded and delivered."""
    made = copied(first, tmp_path_factory.mktemp("second"))
    made.award()
    deliver(made)
    return made


@pytest.fixture(scope="module")
def third(second, tmp_path_factory):
    """Assessed, rejected, and the report kept."""
    made = copied(second, tmp_path_factory.mktemp("third"))
    assessment = made.assess(1, security_blocking="unmet")
    made.done(
        "record", "file", str(assessment), "--evidence", ".", "--record", "record", "--ledger-key", "file:ledger.key"
    )
    made.decide(assessment)
    made.accept(code=1)
    return made


@pytest.fixture
def desk(first, tmp_path):
    return copied(first, tmp_path)


@pytest.fixture
def delivered(second, tmp_path):
    return copied(second, tmp_path)


@pytest.fixture
def rejected(third, tmp_path):
    return copied(third, tmp_path)


def copied(desk: Recorded, folder: Path) -> Recorded:
    return Recorded(desk.copy(folder).folder)


def report(desk: Recorded) -> dict[str, Any]:
    return dict(json.loads((desk.folder / "report.json").read_text()))


@pytest.fixture
def mail():
    with serving() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Any]:
    """What a receiver on loopback was posted; `answers` are the status codes that it gives, then 200."""
    posted: list[dict[str, Any]] = []
    answers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = answers.pop(0) if answers else 200
            if status == 200:
                assert self.headers["Content-Type"] == "application/json"
                posted.append({"path": self.path, "token": self.headers["Authorization"], **json.loads(body)})
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], posted, answers
        server.shutdown()


def notices(desk, server, **more: Any) -> None:
    """What the record says of telling; no hour is quiet unless `more` says so."""
    email = {"server": f"127.0.0.1:{server.port}", "from": "record@example.org", "security": "none"}
    said = {"quiet": {}, "digest": "at once", "zone": "UTC", "people": PEOPLE, "email": email, **more}
    path = desk.folder / "record" / "record.yml"
    own = yaml.safe_load(path.read_text())
    path.write_text(
        yaml.safe_dump({**own, "notices": {name: value for name, value in said.items() if value is not None}})
    )


def tell(desk, *words: str, code: int = 0) -> tuple[str, str]:
    told = desk.run("record", "tell", "--record", "record", *words)
    assert told[0] == code, told
    return told[1], told[2]


def deliver(desk, letter: str = "1") -> None:
    desk.event("supplier", "delivered", "--reference", letter * 40)


def test_each_is_told_in_turn_and_nothing_twice(desk, mail):
    notices(desk, mail)
    desk.award()
    assert "0 messages sent" in tell(desk)[1]
    deliver(desk)
    assessment = None
    seen = []
    for step in (None, "assess", "decide", "accept", "certify"):
        if step == "assess":
            assessment = desk.assess()
        elif step == "decide":
            desk.decide(assessment)
        elif step:
            getattr(desk, step)()
        before = len(mail.mails)
        tell(desk)
        seen.append([(one.recipients, one.parsed["Subject"]) for one in mail.mails[before:]])
        tell(desk)
        assert len(mail.mails) == before + len(seen[-1])
    assert seen == [
        [(["a.tech@example.org"], f"{ID}, m1: The delivery waits to be assessed: {'1' * 40}")],
        [(["a.tech@example.org"], f"{ID}, m1: Criterion requirements waits for a decision.")],
        [(["a.tech@example.org"], f"{ID}, m1: The assessment comes to accepted: its report waits to be signed.")],
        [(["c.manager@example.org"], mail.mails[3].parsed["Subject"])],
        [(["desk@example.org"], f"{ID}, m1: The certification is signed: the gate can be asked whether to pay.")],
    ]


def test_a_message_says_what_waits_since_when_and_what_to_do(delivered, mail):
    notices(delivered, mail)
    assessment = delivered.assess()
    tell(delivered)
    (sent,) = mail.mails
    assert (sent.sender, sent.recipients) == ("record@example.org", ["a.tech@example.org"])
    assert sent.parsed["Auto-Submitted"] == "auto-generated"
    assert sent.parsed["Content-Language"] == "en"
    assert f"{ID} · Parcel rates · milestone m1\n  State: assessing, round 1\n" in sent.text
    command = next(line for line in sent.text.splitlines() if "Next: " in line).partition("Next: ")[2]
    assert "OUTCOME is --met or --unmet" in sent.text
    assert command.startswith("verifier decide RECORD/contracts/ma-2026-014/assessment-")
    typed = command.replace("RECORD/", "record/").replace("RECORD", "record").replace("KEY", "file:assessor.key")
    typed = typed.replace("OUTCOME", "--met")
    words = typed.replace('"WHY"', "Tried.").split()
    words[2] = str(next(delivered.folder.glob(words[2])))
    assert words[2] == str(assessment)
    assert delivered.run(*words[1:], "--yes", "--ledger-key", "file:ledger.key")[0] == 0


def test_the_commands_of_a_message_can_be_typed(delivered, mail):
    """Each with the words in capitals filled in, from the first to the last."""
    notices(delivered, mail)
    delivered.decide(delivered.assess())
    filled = {"KEY": "file:assessor.key", "RECORD": "record", "NUMBER": "2026-17"}
    for who in ("assessor", "certifier"):
        tell(delivered)
        line = next(line for line in mail.mails[-1].text.splitlines() if "verifier " in line and "--key" in line)
        words = line[line.index("verifier ") :].split()[1:]
        words = [{**filled, "KEY": f"file:{who}.key"}.get(word, word) for word in words]
        assert delivered.run(*words, "--yes", "--ledger-key", "file:ledger.key")[0] == 0
    assert delivered.state() == "certified"


def test_who_has_no_language_is_told_in_both(desk, mail):
    notices(desk, mail)
    desk.award()
    desk.event("supplier", "disputed", "--note", "It was agreed otherwise.")
    tell(desk)
    (sent,) = mail.mails
    assert sent.recipients == ["r.client@example.org"]
    assert sent.parsed["Content-Language"] == "en, fr"
    assert "Parcel rates" in sent.text
    assert "Tarifs des colis" in sent.text
    assert "It was agreed otherwise" not in sent.text


def test_the_assessor_gets_the_message_to_the_supplier_ready_to_send(rejected, mail):
    notices(rejected, mail)
    document = report(rejected)
    tell(rejected)
    (sent,) = mail.mails
    assert sent.recipients == ["a.tech@example.org"]
    drafts = {one.get_filename(): one.get_content() for one in sent.parsed.iter_attachments()}
    assert drafts == {f"message-1.{one}.txt": to_message(in_language(document, one), one) for one in ("en", "fr")}
    assert "Assessment of parcels" in drafts["message-1.en.txt"]
    assert "Assessment of parcels" not in sent.text


def test_a_supplier_who_is_listed_gets_it_outright_in_their_language(rejected, mail):
    notices(rejected, mail, people=[*PEOPLE, SUPPLIER])
    document = report(rejected)
    tell(rejected)
    (sent,) = mail.mails
    assert sent.recipients == ["s.dev@example.org"]
    (message,) = sent.parsed.iter_attachments()
    assert message.get_content() == to_message(in_language(document, "fr"), "fr")


def test_another_round_is_told_again(rejected, mail):
    notices(rejected, mail, people=[*PEOPLE, SUPPLIER])
    tell(rejected)
    deliver(rejected, "2")
    second = rejected.assess(2, "2" * 40, tests_pass="unmet")
    rejected.decide(second)
    rejected.accept(code=1)
    tell(rejected)
    assert [one.recipients for one in mail.mails] == [["s.dev@example.org"]] * 2


def test_a_report_that_is_not_what_its_name_says_is_sent_to_nobody_and_the_others_are_told(rejected, mail):
    notices(rejected, mail)
    for path in rejected.place().glob("evidence/*"):
        path.write_bytes(b"{}")
    said = tell(rejected, code=4)[1]
    assert "is not what its name says" in said
    assert mail.mails == []


def test_one_who_refuses_does_not_stop_the_others_and_is_tried_again(desk, mail):
    more = {"id": "desk", "address": "second@example.org", "language": "en"}
    notices(desk, mail, people=[*PEOPLE[:3], more])
    desk.award()
    desk.event("supplier", "disputed", "--note", "No.")
    mail.refused["r.client@example.org"] = "550 5.1.1 nobody\there"
    said = tell(desk, code=3)[1]
    assert "did not take the mail to r.client: 550 5.1.1 nobody\\u0009here" in said
    assert mail.mails == []
    mail.refused.clear()
    tell(desk)
    assert [one.recipients for one in mail.mails] == [["r.client@example.org"]]


def test_of_two_people_the_one_who_can_be_told_is(desk, mail):
    """Both parties of a late delivery."""
    notices(desk, mail, people=[*PEOPLE, SUPPLIER])
    contract = yaml.safe_load((desk.folder / "contract.yml").read_text())
    contract["milestones"][0]["due"] = "2026-01-31"
    (desk.folder / "contract.yml").write_text(yaml.safe_dump(contract))
    desk.award()
    mail.refused["r.client@example.org"] = "450 later"
    tell(desk, code=3)
    assert [one.recipients for one in mail.mails] == [["s.dev@example.org"]]
    assert "2026-01-31" in mail.mails[0].text
    mail.refused.clear()
    tell(desk)
    assert [one.recipients for one in mail.mails] == [["s.dev@example.org"], ["r.client@example.org"]]


def test_in_quiet_hours_nothing_is_sent_and_afterwards_it_is(delivered, mail):
    notices(delivered, mail, quiet={"days": ALL_DAYS})
    assert "quiet hours; 1 message waits" in tell(delivered)[1]
    assert mail.commands == []
    notices(delivered, mail)
    tell(delivered)
    assert len(mail.mails) == 1


def test_daily_is_one_message_a_day(delivered, mail):
    notices(delivered, mail, digest="daily")
    tell(delivered)
    delivered.assess()
    tell(delivered)
    assert len(mail.mails) == 1
    notices(delivered, mail, digest="at once")
    tell(delivered)
    assert len(mail.mails) == 2


def test_a_dry_run_prints_and_neither_sends_nor_remembers(delivered, mail):
    notices(delivered, mail)
    out = tell(delivered, "--dry-run")[0]
    assert out.startswith(f"email: a.tech <a.tech@example.org>: {ID}, m1: The delivery waits to be assessed")
    assert mail.commands == []
    tell(delivered)
    assert len(mail.mails) == 1


def test_a_webhook_is_posted_json_with_its_token_and_no_finding(rejected, mail, hook, monkeypatch):
    port, posted, _ = hook
    monkeypatch.setenv("HOOK_TOKEN", "secret")
    notices(rejected, mail, email=None, webhook={"address": f"http://127.0.0.1:{port}/in/", "token": "HOOK_TOKEN"})
    tell(rejected)
    (sent,) = posted
    assert (sent["path"], sent["token"], sent["person"]) == ("/in/", "Bearer secret", "a.tech")
    (item,) = sent["items"]
    assert (item["contract"], item["milestone"], item["state"], item["round"]) == (ID, "m1", "changes requested", 1)
    assert "Assessment of parcels" not in json.dumps(sent)
    assert "enclosed" not in sent["text"]


def test_each_way_of_telling_is_tried_by_itself(delivered, mail, hook):
    port, posted, answers = hook
    notices(delivered, mail, webhook={"address": f"http://127.0.0.1:{port}"})
    answers.append(500)
    assert "failed (500)" in tell(delivered, code=3)[1]
    assert (len(mail.mails), len(posted)) == (1, 0)
    tell(delivered)
    assert (len(mail.mails), len(posted)) == (1, 1)


def test_a_lost_index_tells_again_and_one_that_is_made_again_does_not(delivered, mail):
    notices(delivered, mail)
    tell(delivered)
    delivered.run("record", "rebuild", "--record", "record")
    tell(delivered)
    assert len(mail.mails) == 1
    for path in delivered.folder.glob("record/index.sqlite*"):
        path.unlink()
    tell(delivered)
    assert len({one.parsed["Message-ID"] for one in mail.mails}) == 1
    assert len(mail.mails) == 2


def test_an_index_of_before_gets_its_table(delivered, mail):
    notices(delivered, mail)
    back(delivered.folder / "record" / "index.sqlite", "0003")
    tell(delivered)
    tell(delivered)
    assert len(mail.mails) == 1


def test_a_contract_that_does_not_hold_keeps_no_other_from_being_told(delivered, mail):
    contract = yaml.safe_load((delivered.folder / "contract.yml").read_text())
    (delivered.folder / "contract.yml").write_text(yaml.safe_dump({**contract, "id": "MA-2026-015"}))
    delivered.signed_by("requester", "sign", "contract.yml")
    other = delivered.folder / "record" / "contracts" / "ma-2026-015"
    delivered.signed_by("supplier", "sign", str(next(other.iterdir())))
    delivered.signed_by("supplier", "record", "event", "MA-2026-015", "disputed", "--note", "No.")
    path = next(delivered.place().glob("record-event-*"))
    path.write_bytes(path.read_bytes().replace(b'"payload":"e', b'"payload":"f'))
    notices(delivered, mail)
    assert path.name in tell(delivered, code=4)[1]
    assert [one.recipients for one in mail.mails] == [["r.client@example.org"]]


def test_who_is_not_listed_is_named(delivered, mail):
    notices(delivered, mail, people=[])
    assert "notices.people of record.yml does not list: a.tech" in tell(delivered)[1]


def test_a_title_with_a_line_break_makes_no_header_and_no_line(desk, mail):
    contract = yaml.safe_load((desk.folder / "contract.yml").read_text())
    contract["title"] = {"en": "Rates\r\nBcc: all@example.org\n\nPay at once.", "fr": "Tarifs\nBcc: a@example.org"}
    (desk.folder / "contract.yml").write_text(yaml.safe_dump(contract))
    notices(desk, mail)
    desk.award()
    desk.event("supplier", "delivered", "--reference", "1" * 40)
    tell(desk)
    (sent,) = mail.mails
    assert sent.recipients == ["a.tech@example.org"]
    assert sent.parsed["Bcc"] is None
    assert "Bcc" not in sent.parsed["Subject"]
    assert "Rates\\u000d\\u000aBcc: all@example.org\\u000a\\u000aPay at once." in sent.text
    assert not [line for line in sent.text.splitlines() if line.startswith(("Bcc", "Pay"))]


PIGEON = """
class Pigeon:
    name, private = "pigeon", True

    def notify(self, message, settings, environment):
        raise RuntimeError(message.text)
"""


def test_anothers_notifier_is_found_by_its_entry_point_and_may_break(delivered, mail, tmp_path, monkeypatch):
    meta = tmp_path / "pigeon-1.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon\nVersion: 1\n")
    (meta / "entry_points.txt").write_text("[verifier.notifiers]\nbird = pigeon_loft:Pigeon\n")
    (tmp_path / "pigeon_loft.py").write_text(PIGEON)
    monkeypatch.syspath_prepend(str(tmp_path))
    notices(delivered, mail, others={"bird": {"loft": 3}})
    said = tell(delivered, code=3)[1]
    assert "The notifier pigeon broke (RuntimeError)." in said
    assert [one.recipients for one in mail.mails] == [["a.tech@example.org"]]


def test_of_two_runs_at_once_one_tells(delivered, mail):
    notices(delivered, mail)
    command = [sys.executable, "-m", "verifier", "record", "tell", "--record", "record"]
    running = [subprocess.Popen(command, cwd=delivered.folder, stderr=subprocess.PIPE) for _ in range(2)]
    said = sorted(one.communicate()[1] for one in running)
    assert [one.returncode for one in running] == [0, 0]
    assert said == [b"0 messages sent.\n", b"1 message sent.\n"]
    assert len(mail.mails) == 1


@pytest.mark.parametrize("page", ["notices", "keeping"])
def test_what_the_documentation_shows_is_valid(desk, page):
    text = (Path(__file__).parents[2] / "docs" / f"{page}.md").read_text()
    (shown,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    path = desk.folder / "record" / "record.yml"
    path.write_text(path.read_text() + shown)
    assert desk.run("record", "list", "--record", "record")[0] == 0


@pytest.mark.parametrize(
    ("said", "words", "code"),
    [
        ({"zone": "America/Nowhere"}, "knows no time zone America/Nowhere", 2),
        ({"email": None}, "says no way to tell anybody", 2),
        ({"email": None, "others": {"pigeon": {}}}, "No notifier is named pigeon; there are: email, webhook", 2),
        ({"email": {"server": "mail.example.org:25", "from": "a@b.org", "security": "none"}}, "without encryption", 2),
        ({"email": {"server": "127.0.0.1:1", "from": "a@b.org", "security": "none"}}, "ConnectionRefusedError", 3),
        ({"email": {"server": "127.0.0.1:1", "from": "a@b.org", "user": "u"}}, '"user" needs "password" beside it', 2),
        ({"people": [{"id": "a.tech", "address": "a,b@c.org"}]}, "is no mail address", 2),
        ({"webhook": {"address": "http://example.org/"}, "email": None}, "no https address", 2),
    ],
)
def test_what_cannot_be_right_is_one_sentence(delivered, mail, said, words, code):
    notices(delivered, mail, **said)
    told = tell(delivered, code=code)[1]
    assert words in told
    assert len([line for line in told.splitlines() if words in line]) == 1
    assert mail.mails == []
