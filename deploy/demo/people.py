"""Clients of the demonstration: recognisably invented, with citizen numbers of the official test range only."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.events.commissioning import Law
from services.referral.domain.identity import fictional_bsn

SURNAME = "Testpersoon"
STREET = "Teststraat"
_INITIALS = "ABCDEFGHIJKLMNOPRSTVWZ"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented client of one municipality."""

    bsn: str
    initials: str
    last_name: str
    birth_date: date
    gender: int
    postcode: str
    house_number: int

    def __repr__(self) -> str:
        return "DemoPerson(…)"


class Population:
    """Deals out invented clients: children for youth care, adults for the Wmo. Who comes twice is the same person.

    The test range has 9,091 citizen numbers; the last hundred are left for those who come live.
    """

    def __init__(self, today: date) -> None:
        self._today = today
        self._next = dict.fromkeys(_POOLS, 0)

    def next(self, law: Law) -> DemoPerson:
        """The next client who needs support under ``law``."""
        first, size = _POOLS[law]
        ordinal = first + self._next[law] % size
        self._next[law] += 1
        return person(ordinal, law, self._today)


_POOLS = {Law.YOUTH: (0, 3_000), Law.WMO: (3_000, 5_900)}
LIVE = 8_900
"""The first ordinal of those who come live."""


def person(ordinal: int, law: Law, today: date) -> DemoPerson:
    """The invented person with this ordinal, the same each time."""
    chance = random.Random(ordinal)  # noqa: S311 - a reproducible story, no secret
    years = chance.randint(4, 17) if law is Law.YOUTH else chance.randint(24, 92)
    return DemoPerson(
        bsn=fictional_bsn(ordinal).digits,
        initials=chance.choice(_INITIALS),
        last_name=f"{SURNAME} {ordinal:04d}",
        birth_date=today - timedelta(days=years * 365 + chance.randint(0, 364)),
        gender=chance.randint(1, 2),
        postcode="6599ZZ",
        house_number=1 + ordinal % 400,
    )
