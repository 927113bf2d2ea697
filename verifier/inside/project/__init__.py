"""Reads what a project says of itself: how to install it and how to run its tests. Runs in the sandbox, on our interpreter."""

from .installation import chosen, installation
from .pytest_settings import ini_text, kept_options, tests
from .reader import Reader

__all__ = ["Reader", "chosen", "ini_text", "installation", "kept_options", "tests"]
