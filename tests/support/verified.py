"""Pages that a reader's browser verifies: the record that they are of, and what such a page then shows.

made = filed(folder)
made.build()
report_of(made)          # where the page of the first round's report lies
"""

from __future__ import annotations

import json
from hashlib import sha256

from support.chains import ENDS, Purchase, contract
from support.judged import example
from support.trusted import Trusted

from verifier import drafts
from verifier.dashboard.assessed import address_of
from verifier.report import from_dict, to_dict
from verifier.statements.envelope import bundle
from verifier.statements.statement import Statement, write

REPORT = b'{"what": "the whole report"}'
STATE = "document.documentElement.dataset.verified"
PARTIES = ("requester", "supplier")
STRUCK = "getComputedStyle(document.querySelector('h1')).textDecorationLine"


def purchase(**edits):
    evidence = {"name": "report.json", "mediaType": "application/json", "sha256": sha256(REPORT).hexdigest()}
    return Purchase(edits={"assessment": {"evidence": [evidence]}, **edits})


def filed(folder, **kinds):
    """A record with a whole purchase, and with another contract that was judged in two rounds."""
    made = Trusted(folder, kinds)
    made.file(made.purchase(purchase()))
    with made.sources() as found:
        found.records.store.keep_evidence("MA-2026-014", REPORT)
    agreed = contract(id="MA-2026-015")
    made.file([bundle(made.signed(agreed, who)) for who in PARTIES])
    made.rounds = [judged(made, agreed, example(name), n) for n, name in enumerate(("rejected", "accepted"), 1)]
    return made


def judged(made, agreed, found, number):
    """The assessment of a round, with its report."""
    found = {**found, "contract": agreed.predicate["id"]}
    content = json.dumps(to_dict(from_dict(found))).encode()
    about = {
        "contract": agreed.predicate["id"],
        "contractDigest": digest_of(agreed),
        "milestone": "m1",
        "round": number,
    }
    digest = sha256(content).hexdigest()
    assessment = drafts.assessment(found, sha256=digest, part=about, nonce=f"{number:032x}", expires=ENDS)
    made.file([bundle(made.signed(assessment, "assessor"))])
    with made.sources() as sources:
        sources.records.store.keep_evidence(agreed.predicate["id"], content)
    return assessment


def report_of(made, number=0, language="en"):
    """Where the page of a round's report lies."""
    return made.site / language / f"{address_of(digest_of(made.rounds[number]))}.html"


def digest_of(what):
    """Of a statement, or of the payload of one."""
    return sha256(write(what) if isinstance(what, Statement) else what.encode()).hexdigest()


def is_green(page):
    return page.evaluate(STATE) == "browser" and page.locator(".checked").is_visible()


def demand_untrusted(page, why):
    """A banner that says why, and what looked like a verdict is struck out; on paper as well."""
    assert page.evaluate(STATE) == "failed"
    banner = page.locator("[role=alert]")
    for medium in ("screen", "print"):
        page.emulate_media(media=medium)
        assert banner.is_visible()
        assert page.evaluate(STRUCK) == "line-through"
    assert banner.bounding_box()["y"] < 20
    assert why in banner.inner_text()
    assert page.locator(".checked").count() == 0
    assert "Verified by your browser" not in page.inner_text("body")
