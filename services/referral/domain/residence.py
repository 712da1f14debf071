"""Which municipality is responsible for help under the Jeugdwet: the residence principle as it is since 2022.

Without a stay it is the municipality where the child is registered as a resident (BRP). With a stay it is the one where
the child was registered right before its first stay, however long ago and wherever it stays now. Who has parental
authority no longer counts. A child that was never registered belongs to the municipality where it really is.
Source: Jeugdwet 1.1 (*woonplaats*); OP359 for the two weeks in which a municipality refers on.
"""

from dataclasses import dataclass
from enum import StrEnum


class Ground(StrEnum):
    """Why a municipality is responsible."""

    REGISTERED = "registered"
    REGISTERED_BEFORE_STAY = "registered_before_stay"
    REALLY_THERE = "really_there"


@dataclass(frozen=True, slots=True)
class Responsible:
    """The municipality by its CBS code, and why."""

    municipality: str
    ground: Ground


def responsible(
    *, stays: bool, registered_in: str | None, registered_before_stay: str | None, is_in: str | None
) -> Responsible | None:
    """Who is responsible; ``None`` when what is known does not say. Municipalities by CBS code.

    ``stays`` is whether the help includes a stay outside the home, or the child stays somewhere already.
    """
    home = registered_before_stay if stays else registered_in
    if home is not None:
        return Responsible(home, Ground.REGISTERED_BEFORE_STAY if stays else Ground.REGISTERED)
    return Responsible(is_in, Ground.REALLY_THERE) if is_in is not None else None
