"""What a parcel costs to send, in cents."""

from parcel_rates.rates import rate

__all__ = ["rate"]
