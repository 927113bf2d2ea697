"""From release to payment: the payer is told of each release, and finance gets the request. Nothing here moves money."""
