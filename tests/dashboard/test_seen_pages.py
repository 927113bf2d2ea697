"""What is seen on a page that turns green is what was signed: to the letter, whole, and in the shape and colour of its word."""

from __future__ import annotations

import re

import pytest
from support.verified import demand_untrusted, is_green, report_of

from verifier.model import Outcome, Verdict
from verifier.render.templates import file
from verifier.render.words import COLOURS, NOT_ASKED, SHAPES


@pytest.mark.parametrize(
    ("text", "instead", "why"),
    [
        ("</span> Rejected</h1>", "</span> Accepted</h1>", "as “✗ Accepted”; signed was “rejected”"),
        ('data-value="rejected"', 'data-value="accepted"', "signed was “rejected”"),
        ("</span> Rejected</h1>", "</span> Rejected Accepted</h1>", "signed was “rejected”"),
        ("</span> Rejected</h1>", "</span> Would be rejected</h1>", "signed was “rejected”"),
        (
            'data-signed="contract.round" data-value="1">1<',
            'data-signed="contract.round">2<',
            "“contract.round” as “2”",
        ),
        ('<h1 data-signed="verdict"', '<h1>✓ Accepted</h1><h1 data-signed="verdict"', "does not show “verdict”"),
        ("<h1 data-signed", '<h1>✓ Accepted</h1><p class="out" data-signed', "does not show “verdict”"),
        ('class="verdict bad"', 'class="out"', "does not show “verdict”"),
        (' data-signed="outcomes/', ' data-was="', "does not show “outcomes/"),
    ],
)
def test_the_page_of_a_report_shows_what_was_signed(honest, opened, text, instead, why):
    html = report_of(honest).read_text()
    assert text in html
    demand_untrusted(opened(report_of(honest), honest.pin, html.replace(text, instead)), why)


@pytest.mark.parametrize(
    ("text", "instead", "why"),
    [
        ("7,345.00 CAD", "9,345.00 CAD", "“total”"),
        ("7,345.00 CAD", "734,500 CAD", "“total”"),
        ("7,345.00 CAD", "734500 USD", "“total”"),
        ("7,345.00 CAD", "-7,345.00 CAD", "“milestones/m1/total”"),
        ('data-value="734500"', 'data-value="934500"', "“total”"),
        (">2026-11-30<", ">20261130<", "“ends”"),
        (">Parcels Inc.<", ">Parcels Ltd.<", "signed was “Parcels Inc.”"),
        (' data-signed="payee">Parcels Inc.', ">Attacker Ltd.", "does not show “payee”"),
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


OTHER = '<svg width="0" height="0"><foreignObject width="0" height="0"><slot></slot></foreignObject></svg>'
PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Ctext y='20'%3EAccepted%3C/text%3E%3C/svg%3E"
)
HEADING = re.compile('(<h1 data-signed="verdict"[^>]*>)(.*?)(</h1>)')
PAYEE = re.compile('(<bdi translate="no" data-signed="payee">)(Parcels Inc.)(</bdi>)')


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (HEADING, rf'\1<img src="{PICTURE}"><span class="out">\2</span>\3'),
        (HEADING, rf'\1<img src="{PICTURE}"><span class="skip">\2</span>\3'),
        (HEADING, r'\1<textarea rows="1">Accepted</textarea><span class="out">\2</span>\3'),
        (HEADING, r'\1<input placeholder="Accepted"><span class="out">\2</span>\3'),
        (HEADING, r"\1<details><summary></summary>\2</details>\3"),
        (HEADING, rf'\1<span><template shadowrootmode="open">✓ Accepted{OTHER}</template>\2</span>\3'),
        (HEADING, rf'\1<template shadowrootmode="open">✓ Accepted{OTHER}</template>\2\3'),
        (HEADING, r'\1<template shadowrootmode="closed">✓ Accepted <slot></slot></template>\2\3'),
        (HEADING, rf'<div><template shadowrootmode="closed"><h2>✓ Accepted</h2>{OTHER}</template>\g<0></div>'),
        (HEADING, r'<font color="white">\g<0></font>'),
        (HEADING, r'<bdo dir="rtl">\g<0></bdo>'),
        (HEADING, r'<div role="img" aria-label="Accepted">\g<0></div>'),
        (re.compile("<h1 "), r'<h1 aria-label="Accepted" '),
        (re.compile("<h1 "), r'<h1 title="Accepted" '),
        (
            re.compile('(<span class="shape") (aria-hidden="true">✗</span>) Rejected'),
            r'\1 aria-label="Accepted" \2 Rejected',
        ),
        (re.compile('aria-hidden="true">✗</span> Rejected'), 'aria-hidden="true">✗ Rejected</span>'),
        (PAYEE, r'\1<input readonly value="Attacker Ltd."><span class="out">\2</span>\3'),
        (PAYEE, r"\1<i>\2</i>\3"),
        (PAYEE, r'<textarea data-signed="payee">\2</textarea>'),
        (PAYEE, r'<span class="state good" data-signed="payee">\2</span>'),
    ],
)
def test_a_value_is_text_alone_and_each_bit_of_it_is_seen(honest, opened, pattern, instead):
    path, name = (honest.page(), "payee") if "Parcels" in pattern.pattern else (report_of(honest), "verdict")
    html = pattern.sub(instead, path.read_text(), count=1)
    assert html != path.read_text()
    demand_untrusted(opened(path, honest.pin, html), f"does not show “{name}”")


