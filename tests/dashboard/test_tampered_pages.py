"""The reader's browser verifies a page by itself. Whatever is changed in it, on disk or in its statements: never green."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from dataclasses import replace
from hashlib import sha256

import pytest
from support.booked import revocation
from support.chains import ASSESSED, Purchase, contract
from support.judged import example
from support.tampered import changed, put, taken
from support.trusted import Trusted
from support.verified import PARTIES, REPORT, STATE, demand_untrusted, digest_of, filed, is_green, judged, report_of

from verifier.dashboard.assets import ASSETS, asset
from verifier.dashboard.enclosed import plain
from verifier.dashboard.page import part
from verifier.model import Outcome, Verdict
from verifier.render.templates import file
from verifier.statements import uris
from verifier.statements.envelope import bundle
from verifier.words import LANGUAGES, translator

HOSTILE = '"><script>alert(1)</script><svg onload=alert(2)><style>*{color:green}</style>\u202egpj.exe'
LONG = "MA/2026.016"


@pytest.fixture(scope="module")
def other_kinds(tmp_path_factory):
    """Root keys of Ed25519 that changed once, a requester's of RSA, a supplier's of Ed25519."""
    made = filed(tmp_path_factory.mktemp("kinds") / "desk", root="ed25519", requester="rsa", supplier="ed25519")
    following(made, authorities=[])
    made.build()
    return made


def following(made, **more):
    """The next version of the policy, in force."""
    before = made.versions[-1]
    digest = sha256(before.payload).hexdigest()
    made.versions.append(made.signed(made.policy(version=len(made.versions) + 1, before=digest, **more), "root"))
    made.store.add(made.versions[-1])


def find(data, kind):
    """The first statement of a kind: where in the page it lies, and what it says."""
    for number, one in enumerate(data["statements"]):
        said = json.loads(one["payload"])
        if said["predicateType"].endswith(f"/{kind}/v1"):
            return number, said
    raise AssertionError(kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_honest_page_is_verified_by_the_browser(honest, other_kinds, opened, language):
    for made in (honest, other_kinds):
        page = opened(made.page(language=language), made.pin)
        assert is_green(page), page.inner_text("body")
        assert f"MA-2026-014, {digest_of(contract())[:16]}" in page.locator(".checked").inner_text()
        page = opened(report_of(made, 1, language), made.pin)
        assert is_green(page), page.inner_text("body")
        word = {"en": "round 2, rejected", "fr": "tour 2, rejeté"}[language]
        told = f"MA-2026-015, m1, {word}, {digest_of(made.rounds[1])[:16]}"
        assert told in page.locator(".checked").inner_text()


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """A contract with so many milestones, and a report with so many outcomes, that neither page shows all; and a long title."""
    made = Trusted(tmp_path_factory.mktemp("long") / "desk")
    first = contract().predicate["milestones"][0] | {"price": 12_345, "tax": 0}
    title = dict.fromkeys(LANGUAGES, f"Parcel\nrates {'and so on ' * 120}")
    agreed = contract(id=LONG, title=title, milestones=[{**first, "id": f"m{n}"} for n in range(1, 54)])
    made.file([bundle(made.signed(agreed, who)) for who in PARTIES])
    found = example("accepted")
    extra = {**found["outcomes"][-1], "outcome": "met", "findings": [], "reason": ""}
    outcomes = [*found["outcomes"], *({**extra, "criterion": f"extra.{n}"} for n in range(110))]
    made.rounds = [judged(made, agreed, {**found, "outcomes": outcomes}, 1)]
    made.build()
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_is_cut_counts_what_it_does_not_show(long, opened, language):
    for path, list_ in (
        (long.page(part(LONG.lower()), language), "milestones"),
        (report_of(long, 0, language), "outcomes"),
    ):
        page = opened(path, long.pin)
        assert is_green(page), page.inner_text("body")
        assert page.locator(f"[data-more={list_}]").count() == 1
        page.evaluate(f"first('[data-signed^={list_}]').removeAttribute('data-signed'), run()")
        page.wait_for_selector("[role=alert]")
        demand_untrusted(page, f"{list_}/")


def test_the_browser_names_who_signed_in_which_role(honest, opened):
    assert "certifier (certifier), requester (requester)" in opened(honest.page(), honest.pin).inner_text(".checked")
    french = opened(honest.page(language="fr"), honest.pin).inner_text(".checked")
    assert "certifier (certificateur), requester (demandeur)" in french


def test_a_contract_that_one_party_signed_alone(honest, opened):
    """A supplier's own, with another payee."""
    html = honest.page().read_text()
    data = taken(html)
    alone = contract(payee="Attacker Ltd.")
    data |= {"about": digest_of(alone), "statements": [plain(honest.signed(alone, "supplier"))]}
    shown = (
        put(html, data).replace("Parcels Inc.", "Attacker Ltd.").replace(digest_of(contract())[:16], data["about"][:16])
    )
    demand_untrusted(opened(honest.page(), honest.pin, shown), f"5 ✗ {data['about'][:16]}: not signed in every role")


