"""The mirror of providers: how one does among the others, without names (OV 3.10.4: no competitor's data)."""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import quantiles

from services.monitoring.domain.figures import DECIMALS

MINIMUM_PEERS = 5
"""With fewer providers a quartile would be somebody."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Quartiles of the providers of a region on one indicator."""

    peers: int
    lower_quartile: float
    median: float
    upper_quartile: float


def spread(values: Collection[float]) -> Spread | None:
    """The quartiles of the providers' values, or ``None`` when there are too few of them."""
    if len(values) < MINIMUM_PEERS:
        return None
    lower, middle, upper = (round(value, DECIMALS) for value in quantiles(values, n=4, method="inclusive"))
    return Spread(len(values), lower, middle, upper)