@pytest.mark.parametrize(
    ("text", "instead", "why"),
    [
        ('<section class="verdict bad">', '<section class="verdict good">', "“verdict” as “✗ Rejected”"),
        (
            '<section class="verdict bad">',
            '<div class="good"><section class="verdict bad">',
            "“verdict” as “✗ Rejected”",
        ),
        ("✗</span> Rejected", "✓</span> Rejected", "“verdict” as “✓ Rejected”"),
        ('<span class="shape" aria-hidden="true">✗</span> Rejected', "Rejected", "“verdict” as “Rejected”"),
        ('class="state bad" data-signed', 'class="state good" data-signed', "outcome” as “✗ unmet”"),
        ("✗</span> unmet", "✓</span> unmet", "outcome” as “✓ unmet”"),
    ],
)
def test_the_shape_and_the_colour_are_those_of_the_word(honest, opened, text, instead, why):
    html = report_of(honest).read_text()
    assert text in html
    demand_untrusted(opened(report_of(honest), honest.pin, html.replace(text, instead)), why)


def test_every_mark_that_a_page_has_is_missed(honest, opened):
    for path in (honest.page(), report_of(honest)):
        page = opened(path, honest.pin)
        for mark in page.evaluate("[...new Set(every('[data-signed]').map((one) => one.dataset.signed))]"):
            told = page.evaluate(
                """async (mark) => {
                  const all = every(`[data-signed="${mark}"]`);
                  for (const one of all) delete one.dataset.signed;
                  await run();
                  for (const one of all) one.dataset.signed = mark;
                  return first("[role=alert]")?.innerText;
                }""",
                mark,
            )
            assert f"does not show “{mark}”" in (told or ""), mark
        page.evaluate("run()")
        page.wait_for_selector(".checked")


def test_only_what_was_signed_gets_a_colour(honest, opened):
    page = opened(report_of(honest, 1), honest.pin)
    ink = page.evaluate("getComputedStyle(document.body).color")
    colours = "(all) => [...new Set(every(all).map((one) => getComputedStyle(one).color))]"
    assert ink not in page.evaluate(colours, ".good.state[data-signed], h1[data-signed] .shape")
    assert page.evaluate(colours, ".good.state:not([data-signed]), .good.state:not([data-signed]) .shape") == [ink]


def test_nothing_beside_what_was_signed_gets_a_colour(honest, opened):
    """Neither a verdict that stands beside the signed one, nor anything where the page itself says that it was verified."""
    html = report_of(honest).read_text()
    beside = '<section class="verdict good"><p class="lead state good">✓ Accepted</p></section>'
    more = html.replace('<section class="verdict bad">', f'{beside}<section class="verdict bad">')
    borders = "every('.verdict').map((one) => getComputedStyle(one).borderLeftColor)"
    green = opened(report_of(honest), honest.pin, more)
    assert is_green(green)
    (other, signed), (neutral,) = green.evaluate(borders), opened(report_of(honest)).evaluate(borders)
    assert other == neutral != signed
    claiming = opened(report_of(honest), html=html.replace("<body", '<body data-verified="browser"'))
    assert claiming.evaluate(borders) == [neutral]


def test_nothing_lies_over_what_was_signed(honest, opened):
    covers = {
        "svg": '<svg overflow="visible" width="1" height="1"><text y="-30">✓ Accepted</text></svg>',
        "dialog": "<dialog open><h2>✓ Accepted</h2></dialog>",
        "p": '<p id="more" popover>✓ Accepted</p>',
    }
    html = report_of(honest).read_text().replace("<footer", f"{''.join(covers.values())}<footer")
    page = opened(report_of(honest), honest.pin, html)
    for name in covers:
        demand_untrusted(page, f"has “{name}” in it")


def test_the_scripts_looks():
    found = str(file("dashboard/assets/verify.js")).partition("const LOOKS = {")[2].partition("};")[0]
    shown = {plain_ or quoted: look for plain_, quoted, look in re.findall(r'(?:(\w+)|"([^"]+)"): "([^"]+)"', found)}
    states = [*Verdict, *Outcome, NOT_ASKED]
    assert shown == {str(one): f"{SHAPES[one]} {COLOURS.get(one, '')}".strip() for one in states}
