"""The index on PostgreSQL: it says what the one in a file says, and several may write in it at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from support.chains import NOW, Purchase, signed_file
from support.filed import POLICY, agreed, event, record
from support.logged import opened

from verifier.errors import WorldError
from verifier.procurement.index import Index, Wanted
from verifier.procurement.payment.post import Post
from verifier.procurement.records import Records
from verifier.procurement.settings import load

POSTED = Post(digest="a" * 64, contract="c" * 64, milestone="m1", tries=1, posted="2026-11-29T12:00:00Z")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The record of three purchases, whose keys no alphabet would put in this order."""
    made = tmp_path_factory.mktemp("filed") / "record"
    made.mkdir()
    with record(made) as records:
        for name in ("MA-1", "ma_2", "MA-10"):
            statements = Purchase(edits={"contract": {"id": name}}).statements()
            records.file(agreed(statements["contract"]))
            records.file([signed_file(event(statements["contract"], "started"), "supplier")])
            records.file([signed_file(event(statements["contract"], "delivered"), "supplier")])
            records.file([signed_file(statements["assessment"], "assessor")])
        with records.index.changing() as changes:
            changes.put_post(POSTED, anew=False)
    return made


def answers(index):
    """What lists and dashboards ask."""
    listed = [index.listed(one) for one in (Wanted(), Wanted(oldest=True), Wanted(text="PARCEL"), Wanted(after="ma-1"))]
    purchases = index.purchases()
    near = [index.near(one, 80) for one in purchases]
    told = (
        index.states(),
        index.marks(),
        index.measured(),
        index.named(),
        index.ids(),
        index.answers(),
        index.digests(),
    )
    statements = [index.statements(key) for key in sorted(index.known())]
    return listed, purchases, near, told, statements, index.counted(Wanted(repository="https://git.example/parcels"))


@pytest.fixture
def shared(database):
    made = Index(database)
    yield made
    made.close()


def test_it_says_what_the_one_in_a_file_says(folder, shared):
    beside = Index.beside(folder)
    with opened(folder / "payments.ledger", sign=None) as ledger:
        Records(load(folder), POLICY, ledger, shared, lambda: NOW)  # which catches up
        assert answers(shared) == answers(beside)
        assert len(shared.known()) == 3
    beside.close()


def test_what_cannot_be_made_again_is_taken_over(folder, shared):
    beside = Index.beside(folder)
    for _ in range(2):
        with shared.changing() as changes:
            changes.take_over(beside.lasting())
    assert shared.posts() == {POSTED.digest: POSTED}
    beside.close()


def test_several_write_one_after_the_other(shared, database):
    """Each looks first and then writes, which would clash if they did so at once."""

    def put(number):
        index = Index(database)
        for one in range(20):
            with index.changing() as changes:
                changes.put_post(replace(POSTED, tries=number * 100 + one), anew=True)
        index.close()

    threads = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(shared.posts()) == 1


def test_several_that_begin_at_once_make_its_tables_once(database):
    code = f"from verifier.procurement.index import Index; Index({database!r}).close()"
    begun = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [one.wait(60) for one in begun] == [0, 0, 0]


def test_one_that_cannot_be_reached_is_told_without_its_password():
    with pytest.raises(WorldError) as refused:
        Index("postgresql://somebody:secret@127.0.0.1:1/none")
    assert "secret" not in str(refused.value)
