"""submit, worker, queue, and `sign` of a store: from a delivery to a signed assessment over a queue."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import urllib.request
from dataclasses import replace

import pytest
from support import desks
from support.desks import COMMIT, PASSPHRASE, REPOSITORY
from support.git_repository import new_repository
from support.hub import described
from support.working import Process

from verifier.cli import main
from verifier.fleet import queue as queues
from verifier.fleet.queue import State
from verifier.fleet.store import Store
from verifier.statements import envelope
from verifier.statements.statement import read

CRITERIA = """\
profile: quick
version: 1
title: {en: Quick, fr: Rapide}
criteria:
  - id: plain
    level: must
    check: security.findings
    blocking: security
    by: [unicode]
    title: {en: Plain, fr: Simple}
    why: {en: w, fr: w}
"""


@pytest.fixture(scope="module", autouse=True)
def typed():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
        patch.setenv("LANG", "en_CA.UTF-8")
        for name in ("LC_ALL", "LANGUAGE", "VERIFIER_TRUST", "VERIFIER_QUEUE", "VERIFIER_STORE", "VERIFIER_RECORD"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def awarded(tmp_path_factory):
    return desks.awarded(desks.keyed(tmp_path_factory.mktemp("awarded")))


@pytest.fixture
def desk(awarded, tmp_path):
    return awarded.copy(tmp_path / "desk")


@pytest.fixture(scope="module")
def delivery(tmp_path_factory):
    repository = new_repository(tmp_path_factory.mktemp("delivery") / "parcels")
    repository.commit({"README.md": "Rates.\n", "rates.py": "RATE = 1\n"})
    repository.git("tag", "--annotate", "--message", "one", "v1")
    return repository


def queued(database):
    with queues.opened(database) as queue:
        return queue.listed()


def test_a_submission_carries_the_signed_contract_and_its_supplier(desk, database):
    where = ("submit", f"{REPOSITORY}@{COMMIT}", "--contract", "chain", "--queue", database)
    digest = desk.done(*where).strip()
    (found,) = queued(database)
    submission = found.submission
    assert (submission.digest, submission.supplier, submission.milestone) == (digest, "s.dev", "m1")
    assert (submission.where, submission.commit) == (REPOSITORY, COMMIT)
    assert sorted(submission.files) == [
        "contract/contract-requester.sigstore.json",
        "contract/contract-supplier.sigstore.json",
    ]
    code, out, err = desk.run(*where)
    assert (code, out.strip(), err) == (0, digest, "It is in the queue already: number 1, waiting.\n")


def test_a_branch_or_a_tag_is_the_commit_that_it_names_now(desk, database, delivery):
    commit = delivery.git("rev-parse", "HEAD")
    path = str(delivery.path)
    digests = {
        desk.done("submit", f"{path}{ref}", "--queue", database) for ref in ("", "@main", "@v1", f"@{commit.upper()}")
    }
    assert len(digests) == 1
    assert [one.submission.delivery for one in queued(database)] == [f"{path}@{commit}"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("submit", ".", "--queue", "x"), "A folder or an archive has no commit"),
        (("submit", f"{REPOSITORY}@{COMMIT}"), "Give --queue"),
        (
            ("submit", f"{REPOSITORY}@{COMMIT}", "--queue", "x", "--priority", "10"),
            "--priority is a number from -9 to 9",
        ),
        (("submit", f"{REPOSITORY}@{COMMIT}", "--now"), "Give --store"),
        (("worker", "--queue", "x"), "Give --store"),
        (("worker", "--queue", "x", "--store", "s", "--tries", "0"), "whole numbers"),
        (("worker", "--queue", "x", "--store", "chain"), "holds something else"),
        (("sign", "report.json", "--every", "9", "--key", "file:assessor.key"), "--every is for the store"),
    ],
)
def test_what_is_typed_wrong_is_told(desk, words, told):
    code, _, err = desk.run(*words)
    assert (code, told in err, err.count("\n")) == (2, True, 1), err


def test_what_waits_is_listed_and_shown_as_words_and_as_json(desk, database, tmp_path):
    desk.done("submit", f"{REPOSITORY}@{COMMIT}", "--queue", database)
    assert "1  … waiting" in desk.done("queue", "list", "--queue", database)
    assert desk.done("queue", "list", "--state", "given-up", "--queue", database) == ""
    (told,) = json.loads(desk.done("queue", "list", "--json", "--queue", database))
    assert (told["number"], told["state"], told["delivery"]) == (1, "waiting", f"{REPOSITORY}@{COMMIT}")
    store = Store.at(tmp_path / "store")
    store.trouble(told["digest"], {"en": "no such\x1b host", "fr": "pas de tel hôte"})
    shown = desk.done("queue", "show", "1", "--queue", database, "--store", str(store.folder))
    assert "Number 1: … waiting" in shown
    assert "Why it is not assessed: no such" in shown
    assert "\x1b" not in shown
    assert desk.run("queue", "requeue", "1", "--queue", database)[::2] == (2, "verifier: Number 1 was not given up.\n")


def test_a_worker_does_as_assess_does_and_its_report_is_shown(desk, database, delivery, tmp_path):
    """The whole of it, with the sandbox: submitted, assessed by another process, signed by a third, and verified."""
    (desk.folder / "quick.yml").write_text(CRITERIA)
    store = str(tmp_path / "store")
    options = ("--criteria", "quick.yml", "--queue", database)
    digest = desk.done("submit", str(delivery.path), *options).strip()
    command = [sys.executable, "-m", "verifier", "worker", "--queue", database, "--store", store, "--metrics", "0"]
    worker = Process([*command, "--silent", "3"])
    try:
        (told,) = worker.until("assessed", seconds=60)
        port = worker.events("watched")[0]["port"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert 'verifier_jobs_total{outcome="assessed"} 1.0' in answer.read().decode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            assert answer.read() == b"ok\n"
        worker.send(signal.SIGTERM)
        assert worker.wait() == 0
    finally:
        worker.end()
    assert worker.other == []
    place = Store.at(tmp_path / "store").place(digest)
    assert (told["verdict"], told["kind"]) == ("accepted", "self-check")
    assert sorted(one.name for one in place.iterdir()) == [
        *("evidence", "report.html", "report.json", "report.md", "submission.json")
    ]
    here = Store.at(tmp_path / "here")
    words = ("submit", str(delivery.path), "--criteria", "quick.yml", "--now", "--store", str(here.folder))
    assert [desk.done(*words).strip() for _ in range(2)] == [digest, digest]  # the second time it is there
    assert clockless(here.place(digest) / "report.json") == clockless(place / "report.json")
    signed = ("sign", store, "--key", "file:assessor.key", "--yes")
    assert desk.run(*signed)[2].endswith("1 report signed.\n")
    assert desk.run(*signed)[2] == "0 reports signed.\n"
    assert desk.done("verify", f"{store}/signed/{digest}.sigstore.json")


def clockless(path):
    from verifier.report import CLOCK_NAMES

    def without(found):
        if isinstance(found, dict):
            return {name: without(one) for name, one in found.items() if name not in CLOCK_NAMES}
        return [without(one) for one in found] if isinstance(found, list) else found

    return without(json.loads(path.read_bytes()))


def kept(desk, database, store):
    """The desk's official report, as a worker would have left it."""
    desk.done("submit", f"{REPOSITORY}@{COMMIT}", "--contract", "chain", "--queue", database)
    submission = queued(database)[0].submission
    with store.making() as folder:
        shutil.copy(desk.folder / "report.json", folder)
        assert store.keep(folder, submission)
    return submission.digest


