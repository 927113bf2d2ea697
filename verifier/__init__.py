"""verifier: checks a delivered repository against a buyer's acceptance criteria."""

__version__ = "0.1.0"
