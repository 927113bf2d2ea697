"""Runs scancode as its own command does, with the garbage collector paused while the licence index loads.

The index is one pickle of millions of small objects; collecting during the load took 4 of 7 CPU-seconds and frees nothing.
Frozen, its pages stay shared with the forked workers. The answers are the same (tests/checkers/test_scancode.py).
"""

import gc


def main() -> None:
    gc.disable()
    from licensedcode.cache import populate_cache
    from scancode.cli import scancode

    populate_cache()
    gc.freeze()
    gc.enable()
    scancode()


if __name__ == "__main__":
    main()