def test_a_page_about_a_statement_of_another_kind(honest, opened):
    """Whatever the supplier signs as such makes nothing of the page true."""
    html = honest.page().read_text()
    data = taken(html)
    data["about"] = digest_of(data["statements"][find(data, "record-event")[0]]["payload"])
    shown = re.sub(' data-signed="[^"]*"', "", put(html, data))
    demand_untrusted(opened(honest.page(), honest.pin, shown), "does not show “…”")


def test_a_genuine_page_at_the_address_of_another(honest, opened):
    told = f"has the name “{report_of(honest, 1).name}”"
    demand_untrusted(opened(report_of(honest, 0), honest.pin, report_of(honest, 1).read_text()), told)
    path = honest.page("ma-2026-015")
    demand_untrusted(opened(path, honest.pin, honest.page().read_text()), "has the name “ma-2026-014.html”")


def test_an_assessor_of_other_contracts_who_says_that_it_is_one_of_them(honest, opened):
    html = honest.page().read_text()
    data = taken(html)
    limited = [
        {**one, "contracts": ["MA-2026-999"]} if one["role"] == "assessor" else one
        for one in honest.policy().predicate["grants"]
    ]
    before = digest_of(data["policies"][0]["payload"])
    data["policies"].append(plain(honest.signed(honest.policy(version=2, before=before, grants=limited), "root")))
    honestly = Purchase().statements()["assessment"]
    other = {uris.ACCEPTANCE_EXTENSION: {"contract": {"contract": "MA-2026-999"}}}
    lying = replace(honestly, predicate={**honestly.predicate, **other})
    data["statements"].append(plain(honest.signed(lying, "assessor")))
    demand_untrusted(opened(honest.page(), honest.pin, put(html, data)), f"5 ✗ {digest_of(lying)[:16]}")


def test_all_that_a_failed_page_claims_is_struck_out(honest, opened):
    page = opened(honest.page(), "b" * 64)
    lines = "(all) => [...new Set(every(all).map((one) => getComputedStyle(one).textDecorationLine))]"
    assert page.evaluate(lines, "main dd, .answer, .timeline strong") == ["line-through"]


def test_a_green_line_that_stands_in_the_page(honest, opened):
    """It is none of the browser's: with nothing to verify the browser says so, where it has a fingerprint."""
    html = report_of(honest).read_text().replace("<html", '<html data-verified="browser"')
    html = re.sub(r"(<main[^>]*>)", r'\1<p class="by-browser checked">✓ Verified by your browser just now</p>', html)
    html = re.sub(r'<script type="application/json" id="envelopes">[^<]*</script>', "", html)
    for pin in ("", honest.pin):
        page = opened(report_of(honest), pin, html.replace('id="by-whom"', 'id="by-whom" data-done="yes"'))
        page.wait_for_function("typeof run === 'function'")
        assert page.evaluate(STATE) is None
        assert not page.locator(".checked").count()
        assert ("Your browser verified nothing here" in page.inner_text("main")) == bool(pin)


