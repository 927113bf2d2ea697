"""Reads what a project says of itself: how to install it and how to run its tests. Runs in the sandbox, on our interpreter."""

from .folders import projects
from .installation import install
from .reader import Reader
from .runs import imported, runs
from .services import services
from .unapplied import of_tests

__all__ = ["Reader", "imported", "install", "of_tests", "projects", "runs", "services"]
