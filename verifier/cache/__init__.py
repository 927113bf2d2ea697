"""What checkers' commands have answered before, for the next time: sealed, bounded in size, on this machine or shared.

    cache = opened(folder, tell=print)
    cache.put({name: content}); cache.get([name])      # name: a digest of all that the content hangs on (verifier.cache.name)

Nothing in here ends an assessment: what cannot be read or kept is told once, and found out anew.
"""

from verifier.cache.cache import Cache
from verifier.cache.keeping import opened, place
from verifier.cache.recall import Recall, Recalls
from verifier.cache.timings import Timings

__all__ = ["Cache", "Recall", "Recalls", "Timings", "opened", "place"]