def test_the_page_of_an_assessment_that_was_revoked(honest, tmp_path, opened):
    """It says so itself, and its browser says it as well: by what was signed, and where that was left out by the page's word."""
    made = copied(honest, tmp_path)
    made.file([bundle(made.signed(revocation(made.rounds[1], ASSESSED), "assessor"))])
    made.build()
    path, short = report_of(made, 1), digest_of(made.rounds[1])[:16]
    html = path.read_text()
    data = taken(html)
    assert data["revoked"]
    assert len(data["statements"]) == 2
    why = f"6 ✗ {short}: revoked at {ASSESSED}"
    demand_untrusted(opened(path, made.pin), why)
    demand_untrusted(opened(path, made.pin, put(html, data | {"revoked": ""})), why)
    page = opened(made.page("ma-2026-015"), made.pin)
    assert is_green(page), page.inner_text("body")
    assert "assessor, assessor" not in page.inner_text(".checked")


def payload_changed(data):
    number, _ = find(data, "assessment")
    one = data["statements"][number]
    one["payload"] = one["payload"].replace('"verdict":"pending"', '"verdict":"accepted"')


def signature_changed(data):
    one = data["statements"][find(data, "assessment")[0]]["signatures"][0]
    one["sig"] = one["sig"][:-8] + "AAAA" + one["sig"][-4:]


def without_signature(data):
    data["statements"][find(data, "assessment")[0]]["signatures"] = []


def left_out(data):
    data["statements"].pop(find(data, "contract")[0])


def without_policy(data):
    data["policies"] = []


def told_by_the_build(data):
    data["bad"] = 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (payload_changed, "2 ✗"),
        (signature_changed, "2 ✗"),
        (without_signature, "2 ✗"),
        (left_out, "lacks its statement"),
        (without_policy, "The trust policy expired"),
        (told_by_the_build, "did not hold when the page was made: 1"),
    ],
)
def test_statements_that_were_changed(honest, opened, change, why):
    demand_untrusted(opened(honest.page(), honest.pin, changed(honest.page().read_text(), change)), why)


def test_what_cannot_be_read(honest, opened):
    html = re.sub(r'(id="envelopes">")[^"]{40}', r"\1", honest.page().read_text())
    demand_untrusted(opened(honest.page(), honest.pin, html), "Do not rely on this page")


def test_the_statements_of_another_page(honest, opened):
    swapped = put(honest.page().read_text(), taken(honest.page("ma-2026-015").read_text()))
    demand_untrusted(opened(honest.page(), honest.pin, swapped), "which no signed statement in it says")


def forged(honest, attacker, root):
    """The page with a verdict that an attacker signed, under a policy with the attacker's key in it that `root` signed."""

    def forge(data):
        number, said = find(data, "assessment")
        said["predicate"]["verdict"] = "accepted"
        payload = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        data["statements"][number] = {"payload": payload, "signatures": []}
        keys = [{"person": one, "pem": attacker.pem(one)} for one in ("assessor",)]
        keys += [{"person": one, "pem": honest.pem(one)} for one in ("requester", "supplier", "certifier")]
        data["policies"] = [plain(root.signed(root.policy(keys=keys), "root"))]
        return payload

    return forge


@pytest.fixture(scope="module")
def attacker(tmp_path_factory):
    return Trusted(tmp_path_factory.mktemp("attacker") / "desk")


def test_a_key_swapped_in_the_policy(honest, attacker, opened):
    """Its version keeps the signature of the honest root, which is not over it, or gets the attacker's."""
    html = honest.page().read_text()

    def swap(data):
        data["policies"][0]["payload"] = data["policies"][0]["payload"].replace(
            json.dumps(honest.pem("assessor"))[1:-1], json.dumps(attacker.pem("assessor"))[1:-1]
        )

    assert swap(data := taken(html)) is None
    assert data != taken(html)
    demand_untrusted(opened(honest.page(), honest.pin, changed(html, swap)), "do not lead to version 1")
    by_attacker = changed(html, forged(honest, attacker, attacker))
    demand_untrusted(opened(honest.page(), honest.pin, by_attacker), "do not lead to version 1")


