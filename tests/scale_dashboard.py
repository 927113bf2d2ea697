"""How long the dashboard takes over a record of many reports: built, built again, and live; `make scale-dashboard`.

    make scale-dashboard                                       # 10,000 contracts, a report each
    make scale-dashboard ARGS="--contracts 300"
    make scale-dashboard ARGS="--contracts 300 --folder kept"  # stays there, and is gone on with

The contracts are made up for this measurement alone. Their reports are the recorded ones of median size under other names and
commits, and every statement is signed for real. The commands are run as people run them. Live pages are asked for in open loop:
each at its time, whether those before were answered or not, and what it waited counts. A file of the same server, whose body is
fixed, is asked for in the same way beside them. For the larger index its rows are copied: nothing but lists is asked for then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha1, sha256
from pathlib import Path

import httpx
from support.assessed import PROJECTS
from support.chains import ASSESSED, CERTIFIED, DECIDED, contract
from support.desks import PASSPHRASE
from support.machine import slowness
from support.recorded import begun
from support.showcase import MILESTONE, Recorded, judged_by

from verifier import drafts, keys, ledger
from verifier.cli import signing
from verifier.gate.chain import Chain
from verifier.note import key_of
from verifier.procurement.index import Index
from verifier.procurement.records import Records
from verifier.procurement.settings import load
from verifier.statements import uris
from verifier.statements.envelope import Envelope, Signature, bundle, pae
from verifier.statements.statement import Statement, write
from verifier.trust.signed import Signed
from verifier.trust.store import Store

BATCH = 100
"""Contracts that are filed in one transaction."""
NEW = 100
"""Contracts that come after the site was built."""
BASES = 3
"""Reports around the median that the others are made from."""
ENDS = "2998-12-31T00:00:00Z"
ROWS = 100_000
"""Of the larger index."""
RATE = 40
"""Requests a second."""
SECONDS = 15
PATIENCE = 5
"""Seconds after which an answer is not waited for."""
BUILT, AGAIN, LARGEST, LIVE, LIVE_LARGER = 180.0, 15.0, 150_000, 50.0, 100.0
"""Seconds, seconds, bytes, and milliseconds at the 95th percentile."""
LISTS = ("index", "contracts", "contracts-2", "contracts?text=0000", "contracts?state=accepted")
FIXED = "assets/dashboard.css"
COMMAND = (sys.executable, "-m", "verifier", "dashboard")
SHOWN = ("--record", "record", "--trust", "trust")


@cache
def bases() -> tuple[Recorded, ...]:
    """Those of median size, of which something can be concluded."""
    every = (Recorded.at(path) for project in PROJECTS for path in project.reports())
    found = sorted(
        (one for one in every if one.document["verdict"] != "inconclusive"), key=lambda one: len(one.content)
    )
    middle = len(found) // 2
    return tuple(found[middle - BASES // 2 :][:BASES])


def name(number: int) -> str:
    return f"MA-2027-{number:06}"


@dataclass(frozen=True)
class Made:
    """One contract with its report and statements."""

    number: int

    @property
    def report(self) -> Recorded:
        """A recorded one under this contract's name, of another commit and repository."""
        base = bases()[self.number % len(bases())]
        delivery = base.document["delivery"]
        other = {
            "url": f"https://git.example/{self.number}.git",
            "commit": sha1(str(self.number).encode()).hexdigest(),  # noqa: S324 - as git names one
        }
        content = base.content.replace(base.document["contract"].encode(), name(self.number).encode())
        for word, value in other.items():
            content = content.replace(delivery[word].encode(), value.encode())
        document = {**base.document, "contract": name(self.number), "delivery": {**delivery, **other}}
        return Recorded(content, document)

    def files(self, report: Recorded) -> Iterator[tuple[Statement, str]]:
        """Each statement with who signs it. A third of the contracts is assessed, a third accepted, a third certified."""
        agreed = _signed(self.terms(report))
        yield from ((agreed.statement, who) for who in ("requester", "supplier"))
        for what, moment in (("started", ASSESSED), ("delivered", DECIDED)):
            yield drafts.event(agreed, what, MILESTONE, {}, moment), "supplier"
        assessed = _signed(self.assessment(report, agreed))
        yield assessed.statement, "assessor"
        if not self.number % 3 and report.document["verdict"] == "pending":
            return
        decided = [_signed(one) for one in _decisions(assessed)]
        chain = Chain.of([agreed, assessed])
        concluded = drafts.acceptance(chain, decided, [], by=uris.OURS, made=CERTIFIED).statement
        assert concluded is not None
        yield from ((one.statement, "assessor") for one in decided)
        yield concluded, "assessor"
        if self.number % 3 == 2 and report.document["verdict"] == "pending":
            yield self.certification(agreed, _signed(concluded)), "certifier"

    def certification(self, agreed: Signed, accepted: Signed) -> Statement:
        said = agreed.statement.predicate
        milestone = said["milestones"][0]
        terms = {"amount": milestone["price"] + milestone["tax"], "invoice": name(self.number)}
        terms |= {word: said[word] for word in ("currency", "payee")}
        return drafts.certification(accepted, milestone, terms, not_examined=0, made=CERTIFIED)

    def terms(self, report: Recorded) -> Statement:
        told = report.document
        made = contract(
            id=name(self.number),
            repository=told["delivery"]["url"],
            criteria=judged_by(told),
            supplier="s.dev",
            requester="r.client",
            ends=ENDS,
        )
        return replace(made, digests={"sha256": told["criteria"]["digest"]})

    def assessment(self, report: Recorded, agreed: Signed) -> Statement:
        digest = sha256(report.content).hexdigest()
        part = drafts.about(agreed, MILESTONE, 1)
        return drafts.assessment(report.document, sha256=digest, part=part, nonce=digest[:32], expires=ENDS)


