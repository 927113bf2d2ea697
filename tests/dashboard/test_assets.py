"""What every page loads is whole: a style that is not closed takes all that follows with it."""

from pathlib import Path

import pytest
import tinycss2

from verifier.dashboard.assets import asset

ASSETS = Path(__file__).resolve().parents[2] / "reports" / "dashboard" / "assets"
MOST_SCRIPT = 30_000


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.css")), ids=lambda path: path.name)
def test_a_style_is_whole(path):
    text = path.read_text()
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    assert not [rule for rule in rules if rule.type == "error"]
    assert text.count("{") == text.count("}")


def test_the_scripts_are_small():
    """As they are sent, those of a server with sign-in among them."""
    assert sum(len(asset(path.name).encode()) for path in ASSETS.glob("*.js")) < MOST_SCRIPT
