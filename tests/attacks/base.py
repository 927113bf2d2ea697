"""The flawless delivery on which all attacks are built, and the flaws that they try to hide."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "parcel-rates"

LICENCE = (ROOT / "LICENSE").read_text("utf-8")
RATES = (EXAMPLE / "src" / "parcel_rates" / "rates.py").read_text("utf-8")
TESTS = (EXAMPLE / "tests" / "test_rates.py").read_text("utf-8").replace("parcel_rates", "rates")

BASE: dict[str, str | bytes | None] = {
    "LICENSE": LICENCE,
    "README.md": "# Parcel rates\n\nWhat a parcel costs to send.\n",
    "requirements.txt": "",
    "rates.py": RATES,
    "tests/test_rates.py": TESTS,
}
"""One module and its tests: nothing to build, nothing to install."""

INSECURE_CODE = "import os\n\n\ndef label(name):\n    os.system('lp -T ' + name)\n"
INSECURE = {"label.py": INSECURE_CODE}
"""A command line that a caller can end and go on with."""
SECURE_CODE = (
    '"""Labels."""\n\n\ndef label(name: str) -> str:\n    """The text of a label."""\n    return f"To: {name}"\n'
)

UNDEFINED = {"label.py": '"""Labels."""\n\n\ndef label(name):\n    """The text of a label."""\n    return nmae\n'}
"""A name that nothing defines."""

FAILING_TEST = "def test_label():\n    assert 1 == 2\n"
FAILING = {"tests/test_label.py": FAILING_TEST}
PASSING = {"tests/test_label.py": "from rates import rate\n\n\ndef test_label():\n    assert rate(1, 'local') == 900\n"}

UNTESTED_CODE = "def more(number):\n" + "".join(f"    number += {n}\n" for n in range(40)) + "    return number\n"
UNTESTED = {"more.py": UNTESTED_CODE}
"""Four times as many statements as the rest has, and no test runs them."""

GPL = """\
# This program is free software: you can redistribute it and/or modify
# it under the terms of the GNU General Public License as published by
# the Free Software Foundation, either version 3 of the License, or
# (at your option) any later version.
#
# This program is distributed in the hope that it will be useful,
# but WITHOUT ANY WARRANTY; without even the implied warranty of
# MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
# GNU General Public License for more details.
"""
COPYLEFT = {"label.py": GPL + SECURE_CODE}
"""A file that may not be passed on under the project's licence."""

WRONG = {"rates.py": RATES.replace("BASE[zone] +", "BASE[zone] -")}
"""The price is wrong, and the tests say so."""
