"""That a document has one meaning and one form, by the vectors of others and by properties."""

from __future__ import annotations

import json
import math
import struct
import sys
from contextlib import suppress

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import vectors

from verifier.errors import TrustError
from verifier.statements import strict

pytestmark = pytest.mark.self

REFUSED_ON_PURPOSE = {
    "y_number.json": "not-an-integer",
    "y_number_0e+1.json": "not-an-integer",
    "y_number_0e1.json": "not-an-integer",
    "y_number_double_close_to_zero.json": "not-an-integer",
    "y_number_int_with_exp.json": "not-an-integer",
    "y_number_minus_zero.json": "not-an-integer",
    "y_number_negative_zero.json": "not-an-integer",
    "y_number_real_capital_e.json": "not-an-integer",
    "y_number_real_capital_e_neg_exp.json": "not-an-integer",
    "y_number_real_capital_e_pos_exp.json": "not-an-integer",
    "y_number_real_exponent.json": "not-an-integer",
    "y_number_real_fraction_exponent.json": "not-an-integer",
    "y_number_real_neg_exp.json": "not-an-integer",
    "y_number_real_pos_exponent.json": "not-an-integer",
    "y_number_simple_real.json": "not-an-integer",
    "y_object_duplicated_key.json": "duplicate-key",
    "y_object_duplicated_key_and_value.json": "duplicate-key",
    "y_object_extreme_numbers.json": "not-an-integer",
    "y_structure_lonely_negative_real.json": "not-an-integer",
}
"""Good JSON of JSONTestSuite that no statement may be, and the reason."""


def code(data: bytes) -> str:
    with pytest.raises(TrustError) as refused:
        strict.parse(data)
    return refused.value.code


def purposes(data: bytes) -> set[str]:
    """Why a good document is refused all the same, as the standard library alone tells."""
    found: list[str] = []

    def integer(digits: str) -> int:
        found.extend(["number-range"] if abs(int(digits)) >= 2**53 else ["not-an-integer"] if digits == "-0" else [])
        return int(digits)

    def number(text: str) -> float:
        found.append("not-an-integer")
        return float(text)

    def pairs(given: list[tuple[str, object]]) -> dict[str, object]:
        found.extend(["duplicate-key"] if len(dict(given)) < len(given) else [])
        return dict(given)

    json.loads(data, parse_int=integer, parse_float=number, object_pairs_hook=pairs)
    return set(found)


def names(pattern: str) -> list[object]:
    return [pytest.param(path, id=path.name) for path in vectors.files(pattern)]


@vectors.needed
@pytest.mark.parametrize("path", names("json-parsing/test_parsing/n_*.json"))
def test_what_is_not_json_is_refused(path):
    assert code(path.read_bytes())


@vectors.needed
@pytest.mark.parametrize("path", names("json-parsing/test_parsing/i_*.json"))
def test_what_may_be_either_does_not_crash(path):
    with suppress(TrustError):
        strict.parse(path.read_bytes())


@vectors.needed
@pytest.mark.parametrize("path", names("json-parsing/test_parsing/y_*.json"))
def test_good_json_is_read_or_refused_on_purpose(path):
    data = path.read_bytes()
    if path.name in REFUSED_ON_PURPOSE or purposes(data):
        assert code(data) == REFUSED_ON_PURPOSE.get(path.name, code(data))
        assert code(data) in purposes(data)
    else:
        assert strict.parse(data) == json.loads(data)


@vectors.needed
@pytest.mark.parametrize("path", names("rfc8785/input/*.json"))
def test_the_canonical_form_is_that_of_rfc_8785(path):
    """The floats of these are for the canonicaliser alone: our parser refuses them."""
    expected = path.parents[1].joinpath("output", path.name).read_bytes()
    listed = path.parents[1].joinpath("outhex", f"{path.stem}.txt").read_text("ascii")
    assert bytes.fromhex(listed) == expected
    assert rfc8785.dumps(json.loads(path.read_bytes(), parse_int=float)) == expected
    if found := purposes(path.read_bytes()):
        assert code(path.read_bytes()) in found
    else:
        assert strict.canonical(strict.parse(path.read_bytes())) == expected
        assert strict.read(expected) == strict.parse(path.read_bytes())


