"""Group D: text that travels from the delivery into every form of the report."""

from __future__ import annotations

from attacks.attack import Trees, attack
from attacks.base import FAILING, INSECURE, INSECURE_CODE, SECURE_CODE

NAMES = (
    "=cmd|' /C calc'!A0.py",
    "::error file=x::owned.py",
    "<script>alert(1)<_script>.py",
    "[a](https:evil.example).py",
)
HARMLESS = ("a & b.py", "a=b.py", "it's.py")
MARK = "\x1b[31mowned"
SHOUTS = ("::error::owned", "##[error]owned", "<script>owned</script>", "]]><failure/>", MARK)


@attack("D1a", "security", *(("findings", name, "command line") for name in NAMES))
def names_that_are_commands_formulas_and_markup():
    trick = {"label.py": None, **dict.fromkeys(NAMES, INSECURE_CODE)}
    return Trees(flaw=INSECURE, trick=trick, harmless={f"docs/{name}": SECURE_CODE for name in HARMLESS})


@attack("D1b", "tests", ("findings", "tests/test_label.py", "tests:failed"))
def failures_that_shout():
    lines = "".join(f"    print({shout!r})\n" for shout in SHOUTS)
    failing = f"def test_label():\n{lines}    raise AssertionError({' '.join(SHOUTS)!r})\n"
    quiet = "def test_words():\n    print('::error::')\n    assert '<b>' != '<i>'\n"
    return Trees(flaw=FAILING, trick={"tests/test_label.py": failing}, harmless={"tests/test_words.py": quiet})