def test_a_store_is_signed_under_each_reports_own_contract(desk, database, tmp_path):
    store = Store.at(tmp_path / "store")
    digest = kept(desk, database, store)
    assert desk.run("sign", str(store.folder), "--key", "file:assessor.key", "--yes")[0] == 0
    predicate = read(envelope.read(store.signed(digest).read_bytes()).payload).predicate
    assert (predicate["kind"], predicate["contract"]["milestone"]) == ("official", "m1")


def test_a_report_that_was_edited_in_the_store_is_not_signed(desk, database, tmp_path):
    store = Store.at(tmp_path / "store")
    digest = kept(desk, database, store)
    file = store.place(digest) / "report.json"
    file.write_text(
        file.read_text().replace('"unmet"', '"met"').replace('"verdict": "pending"', '"verdict": "accepted"')
    )
    code, _, err = desk.run("sign", str(store.folder), "--key", "file:assessor.key", "--yes")
    assert (code, store.unsigned()) == (4, [digest])
    assert f"{digest} is not signed: Judged again" in err
    assert err.endswith("0 reports signed.\n")


def test_what_a_worker_wrote_wrong_stops_no_others_signature(desk, database, tmp_path):
    store = Store.at(tmp_path / "store")
    digest = kept(desk, database, store)
    for number, content in enumerate(
        (b"[]", b"{", b'{"id": "a"}', (store.place(digest) / "submission.json").read_bytes())
    ):
        place = store.place(f"{number}" * 64)
        place.mkdir(parents=True)
        (place / "submission.json").write_bytes(content)
    odd = replace(store.submission(digest), milestone="m9")
    with store.making() as folder:
        (folder / "report.json").write_text("{}")
        store.keep(folder, odd)
    code, _, err = desk.run("sign", str(store.folder), "--key", "file:assessor.key", "--yes")
    assert (code in (2, 3), err.count("is no report of that submission"), store.signed(digest).is_file()) == (
        True,
        4,
        True,
    )
    assert odd.digest in store.unsigned()


