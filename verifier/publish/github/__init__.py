"""GitHub: commit status, check run, comment, code scanning, release asset and attestation store."""

from verifier.publish.github.publisher import GitHub

__all__ = ["GitHub"]
