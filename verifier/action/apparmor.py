"""Prints the AppArmor profile that lets bubblewrap make user namespaces."""

from __future__ import annotations

import sys

from verifier.sandbox.mend import PROFILE

if __name__ == "__main__":
    sys.stdout.write(PROFILE)