@pytest.mark.parametrize(
    ("bits", "form"),
    [
        (0x0000000000000000, "0"),
        (0x8000000000000000, "0"),
        (0x0000000000000001, "5e-324"),
        (0x8000000000000001, "-5e-324"),
        (0x7FEFFFFFFFFFFFFF, "1.7976931348623157e+308"),
        (0x4340000000000000, "9007199254740992"),
        (0xC340000000000000, "-9007199254740992"),
        (0x4430000000000000, "295147905179352830000"),
        (0x44B52D02C7E14AF5, "9.999999999999997e+22"),
        (0x44B52D02C7E14AF6, "1e+23"),
        (0x44B52D02C7E14AF7, "1.0000000000000001e+23"),
        (0x444B1AE4D6E2EF4E, "999999999999999700000"),
        (0x444B1AE4D6E2EF4F, "999999999999999900000"),
        (0x444B1AE4D6E2EF50, "1e+21"),
        (0x3EB0C6F7A0B5ED8C, "9.999999999999997e-7"),
        (0x3EB0C6F7A0B5ED8D, "0.000001"),
        (0x41B3DE4355555553, "333333333.3333332"),
        (0x41B3DE4355555557, "333333333.33333343"),
        (0xBECBF647612F3696, "-0.0000033333333333333333"),
        (0x43143FF3C1CB0959, "1424953923781206.2"),
    ],
)
def test_numbers_of_rfc_8785_have_their_form(bits, form):
    """Appendix B of the RFC."""
    assert rfc8785.dumps(struct.unpack(">d", bits.to_bytes(8))[0]).decode() == form


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":1}', "duplicate-key"),
        (b'[{"b":{"a":1,"\\u0061":2}}]', "duplicate-key"),
        (b"1.0", "not-an-integer"),
        (b"-0", "not-an-integer"),
        (b"1e2", "not-an-integer"),
        (b"NaN", "not-an-integer"),
        (b"[-Infinity]", "not-an-integer"),
        (b"9007199254740992", "number-range"),
        (b"-9007199254740992", "number-range"),
        (b"[" + b"9" * 5000 + b"]", "number-range"),
        (b'"\\ud800"', "lone-surrogate"),
        (b'{"\\udc00":1}', "lone-surrogate"),
        (b"\xef\xbb\xbf{}", "encoding"),
        (b'"\xff"', "encoding"),
        (b'"\xed\xa0\x80"', "encoding"),
        ("{}".encode("utf-16"), "encoding"),
        (b"", "json"),
        (b"{} x", "json"),
        (b'"\t"', "json"),
        (b"[" * 65 + b"]" * 65, "too-deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "too-deep"),
        (b"[" * 100_000, "too-deep"),
        (b"[" * 100_000 + b"]" * 100_000, "too-deep"),
        (b" " * (strict.MOST + 1), "too-large"),
    ],
)
def test_each_refusal_has_its_reason(data, reason):
    assert code(data) == reason


def test_what_is_just_within_the_limits_is_read():
    assert strict.parse(b"[9007199254740991,-9007199254740991]") == [2**53 - 1, 1 - 2**53]
    strict.parse(b"[" * 64 + b"]" * 64)
    brackets = json.dumps("[{" * 100)
    assert strict.parse(f'["\\"{brackets[1:]}]'.encode()) == ['"' + "[{" * 100]
    assert strict.parse(b"{}" + b" " * 8, most=10) == {}


