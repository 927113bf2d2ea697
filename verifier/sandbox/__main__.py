"""The hub of a worker's hosts, as a process of its own."""

import sys

from verifier.sandbox.hub import main

main(*sys.argv[1:])