def _decisions(assessed: Signed) -> Iterator[Statement]:
    for one in assessed.statement.predicate["outcomes"]:
        if one["outcome"] == "awaiting a decision":
            yield drafts.decision(assessed, one["criterion"], "met", "Tried.", DECIDED)


def _signed(statement: Statement) -> Signed:
    return Signed(statement=statement, digest=sha256(write(statement)).hexdigest(), by=())


@contextmanager
def opened(folder: Path) -> Iterator[Records]:
    """The record that the commands made, to file in."""
    policy = Store(folder / "trust").current(signing.now())
    settings = load(folder / "record")
    index = Index.beside(settings.folder)
    signer = _signers(folder)["ledger"]
    try:
        with ledger.opened(settings.ledger, key_of(policy.ledgers[0]), sign=signer.sign) as log:
            yield Records(settings, policy, log, index, signing.now)
    finally:
        index.close()


@cache
def _signers(folder: Path) -> dict[str, keys.Signer]:
    """Everybody's key, from its file."""
    return {path.stem: keys.signer(f"file:{path}", PASSPHRASE.encode) for path in folder.glob("*.key")}


def filled(folder: Path, numbers: range) -> None:
    with opened(folder) as records:
        for first in range(numbers.start, numbers.stop, BATCH):
            batch = range(first, min(first + BATCH, numbers.stop))
            records.file(content for number in batch for content in _filed(records, folder, number))


def _filed(records: Records, folder: Path, number: int) -> Iterator[bytes]:
    made = Made(number)
    report = made.report
    records.store.keep_evidence(name(number), report.content)
    for statement, who in made.files(report):
        signer, payload = _signers(folder)[who], write(statement)
        yield bundle(Envelope(payload, (Signature(signer.sign(pae(payload)), signer.public.id),)))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def built(folder: Path) -> float:
    return seconds(lambda: subprocess.run([*COMMAND, "build", "site", *SHOWN], cwd=folder, check=True))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    words = [*COMMAND, "serve", "--port", str(port), *SHOWN]
    with (folder / "serve.log").open("w") as log, subprocess.Popen(words, cwd=folder, stderr=log) as process:
        try:
            yield address
        finally:
            process.terminate()


def _wait(address: str, patience: float = 120) -> None:
    """Until it answers, and has done with what nobody waits for any more."""
    end = time.monotonic() + patience
    while True:
        try:
            httpx.get(f"{address}{FIXED}", timeout=patience)
        except httpx.TransportError:
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.2)
        else:
            return