def test_a_whole_chain_by_another_root(honest, tmp_path, opened):
    """All is consistent in itself, and green to whoever trusts that root: not to the reader who trusts another."""
    other = filed(tmp_path / "other")
    other.build()
    assert is_green(opened(other.page(), other.pin))
    demand_untrusted(opened(other.page(), honest.pin), "are not those that you trust")
    demand_untrusted(opened(honest.page(), other.pin), "are not those that you trust")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"expires": "2026-11-01T00:00:00Z"}, "expired at 2026-11-01"),
        ({"revoked": "key"}, "2 ✗"),
        ({"revoked": "statement"}, "6 ✗"),
        ({"grants": "assessor"}, "5 ✗"),
        ({"suspended": "assessor"}, "5 ✗"),
    ],
)
def test_what_a_newer_policy_takes_back(honest, opened, more, why):
    html = honest.page().read_text()
    data = taken(html)
    base = honest.policy().predicate
    since = {"from": ASSESSED, "reason": "Lost."}
    match more:
        case {"revoked": "key"}:
            more = {"revoked": [{"key": honest.key_id("assessor"), **since}]}
        case {"revoked": "statement"}:
            more = {"revoked": [{"statement": data["about"], **since}]}
        case {"grants": who}:
            more = {"grants": [one for one in base["grants"] if one["role"] != who]}
        case {"suspended": who}:
            taken_back = next(one for one in base["grants"] if one["role"] == who) | {"suspended": True}
            more = {"grants": [*base["grants"], taken_back]}
    before = digest_of(data["policies"][0]["payload"])
    data["policies"].append(plain(honest.signed(honest.policy(version=2, before=before, **more), "root")))
    demand_untrusted(opened(honest.page(), honest.pin, put(html, data)), why)


def test_an_older_policy_than_the_browser_saw(honest, opened):
    html = honest.page().read_text()
    data = taken(html)
    before = digest_of(data["policies"][0]["payload"])
    data["policies"].append(plain(honest.signed(honest.policy(version=2, before=before), "root")))
    assert is_green(opened(honest.page(), honest.pin, put(html, data)))
    demand_untrusted(opened(honest.page(), honest.pin), "your browser saw version 2 before")


def test_a_version_that_does_not_follow(honest, opened):
    data = taken(honest.page().read_text())
    data["policies"].append(plain(honest.signed(honest.policy(version=2, before="a" * 64), "root")))
    page = opened(honest.page(), honest.pin, put(honest.page().read_text(), data))
    demand_untrusted(page, "do not lead to version 2")


def keyless(data):
    data["statements"][find(data, "decision")[0]]["signatures"][0]["keyless"] = True


def test_what_a_certificate_signed_is_not_checked_and_not_green(honest, opened):
    page = opened(honest.page(), honest.pin, changed(honest.page().read_text(), keyless))
    assert page.evaluate(STATE) is None
    assert "Not checked by your browser; `verifier verify` does" in page.inner_text("#by-whom")
    assert not page.locator(".checked").count()


def test_a_role_that_ended_is_not_checked_and_not_green(honest, opened):
    html = honest.page().read_text()
    data = taken(html)
    over = [{**one, "until": "2026-11-20T00:00:00Z"} for one in honest.policy().predicate["grants"]]
    before = digest_of(data["policies"][0]["payload"])
    data["policies"].append(plain(honest.signed(honest.policy(version=2, before=before, grants=over), "root")))
    page = opened(honest.page(), honest.pin, put(html, data))
    assert page.evaluate(STATE) is None
    assert "ended since" in page.inner_text("#by-whom")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_fingerprint_or_a_script_nothing_is_green(honest, browser, opened, language):
    neutral = {"en": "not by your browser", "fr": "non par votre navigateur"}[language]
    page = opened(honest.page(language=language))
    assert page.evaluate(STATE) is None
    assert neutral in page.inner_text("#by-whom")
    plain_ = browser.new_context(java_script_enabled=False).new_page()
    plain_.goto(honest.page(language=language).as_uri() + f"#pin={honest.pin}")
    assert neutral in plain_.inner_text("#by-whom")
    assert not plain_.locator("#pin").is_visible()
    assert not plain_.locator(".checked, [data-verified]").count()


def test_the_reader_gives_the_fingerprint_once(honest, opened):
    page = opened(honest.page())
    page.fill("#pin", "abc")
    page.keyboard.press("Enter")
    assert "no fingerprint" in page.inner_text("#by-whom")
    page.fill("#pin", f" SHA256:{honest.pin.upper()} ")
    page.keyboard.press("Enter")
    page.wait_for_selector(".checked")
    french = opened(honest.page(language="fr"))
    assert is_green(french)
    demand_untrusted(opened(honest.page(), "b" * 64), "or of the link to it")
    french.get_by_role("button", name="Oublier l'empreinte").click()
    french.wait_for_selector(".checked", state="detached")
    assert french.evaluate(STATE) is None


