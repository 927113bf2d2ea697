"""A GitHub on loopback: keeps what it is sent, enforces what GitHub does, and holds both sides to GitHub's own description."""

from support.hub.server import Hub, described

__all__ = ["Hub", "described"]
