"""The whole way in a real browser: what it says of our forms, and keeps of our cookies, only it knows."""

from __future__ import annotations

import socket

import pytest
from support.browsing import chromium, needed
from support.chains import signed_payload
from support.provider import running, serving
from support.visiting import KEY, Site, filed

pytestmark = needed


def _port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    port = _port()
    address = f"http://127.0.0.1:{port}"
    with running(f"{address}/signed-in") as provider:
        site = Site(filed(tmp_path_factory.mktemp("browser") / "record"), provider, how={"base": address})
        with serving(site.app, port=port):
            yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without"])
def test_from_signing_in_to_handing_in_and_out_again(base, browser, tmp_path, script):
    with browser.new_context(java_script_enabled=script) as context:
        page = context.new_page()
        page.goto(f"{base}/en/act/{KEY}.html")
        assert page.url == f"{base}/en/act/{KEY}.html"
        page.fill("textarea[name=rationale]", "Seen working.")
        page.check("input[value=unmet]")
        with page.expect_download() as waited:
            page.click("text=Download the decision")
        signed = tmp_path / "decision.sigstore.json"
        signed.write_bytes(signed_payload(waited.value.path().read_bytes(), "assessor"))
        page.set_input_files("input[type=file]", str(signed))
        page.click("text=File it in the record")
        page.wait_for_selector("[role=status]")
        assert "Filed and entered" in page.inner_text("[role=status]")
        (cookie,) = context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
        page.click("text=Sign out")
        page.wait_for_selector("text=Sign in")
        assert context.cookies() == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_of_ours_is_wider_than_a_telephone(base, browser, language):
    with browser.new_context(viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        for address in (f"act/{KEY}", "sessions", "nothing"):
            page.goto(f"{base}/{language}/{address}.html")
            assert page.evaluate("document.documentElement.scrollWidth") == 320
