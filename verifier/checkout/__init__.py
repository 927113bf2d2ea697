"""Takes a delivery in: `checkout` reads exactly one commit, whatever it came as, and writes its files to disk."""

from verifier.checkout.intake import checkout
from verifier.checkout.request import Limits, Request, split_ref

__all__ = ["Limits", "Request", "checkout", "split_ref"]
