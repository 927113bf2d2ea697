"""Signing in a real browser, with a key that it keeps: what comes of it counts as any signature does, and no further."""

from __future__ import annotations

import json
import socket
from base64 import b64decode, b64encode
from contextlib import contextmanager
from hashlib import sha256

import pytest
from support.browsing import chromium, needed, violations
from support.chains import ROLES
from support.desks import Desk
from support.provider import CLIENT, SECRET, running, serving
from support.trusted import Trusted

from verifier.dashboard.serve.app import app
from verifier.dashboard.serve.settings import Provider, Settings
from verifier.keys import public
from verifier.statements import envelope, strict

pytestmark = needed

PATIENCE = 10_000
"""Milliseconds."""
ACT = "act/ma-2026-014"
KEYS = """() => new Promise(done => {
  indexedDB.open("verifier").onsuccess = opened =>
    opened.target.result.transaction("keys").objectStore("keys").getAll().onsuccess = found => {
      const [{ privateKey }] = found.target.result;
      crypto.subtle.exportKey("pkcs8", privateKey).then(() => done("given"), error => done(error.name));
    };
})"""


def _port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Buyer(Trusted):
    """A record up to an assessment, and versions of the policy in which a key is added."""

    def __init__(self, folder):
        super().__init__(folder)
        self.file(self.purchase()[:-3])

    def knows(self, pem="", person="assessor", **more):
        keys = [{"person": role, "pem": self.pem(role)} for role in ROLES]
        keys += [{"person": person, "pem": pem}] if pem else []
        last = envelope.digest(self.versions[-1])
        made = self.policy(version=len(self.versions) + 1, before=last, **({"keys": keys} | more))
        self.versions.append(self.signed(made, "root"))
        self.store.add(self.versions[-1])

    @contextmanager
    def filing(self):
        with self.sources() as found:
            yield found.records

    def filed(self):
        return {one for one in self.record.joinpath("contracts").rglob("*") if one.is_file()}


@pytest.fixture(scope="module")
def buyer(tmp_path_factory):
    return Buyer(tmp_path_factory.mktemp("signing"))


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def base(buyer):
    port = _port()
    address = f"http://127.0.0.1:{port}"
    with running(f"{address}/signed-in") as provider:
        ours = Provider(issuer=provider.issuer, client=CLIENT, secret=SECRET)
        settings = Settings(base=address, provider=ours, filing=buyer.filing)
        served = app(buyer.sources, settings)
        with serving(served, port=port):
            yield address


@pytest.fixture(scope="module")
def context(browser):
    """The assessor's browser."""
    with browser.new_context() as found:
        yield found


@pytest.fixture
def page(base, context):
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{base}/en/key.html")
    yield page
    page.close()


@pytest.fixture
def key(buyer, page):
    """The public key of one that was made in the browser, and that the policy knows as the assessor's."""
    page.wait_for_selector("#own-key:not([hidden])")
    if page.is_visible("text=Make a key"):
        page.click("text=Make a key")
        page.wait_for_selector("pre:visible")
    made = public.from_pem(page.inner_text("pre").encode())
    buyer.knows(made.pem)
    return made


def prepare(base, page, why="Seen working.", alter=None):
    """A decision, to the page on which it is signed; `alter` changes that page on its way."""
    if alter:
        page.route("**/decision", lambda route: route.fulfill(response=(got := route.fetch()), body=alter(got.text())))
    page.goto(f"{base}/en/{ACT}.html")
    page.fill("textarea[name=rationale]", why)
    page.check("input[value=met]")
    page.click("form[action$=decision] >> text=Sign it in this browser")
    page.wait_for_selector("#own-key:not([hidden])")
    return page.get_attribute("#own-key", "data-payload")


def sign(page):
    page.click("text=Sign it and file it")
    return page.wait_for_selector("main :is([role=alert], .notice), h1:has-text('This did not work')").inner_text()


def test_the_key_never_leaves_the_browser_and_enters_no_policy_by_itself(base, buyer, page):
    page.click("text=Make a key")
    page.wait_for_selector("text=does not know this key")
    assert violations(page) == []
    made = public.from_pem(page.inner_text("pre").encode())
    assert made.kind == "ecdsa-p256"
    assert page.inner_text("[data-of=id]") == made.id
    assert page.evaluate(KEYS) == "InvalidAccessError"
    page.reload()
    assert public.from_pem(page.inner_text("pre").encode()).id == made.id
    buyer.knows(made.pem, "certifier")
    for _ in range(2):  # of nobody, then of somebody else
        prepare(base, page)
        assert page.is_visible("text=nothing that it signs counts")
        assert not page.is_visible("text=Sign it and file it")
        buyer.knows()