def test_brackets_that_are_never_closed_are_counted_once():
    """A string without an end, made of quotes, is gone over once: quadratic, it would take hours."""
    assert code(b'"' + b'\\"' * 4_000_000) == "json"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.5, "not-an-integer"),
        (math.nan, "not-an-integer"),
        ({"a": [2**53]}, "number-range"),
        ("\ud800", "lone-surrogate"),
        ({"\ud800": 1}, "lone-surrogate"),
        ({1: 2}, None),
        (b"bytes", "json"),
        ({1, 2}, "json"),
    ],
)
def test_what_could_not_have_been_read_is_not_written(value, reason):
    with pytest.raises(TrustError) as refused:
        strict.canonical(value)
    assert refused.value.code == (reason or "json")


def test_a_value_without_end_is_not_written():
    endless = []
    endless.append(endless)
    with pytest.raises(TrustError) as refused:
        strict.canonical(endless)
    assert refused.value.code == "too-deep"


@pytest.mark.parametrize(
    "data",
    [b'{"b":1,"a":2}', b'{"a": 1}', b"{}\n", b'"\\u0061"', b'"\\/"', b'{"\xf0\x90\x80\x80":1,"\xee\x80\x80":2} '],
)
def test_another_form_of_the_same_value_is_refused(data):
    with pytest.raises(TrustError) as refused:
        strict.read(data)
    assert refused.value.code == "not-canonical"


def test_names_are_sorted_as_utf_16():
    """As code points, U+E000 would come first."""
    assert strict.canonical({"\ue000": 2, "\U00010000": 1}) == '{"\U00010000":1,"\ue000":2}'.encode()


SCALARS = st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@settings(deadline=None)
@given(VALUES)
def test_what_is_written_is_read_and_written_again_the_same(value):
    form = strict.canonical(value)
    assert form == rfc8785.dumps(value)
    assert strict.read(form) == value
    assert strict.canonical(strict.parse(form)) == form


@settings(deadline=None)
@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_any_form_of_a_value_has_its_one_canonical_form(value, ascii_only, indent):
    written = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert strict.canonical(strict.parse(written.encode())) == strict.canonical(value)


@settings(deadline=None)
@given(st.binary() | st.text(alphabet='[]{}",:\\u0123456789-.eE dabcnulltrue').map(str.encode))
@example(b"[" * sys.getrecursionlimit() * 10)
def test_no_bytes_crash_the_parser(data):
    try:
        value = strict.parse(data)
    except TrustError:
        pass
    else:
        assert strict.canonical(value) == strict.canonical(strict.parse(strict.canonical(value)))


def slowly(data: bytes) -> object:
    """The value, or the code of what is wrong: read to the end before its form is looked at."""
    try:
        value = strict.parse(data)
        return value if strict._form(value) == data else "not-canonical"
    except TrustError as error:
        return error.code


def quickly(data: bytes) -> object:
    try:
        return strict.read(data)
    except TrustError as error:
        return error.code


PIECES = (
    b'{"a":1}',
    b'{"a":1,"a":1}',
    b'{"b":1,"a":2}',
    b"[1.5]",
    b"[NaN]",
    b"[-0]",
    b"[9007199254740992]",
    b'["\\ud800"]',
    b'["\\u00e9"]',
)


@given(
    st.recursive(
        st.sampled_from(PIECES),
        lambda inner: st.lists(inner, max_size=3).map(lambda parts: b"[" + b",".join(parts) + b"]"),
    )
)
@example(b"[" * 64 + b"]" * 64)
@example(b"[" * 65 + b"]" * 65)
@example(b"[" * 5000 + b"]" * 5000)
@example(b'{"a":[{"b":1,"b":1}]}')
@example('{"\ue000":1,"\U00010000":2}'.encode())
@example(b'["\xed\xa0\x80"]')
def test_the_short_way_gives_what_the_long_one_does(data):
    assert quickly(data) == slowly(data)
    changed = data.replace(b"1", b" 1", 1)
    assert quickly(changed) == slowly(changed)
