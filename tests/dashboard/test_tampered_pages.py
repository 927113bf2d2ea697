"""The reader's browser verifies a page by itself. Whatever is changed in it, on disk or in its statements: never green."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from hashlib import sha256

import pytest
from playwright.sync_api import sync_playwright
from support.chains import ASSESSED, Purchase, contract
from support.tampered import changed, put, taken
from support.trusted import Trusted

from verifier.dashboard.assets import ASSETS, asset
from verifier.dashboard.enclosed import plain
from verifier.model import Outcome, Verdict
from verifier.render import words
from verifier.render.templates import file
from verifier.statements.envelope import bundle
from verifier.words import LANGUAGES, translator

FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--no-sandbox"]
REPORT = b'{"what": "the whole report"}'
HOSTILE = '"><script>alert(1)</script><svg onload=alert(2)><style>*{color:green}</style>\u202egpj.exe'
OPTIONS = {"wait_until": "load"}
STATE = "document.documentElement.dataset.verified"
STRUCK = "getComputedStyle(document.querySelector('h1')).textDecorationLine"


def purchase(**edits):
    evidence = {"name": "report.json", "mediaType": "application/json", "sha256": sha256(REPORT).hexdigest()}
    return Purchase(edits={"assessment": {"evidence": [evidence]}, **edits})


def filed(folder, **kinds):
    """A record with a whole purchase, and with another contract."""
    made = Trusted(folder, kinds)
    made.file(made.purchase(purchase()))
    made.file([bundle(made.signed(contract(id="MA-2026-015"), who)) for who in ("requester", "supplier")])
    with made.sources() as found:
        found.records.store.keep_evidence("MA-2026-014", REPORT)
    return made


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def context(browser):
    found = browser.new_context()
    yield found
    found.close()


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    made = filed(tmp_path_factory.mktemp("ecdsa") / "desk")
    made.build()
    return made


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


@pytest.fixture
def opened(context):
    """A page, as the browser shows it once its script is done. Whatever it complains of, or runs, fails the test."""

    def open_(path, pin="", html=""):
        target = path
        if html:
            target = path.with_name("variant.html")
            target.write_text(html, encoding="utf-8")
        page = context.new_page()
        trouble = []
        page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: trouble.append(error.message))
        page.on("console", lambda message: trouble.append(message.text))
        page.goto(target.as_uri() + (f"#pin={pin}" if pin else ""), **OPTIONS)
        page.wait_for_function(f"{STATE} || document.getElementById('by-whom').dataset.done", timeout=10_000)
        assert trouble == []
        return page

    return open_


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


def digest_of(payload):
    return sha256(payload.encode()).hexdigest()


def find(data, kind):
    """The first statement of a kind: where in the page it lies, and what it says."""
    for number, one in enumerate(data["statements"]):
        said = json.loads(one["payload"])
        if said["predicateType"].endswith(f"/{kind}/v1"):
            return number, said
    raise AssertionError(kind)


def report(html, language="en", **shown):
    """The page made one about its assessment, with the marks that a report has. `shown` are texts that it shows instead."""
    data = taken(html)
    number, said = find(data, "assessment")
    data["about"] = digest_of(data["statements"][number]["payload"])
    predicate = said["predicate"]
    verdict = words.word(predicate["verdict"], language)
    texts = {"verdict": f"… {verdict.capitalize()}", "value": predicate["verdict"], "round": "1"} | shown
    outcomes = "".join(
        f'<li data-signed="outcomes/{one["criterion"]}/outcome">{words.word(one["outcome"], language)}</li>'
        for one in predicate["outcomes"]
    )
    marks = (
        f'<section data-statement="{data["about"][:16]}">'
        f'<p><strong data-signed="verdict" data-value="{texts["value"]}">{texts["verdict"]}</strong></p>'
        f'<p data-signed="contract.contract">MA-2026-014</p><p data-signed="contract.round">{texts["round"]}</p>'
        f'<p data-signed="criteria.digest">{predicate["criteria"]["digest"][:16]}…</p>'
        f'<p data-signed="commit">{said["subject"][0]["digest"]["gitCommit"][:12]}</p><ul>{outcomes}</ul></section>'
    )
    return put(html, data).replace("</h1>", f"</h1>{marks}", 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_honest_page_is_verified_by_the_browser(honest, other_kinds, opened, language):
    for made in (honest, other_kinds):
        path = made.page(language=language)
        page = opened(path, made.pin)
        assert is_green(page), page.inner_text("body")
        assert "MA-2026-014" in page.locator(".checked").inner_text()
        page = opened(path, made.pin, report(path.read_text(), language))
        assert is_green(page), page.inner_text("body")
        assert words.word("pending", language) in page.locator(".checked").inner_text()


def test_the_browser_names_who_signed_in_which_role(honest, opened):
    assert "certifier (certifier), requester (requester)" in opened(honest.page(), honest.pin).inner_text(".checked")
    french = opened(honest.page(language="fr"), honest.pin).inner_text(".checked")
    assert "certifier (certificateur), requester (demandeur)" in french


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ({"verdict": "✓ Accepted"}, "as “✓ Accepted”; signed was “pending”"),
        ({"value": "accepted"}, "signed was “pending”"),
        ({"value": "accepted", "verdict": "✓ Accepted"}, "signed was “pending”"),
        ({"verdict": "… Pending Accepted"}, "signed was “pending”"),
        ({"verdict": "… Would be pending"}, "signed was “pending”"),
        ({"round": "2"}, "“contract.round” as “2”"),
    ],
)
def test_a_displayed_value_that_was_not_signed(honest, opened, shown, why):
    demand_untrusted(opened(honest.page(), honest.pin, report(honest.page().read_text(), **shown)), why)


@pytest.mark.parametrize(
    ("text", "instead", "why"),
    [
        ("7,345.00 CAD", "9,345.00 CAD", "“total”"),
        ('data-value="734500"', 'data-value="934500"', "“total”"),
        (">Parcels Inc.<", ">Parcels Ltd.<", "signed was “Parcels Inc.”"),
        ('data-signed="payee"', 'data-signed="friend"', "“friend”, which no signed statement in it says"),
        ('data-signed="payee"', 'data-signed="milestones"', "“milestones”, which no signed statement in it says"),
        ('data-signed="id"', 'class="id"', "does not show “id”"),
        ('data-signed="id"', 'data-signed="id" hidden', "does not show “id”"),
        ("data-statement=", "data-of=", "does not show “id”"),
    ],
)
def test_the_contracts_page_shows_what_was_signed(honest, opened, text, instead, why):
    html = honest.page().read_text()
    assert text in html
    demand_untrusted(opened(honest.page(), honest.pin, html.replace(text, instead)), why)


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
        (left_out, "of the statement that it is about, or lacks it"),
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
    english, french = (re.findall(r"^      (\w+): \"", part, re.MULTILINE) for part in tables(script))
    assert english == french
    assert len(english) > 15
    tr = translator("fr")
    for word in [*Verdict, *Outcome]:
        assert f'"{tr(word.value)}"' in script
    for language in LANGUAGES:
        would = translator(language)("Would be {verdict}").format(verdict="").lower().replace("\u202f", " ")
        assert f'forecast: "{would}"' in script


def tables(script):
    inner = script.partition("const WORDS = {")[2].partition("\n  };")[0]
    return inner.partition("\n    fr: {")[::2]


def test_all_scripts_are_small():
    assert sum(len(asset(name).encode()) for name in ASSETS if name.endswith(".js")) < 30_000
