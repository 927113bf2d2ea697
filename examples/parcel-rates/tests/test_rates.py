import pytest

from parcel_rates import rate


@pytest.mark.parametrize(
    ("grams", "zone", "cents"),
    [(1, "local", 900), (1000, "local", 900), (1001, "local", 1150), (1200, "national", 1450), (30_000, "abroad", 9600)],
)
def test_the_price_is_the_zone_and_every_started_kilogram(grams, zone, cents):
    assert rate(grams, zone) == cents


@pytest.mark.parametrize("grams", [-5, 0, 30_001])
def test_a_weight_that_is_not_served_is_refused(grams):
    with pytest.raises(ValueError, match="grams"):
        rate(grams, "local")


def test_a_zone_that_is_not_served_is_refused():
    with pytest.raises(ValueError, match="zone"):
        rate(100, "moon")
