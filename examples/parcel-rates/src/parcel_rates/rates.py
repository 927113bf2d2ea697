"""Rates by weight and zone."""

BASE = {"local": 650, "national": 950, "abroad": 2100}
PER_STARTED_KILOGRAM = 250
MOST_GRAMS = 30_000


def rate(grams: int, zone: str) -> int:
    """The price in cents of a parcel of this weight. Raises ValueError for a weight or zone that is not served."""
    if not 0 < grams <= MOST_GRAMS:
        raise ValueError(f"a parcel weighs 1 to {MOST_GRAMS} grams, not {grams}")
    if zone not in BASE:
        raise ValueError(f"no such zone: {zone}")
    started = -(-grams // 1000)
    return BASE[zone] + PER_STARTED_KILOGRAM * started