def waited(address: str, pages: Sequence[str]) -> list[float]:
    """Milliseconds from when each was to be asked for to its last byte."""
    _wait(address)

    async def one(client: httpx.AsyncClient, page: str, at: float) -> float:
        await asyncio.sleep(max(at - time.perf_counter(), 0))
        try:
            answer = await client.get(address + page)
        except httpx.TimeoutException:
            return math.inf
        assert answer.status_code == 200, (page, answer.status_code)
        return (time.perf_counter() - at) * 1000

    async def every() -> list[float]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        async with httpx.AsyncClient(timeout=PATIENCE, limits=limits) as client:
            start = time.perf_counter() + 0.5
            return list(await asyncio.gather(*(one(client, page, start + n / RATE) for n, page in enumerate(pages))))

    return asyncio.run(every())


def told(what: str, taken: Sequence[float], bar: float) -> bool:
    """Prints it, and gives whether it is within the bar."""
    found = statistics.quantiles(taken, n=20)[-1]
    print(f"{what}: median {statistics.median(taken):.1f} ms, 95 % within {found:.1f} ms, largest {max(taken):.1f} ms")
    return found <= bar


def asked(addresses: Sequence[str]) -> list[str]:
    """So many addresses as there are requests, in either language, the same each time."""
    chosen = random.Random(1)  # noqa: S311 - which pages are asked for is no secret
    return [f"{chosen.choice(('en', 'fr'))}/{_page(chosen.choice(addresses))}" for _ in range(RATE * SECONDS)]


def _page(address: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}.html{mark}{query}"


def kinds(folder: Path) -> dict[str, list[str]]:
    """The pages of the site by the first part of their addresses, and lists with what readers ask of them."""
    pages = json.loads((folder / "site" / ".made.json").read_bytes())["pages"]
    found = {"lists": list(LISTS)}
    for address in pages:
        if "/" in address:
            found.setdefault(address.partition("/")[0], []).append(address)
    return found


def live(folder: Path, groups: dict[str, list[str]], bar: float) -> list[bool]:
    with served(folder) as address:
        told("a fixed body", waited(address, [FIXED] * RATE * SECONDS), bar)
        return [told(f"live, {kind}", waited(address, asked(pages)), bar) for kind, pages in groups.items()]


def enlarged(folder: Path) -> None:
    """As many rows in the index, each a copy of one that is there under another name."""
    connection = sqlite3.connect(folder / "record" / "index.sqlite")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(contract)")]
    there = connection.execute("SELECT count(*) FROM contract").fetchone()[0]
    for copy in range(1, -(-ROWS // there)):
        named = ", ".join(f"{one} || '-{copy}'" if one in ("key", "ledger", "id") else one for one in columns)
        connection.execute(f"INSERT INTO contract SELECT {named} FROM contract WHERE length(key) = {len(name(0))}")  # noqa: S608
    connection.commit()
    connection.close()


def largest(site: Path) -> tuple[int, Path]:
    return max((path.stat().st_size, path) for path in site.rglob("*.html"))


def measured(folder: Path, contracts: int) -> bool:
    there = len(list((folder / "record" / "contracts").glob("*")))
    contracts = max(contracts, there)
    took = seconds(lambda: filled(folder, range(there, contracts)))
    print(f"{contracts} contracts with a report each, {contracts - there} of them made now in {took:.0f} s")
    before = slowness()
    first = built(folder)
    print(
        f"this machine took {before:.2f} to {slowness():.2f} times as long as where the bars were set, before and after it"
    )
    filled(folder, range(contracts, contracts + NEW))
    again = built(folder)
    size, path = largest(folder / "site")
    print(
        f"built in {first:.1f} s, with {NEW} new ones in {again:.1f} s; largest page {size} bytes, {path.relative_to(folder)}"
    )
    fits = [first <= BUILT, again <= AGAIN, size <= LARGEST]
    fits += live(folder, kinds(folder), LIVE)
    enlarged(folder)
    print(f"the index with {ROWS} rows and more")
    return all(fits + live(folder, {"lists": list(LISTS)}, LIVE_LARGER))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where the record is made, or lies from an earlier time")
    arguments = parser.parse_args()
    os.environ["VERIFIER_PASSPHRASE"] = PASSPHRASE
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
        folder = (arguments.folder or Path(temporary)).absolute()
        folder.mkdir(exist_ok=True)
        if not (folder / "record").exists():
            begun(folder)
        return 0 if measured(folder, arguments.contracts) else 1


if __name__ == "__main__":
    sys.exit(main())