def copied(made, folder):
    """The same desk elsewhere, with its keys, whose files may be changed."""
    found = Trusted.__new__(Trusted)
    found.__dict__.update({name: one for name, one in made.__dict__.items() if name != "store"})
    found.folder = shutil.copytree(made.folder, folder / "copy", ignore=shutil.ignore_patterns("site"))
    return found


def test_a_file_that_was_edited_on_disk(honest, tmp_path, opened):
    made = copied(honest, tmp_path)
    (path,) = made.record.glob("contracts/*014/assessment-*")
    path.write_bytes(path.read_bytes().replace(b'"payload":"eyJ', b'"payload":"eyK', 1))
    made.build()
    page = opened(made.page())
    assert "1 of 8 signed files does not hold: do not rely on this page." in page.inner_text("main")
    assert path.name in page.inner_text("details")
    assert "files hold." not in page.inner_text("body")
    demand_untrusted(opened(made.page(), made.pin), "did not hold when the page was made: 1")
    assert is_green(opened(made.page("ma-2026-015"), made.pin))


def test_evidence_that_was_edited_on_disk(honest, tmp_path, opened):
    made = copied(honest, tmp_path)
    (path,) = made.record.glob("contracts/*014/evidence/*")
    path.write_bytes(REPORT.replace(b"whole", b"other"))
    made.build()
    page = opened(made.page(), made.pin)
    assert "7 ✗" in page.inner_text("details").replace("\u00a0", " ")
    demand_untrusted(page, "did not hold when the page was made: 1")


def test_a_row_that_was_edited_in_the_index(honest, tmp_path, opened):
    """The page says what was signed, and not what the index says."""
    made = copied(honest, tmp_path)
    index = sqlite3.connect(made.record / "index.sqlite")
    tables = [name for (name,) in index.execute("select name from sqlite_master where type = 'table'")]
    table = next(one for one in tables if "payee" in [row[1] for row in index.execute(f"pragma table_info({one})")])
    with index:
        index.execute(f"update {table} set payee = 'Friends Ltd.', total = 1")  # noqa: S608
    index.close()
    made.build()
    page = opened(made.page(), made.pin)
    assert is_green(page)
    assert "Parcels Inc." in page.inner_text("main")
    assert "Friends Ltd." not in page.inner_text("main")


def test_hostile_text_is_shown_and_not_run(tmp_path, opened):
    made = Trusted(tmp_path / "desk")
    text = {"en": HOSTILE, "fr": HOSTILE}
    agreed = contract(payee=HOSTILE, title=text, requirements=[{"id": "r1", "text": text}])
    made.file([bundle(made.signed(agreed, who)) for who in ("requester", "supplier")])
    made.build()
    for language in LANGUAGES:
        page = opened(made.page(language=language), made.pin)
        assert is_green(page), page.inner_text("body")
        assert r"<script>alert(1)</script>" in page.inner_text("main")
        assert "\u202e" not in page.content()


def test_the_scripts_words():
    script = str(file("dashboard/assets/verify.js"))
    words_ = script.partition("const WORDS = {")[2].partition("\n};")[0].strip().splitlines()
    assert len(words_) > 20
    for line in words_:
        assert re.fullmatch(r'  \w+: \["[^"]+", "[^"]+"\],', f"  {line.strip()}"), line
        english, french = (set(re.findall(r"{\w+}", one)) for one in line.split('", "'))
        assert english == french
    tr = translator("fr")
    for word in [*Verdict, *Outcome]:
        assert f'"{tr(word.value)}"' in script
    would = [translator(one)("Would be {verdict}").lower().replace("\u202f", " ") for one in LANGUAGES]
    assert f'forecast: ["{would[0]}", "{would[1]}"]' in script


def test_all_scripts_are_small():
    assert sum(len(asset(name).encode()) for name in ASSETS if name.endswith(".js")) < 30_000
