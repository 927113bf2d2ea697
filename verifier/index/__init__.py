"""The only way out during installation: the buyer's package index, served on a Unix socket.

    with serve(configured(os.environ), folder / "index.sock", cache=cache) as index:
        ...  # bind the socket into the sandbox and run `inside/relay.py` there
    if index.trouble: ...  # the index, not the delivery

Credentials, certificates and proxy stay on this side; the sandbox sees names, files and digests.
"""

from verifier.index.catalogue import Request
from verifier.index.refusal import Limits
from verifier.index.server import IndexServer, client_environment, serve
from verifier.index.source import IndexSource, configured

__all__ = ["IndexServer", "IndexSource", "Limits", "Request", "client_environment", "configured", "serve"]