def test_what_is_signed_is_posted_until_it_is_there(desk, database, tmp_path, monkeypatch):
    store = Store.at(tmp_path / "store")
    digest = kept(desk, database, store)
    with described() as hub:
        words = ("publish", "github", str(store.folder), "--repository", hub.repository, "--api", hub.base)
        monkeypatch.setenv("GITHUB_TOKEN", "all")
        assert desk.run(*words, "--post", "attestation")[0] == 0
        assert hub.attestations == []  # nothing is signed yet
        desk.run("sign", str(store.folder), "--key", "file:assessor.key", "--yes")
        monkeypatch.setenv("GITHUB_TOKEN", "nobody's")
        assert desk.run(*words, "--post", "attestation")[0] == 3
        monkeypatch.setenv("GITHUB_TOKEN", "all")
        for _ in range(2):
            assert desk.run(*words, "--post", "attestation", "--post", "status")[0] == 0
        assert (len(hub.attestations), len(hub.statuses)) == (1, 1)
        assert desk.run(*words)[0] == 2
    assert store.unposted("github-attestation") == []
    assert store.unposted("elsewhere") == [digest]


def test_two_do_not_sign_the_same_store_at_once(desk, tmp_path):
    store = Store.at(tmp_path / "store")
    with store.signing():
        code, _, err = desk.run("sign", str(store.folder), "--key", "file:assessor.key", "--yes")
    assert (code, "Another process signs" in err) == (2, True)


def test_in_french(desk, database, capsys):
    desk.done("submit", f"{REPOSITORY}@{COMMIT}", "--queue", database)
    assert main(["queue", "list", "--queue", database, "--language", "fr"]) == 0
    assert "… en attente" in capsys.readouterr().out
    assert State.WAITING.value == "todo"


def test_what_a_hook_submits_is_under_the_contract_of_the_record(desk, monkeypatch):
    from verifier.cli import read as typed_line
    from verifier.cli.submit import expected_submission
    from verifier.procurement.expected import Expected

    monkeypatch.chdir(desk.folder)
    desk.done("record", "init", "record")
    shutil.copytree(desk.folder / "chain", desk.folder / "record" / "contracts" / "ma-2026-014")
    arguments = typed_line(["dashboard", "serve", "--reports", ".", "--record", "record", "--ledger", "l"], "en")
    made = expected_submission(arguments, Expected("MA-2026-014", REPOSITORY, "m1", 2), COMMIT, "of-github")
    assert (made.id, made.delivery, made.supplier) == ("of-github", f"{REPOSITORY}@{COMMIT}", "s.dev")
    assert (made.milestone, made.round, made.contract != "") == ("m1", 2, True)


def test_a_record_whose_ledger_and_index_are_in_a_database(desk, postgres, monkeypatch):
    """From a contract that is signed to a move in the record, and the ledger's own commands."""
    address = postgres.database()
    monkeypatch.setenv("VERIFIER_INDEX", postgres.database())
    key = (desk.folder / "ledger.vkey").read_text().strip()
    desk.done("ledger", "copy", "payments.ledger", address, "--log-key", key)
    desk.done("record", "init", "record", "--ledger-file", address)
    options = ("--record", "record", "--ledger-key", "file:ledger.key", "--yes")
    for who in ("requester", "supplier"):
        code, _, err = desk.run("sign", f"chain/contract-{who}.sigstore.json", *options, "--key", f"file:{who}.key")
        assert code == 0, err
    move = ("record", "event", "MA-2026-014", "delivered", "--reference", COMMIT, "--key", "file:supplier.key")
    assert desk.run(*move, *options)[0] == 0
    assert "delivered" in desk.done("record", "list", "--record", "record")
    assert "all of it holds" in desk.done("ledger", "verify", address, "--log-key", key)
    assert not (desk.folder / "record" / "index.sqlite").exists()
