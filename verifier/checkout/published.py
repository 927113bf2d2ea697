"""Whether anybody can read a repository at one commit: asked as a stranger, by nobody's name, token, helper or key."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.checkout.listing import entries
from verifier.checkout.names import display
from verifier.checkout.request import Request, check_address
from verifier.checkout.standing import brought, contains
from verifier.checkout.trouble import RefusedError
from verifier.errors import UsageError
from verifier.words import say


@dataclass(frozen=True, slots=True)
class Published:
    """`files` are those of the commit that hold something; none where it is in no branch or tag."""

    reachable: bool
    files: tuple[str, ...]


def published(request: Request, commit: str) -> Published:
    """Raises RefusedError where a stranger is not let in, WorldError where nobody could say, LimitError over the limits."""
    if check_address(request.where) is None:
        raise RefusedError(say("The address is one of ssh, which nobody reads without a key."))
    try:
        with brought(replace(request, anonymous=True, token_env=None, credential_helper=False)) as (git, _):
            if not contains(git, commit):
                return Published(reachable=False, files=())
            return Published(reachable=True, files=tuple(display(one.path) for one in entries(git, commit) if one.size))
    except RefusedError:
        raise RefusedError(say("The repository asks for a name and password.")) from None
    except UsageError:
        raise RefusedError(say("There is no repository that a stranger sees; it may be private.")) from None
