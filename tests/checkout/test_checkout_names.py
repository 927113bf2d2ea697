from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.checkout.links import destination
from verifier.checkout.names import display, flaw, oddity, quoted

pytestmark = pytest.mark.self


@pytest.mark.parametrize(
    "path",
    [b"", b"/etc/passwd", b"a/../b", b"..", b"./a", b"a//b", b"a/", b".git/config", b"a/.GIT/x", b".git /x", b"GIT~1/x",
     b"x" * 256, b"x/" * 1100 + b"x", b"x/" * 128 + b"x", b"a\0b"],
)  # fmt: skip
def test_harmful_paths_have_a_flaw(path: bytes) -> None:
    assert flaw(path)


@pytest.mark.parametrize(
    "path", [b"a", b"a/b.py", b".gitignore", b"x.git/HEAD", b"..a", b"a..", "é/ü".encode(), b"\xff"]
)
def test_harmless_paths_have_none(path: bytes) -> None:
    assert flaw(path) is None


@given(st.binary())
def test_every_path_can_be_shown(path: bytes) -> None:
    text = display(path)
    assert text.encode() or not path
    assert "\n" not in text
    assert "\x1b" not in text
    if oddity(path) is None:
        assert text.encode() == path


@given(st.binary(min_size=1))
def test_quoted_is_printable_ascii_on_one_line(path: bytes) -> None:
    assert all(0x20 <= byte < 0x7F for byte in quoted(path))


@pytest.mark.parametrize(
    ("targets", "end"),
    [
        ({b"l": b"a"}, b"a"),
        ({b"d/l": b"../a"}, b"a"),
        ({b"d/l": b".."}, b""),
        ({b"l": b"./a/./b"}, b"a/b"),
        ({b"l": b"m", b"m": b"d/x"}, b"d/x"),
        ({b"l": b"d/m/../x", b"d/m": b"e/f"}, b"d/e/x"),
        ({b"l": b"/etc/passwd"}, None),
        ({b"l": b"../x"}, None),
        ({b"d/l": b"../../x"}, None),
        ({b"l": b"a/../../delivered/x"}, None),
        ({b"l": b"m/x", b"m": b"/etc"}, None),
        ({b"l": b"d/m/../../x", b"d/m": b"e"}, b"x"),
        ({b"l": b"d/e/m/../../x", b"d/e/m": b"../../a"}, None),
        ({b"l": b"l"}, None),
        ({b"l": b"m", b"m": b"l"}, None),
    ],
)
def test_destination_of_a_link(targets: dict[bytes, bytes], end: bytes | None) -> None:
    assert destination(b"d/l" if b"d/l" in targets else b"l", targets) == end
