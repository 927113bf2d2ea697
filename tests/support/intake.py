"""The type of the `take` fixture: `take(where, ref=..., limits=...)` opens a checkout."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from verifier.model import Checkout

Take = Callable[..., AbstractContextManager[Checkout]]