@pytest.mark.usefixtures("key")
def test_where_the_server_files_nothing_it_is_downloaded(base, buyer, page, tmp_path):
    without = r'<input type="file" name="statement" hidden>'
    payload = b64decode(prepare(base, page, "By download.", lambda text: text.replace(without, "")))
    with page.expect_download() as waited:
        page.click("text=Sign it and file it")
    assert waited.value.suggested_filename == "decision-ma-2026-014-m1.sigstore.json"
    (tmp_path / "one.sigstore.json").write_bytes(waited.value.path().read_bytes())
    assert envelope.read((tmp_path / "one.sigstore.json").read_bytes()).payload == payload
    Desk(buyer.folder).done("verify", str(tmp_path / "one.sigstore.json"), "--trust", "trust")


def changed(payload):
    said = json.loads(b64decode(payload))
    said["predicate"]["outcome"] = "unmet"
    return b64encode(strict.canonical(said)).decode()


@pytest.mark.parametrize("other", ["changed", "of-before", "of-another-session"])
@pytest.mark.usefixtures("key")
def test_what_is_not_what_was_shown_is_not_filed(base, buyer, browser, page, other):
    """Also where it is well signed: by a script that was changed, or a page that was."""
    first = prepare(base, page, "Another.")
    if other == "of-another-session":
        with browser.new_context() as elsewhere:
            first = prepare(base, elsewhere.new_page(), "Elsewhere.")
    wanted = changed(first) if other == "changed" else first

    def alter(text):
        was = text.partition('data-payload="')[2].partition('"')[0]
        digests = [sha256(b64decode(one)).hexdigest() for one in (was, wanted)]
        swapped = text.replace(was, wanted)
        return swapped if other == "of-before" else swapped.replace(*digests)

    prepare(base, page, alter=alter)
    before = buyer.filed()
    assert "is not what this server prepared" in sign(page)
    assert buyer.filed() == before


@pytest.mark.usefixtures("key")
def test_the_form_of_another_session_files_nothing(base, buyer, browser, page):
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        prepare(base, other)
        token = other.get_attribute("input[name=prepared] ~ input, input[name=token]", "value")
    prepare(base, page)
    page.eval_on_selector("main input[name=token]", "(one, token) => { one.value = token; }", token)
    before = buyer.filed()
    assert "did not work" in sign(page)
    assert buyer.filed() == before


@pytest.mark.parametrize("how", ["key", "role"])
def test_what_the_policy_does_not_allow_any_more_is_not_filed(base, buyer, page, key, how):
    """It was allowed when the page was made."""
    prepare(base, page)
    grants = buyer.policy().predicate["grants"]
    ended = [{**one, "suspended": True} if one["role"] == "assessor" else one for one in grants]
    buyer.knows(**({"grants": ended, "pem": key.pem} if how == "role" else {}))
    before = buyer.filed()
    told = sign(page)
    assert ("nobody whom the trust policy knows" if how == "key" else "did not work") in told
    assert buyer.filed() == before


@pytest.mark.usefixtures("key")
def test_a_key_is_removed_from_the_browser(page):
    page.reload()
    page.wait_for_selector("text=knows this key as yours")
    page.click("summary")
    page.click("text=Remove the key from this browser")
    page.wait_for_selector("text=has no key of yours")
    page.reload()
    page.wait_for_selector("text=has no key of yours")
    assert not page.is_visible("text=knows this key as yours")
    assert "BEGIN PUBLIC KEY" not in page.inner_text("main")


def test_what_is_signed_here_is_filed_and_verified_as_any_statement(base, buyer, page, key):
    """The last one: from here on the record has a statement by this key, which the policy has to know."""
    payload = b64decode(prepare(base, page, "Seen « working » \u202e <b>twice</b>."))
    assert "Seen « working » \\u202e <b>twice</b>." in page.inner_text("pre")
    assert f"sha256: {json.loads(payload)['subject'][0]['digest']['sha256']}" in page.inner_text("pre").splitlines()[1]
    assert page.is_visible(f"text={sha256(payload).hexdigest()}")
    assert violations(page) == []
    before = buyer.filed()
    assert "Filed and entered" in sign(page)
    (path,) = buyer.filed() - before
    content = path.read_bytes()
    found = envelope.read(content)
    assert (found.payload, found.signatures[0].hint, found.signatures[0].sig[0]) == (payload, key.id, 0x30)
    assert envelope.bundle(found) == content
    told = json.loads(Desk(buyer.folder).done("verify", str(path), "--trust", "trust", "--json"))
    assert "assessor" in json.dumps(told)
    page.goto(f"{base}/en/contracts/ma-2026-014.html#pin={buyer.pin}")
    page.wait_for_selector("[data-verified=browser]")
