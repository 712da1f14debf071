"""What providers declare (323) for the care of 2026, up to the month before the last: seeded, always the same.

Declared is care that began in 2026, so that what is spent can be held against what is committed in that year. The first
message of a provider to a municipality catches up with the first quarter; after that there is one a month. Here and
there a line still carries the tariff of last year and is rejected.
"""

import calendar
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.events.commissioning import Law
from deploy.demo.history import PastTrajectory
from deploy.demo.region import PROVIDERS, DemoProvider
from services.referral.domain.declared import DeclaredClient, Performance
from services.referral.domain.identity import Bsn
from services.referral.istandaarden import MessageHeader, Standard, declaration_323

YEAR = 2026
PERIODS: tuple[tuple[int, ...], ...] = ((1, 2, 3), (4,), (5,), (6,))
"""The months that each declaration is about; it declares the last of them."""
DELIVERED = (0.80, 1.0)
"""Part of the allocated hours that is really given."""
OLD_TARIFF_EVERY = 60
"""One line in so many carries the tariff of last year."""
INDEXATION = 0.9504


@dataclass(frozen=True, slots=True)
class Sending:
    """One declaration as a provider sends it."""

    provider: DemoProvider
    municipality: str
    month: int
    lines: int
    wrong: int
    content: bytes


def declarations(past: Iterable[PastTrajectory], today: date, seed: int = 2026) -> Iterator[Sending]:
    """Every declaration, of each provider to each municipality in order of its months."""
    chance = random.Random(seed + 5)  # noqa: S311 - a reproducible story, no secret
    by_pair: dict[tuple[str, str], list[PastTrajectory]] = defaultdict(list)
    for each in past:
        if each.starts_on.year == YEAR and each.started_on is not None:
            by_pair[each.provider.agb, each.municipality].append(each)
    written = 0
    for provider in PROVIDERS:
        for agb, municipality in sorted(by_pair):
            if agb != provider.agb:
                continue
            delivered = {each.number: chance.uniform(*DELIVERED) for each in by_pair[agb, municipality]}
            for months in PERIODS:
                clients = list(_clients(by_pair[agb, municipality], months, delivered))
                if not clients:
                    continue
                written += 1
                yield _written(provider, municipality, months[-1], clients, written, today)


def _clients(
    past: Iterable[PastTrajectory], months: Iterable[int], delivered: dict[int, float]
) -> Iterator[DeclaredClient]:
    by_person: dict[str, list[Performance]] = defaultdict(list)
    for each in past:
        for month in months:
            performance = _performance(each, month, delivered[each.number])
            if performance is not None:
                by_person[each.person.bsn].append(performance)
    for bsn, performances in by_person.items():
        yield DeclaredClient(Bsn(bsn), tuple(performances))


def _performance(past: PastTrajectory, month: int, delivered: float) -> Performance | None:
    """What was given in a month; nothing before care started or after it stopped."""
    first = date(YEAR, month, 1)
    last = date(YEAR, month, calendar.monthrange(YEAR, month)[1])
    if past.started_on is None or past.started_on > last or past.starts_on > last or past.ends_on < first:
        return None
    volume = _until(past, last, delivered) - _until(past, first - timedelta(days=1), delivered)
    if volume <= 0:
        return None
    product = past.provider.product
    tariff = product.tariff_cents
    if (past.number + month) % OLD_TARIFF_EVERY == 0:
        tariff = round(tariff * INDEXATION)
    return Performance(
        reference=f"{past.number}{YEAR}{month:02d}",
        allocation_number=past.number,
        category=product.category,
        code=product.code,
        starts_on=max(first, past.starts_on),
        ends_on=min(last, past.ends_on),
        volume=volume,
        unit=product.unit,
        amount_cents=tariff * volume,
        tariff_cents=tariff,
    )


def _until(past: PastTrajectory, day: date, delivered: float) -> int:
    """Units given up to and including ``day``: even over the days from the start to the end of the allocation."""
    if past.started_on is None:
        return 0
    end = past.ends_on if past.stopped_on is None else min(past.stopped_on, past.ends_on)
    given = (min(day, end) - past.started_on).days + 1
    days = (past.ends_on - past.starts_on).days + 1
    return max(0, int(past.volume * delivered * min(given, days) / days))


def _written(
    provider: DemoProvider, municipality: str, month: int, clients: list[DeclaredClient], number: int, today: date
) -> Sending:
    standard = Standard.IJW if provider.product.law is Law.YOUTH else Standard.IWMO
    header = MessageHeader(standard, municipality, provider.agb, f"F{number:08d}", today)
    period = date(YEAR, month, 1), date(YEAR, month, calendar.monthrange(YEAR, month)[1])
    performances = [each for client in clients for each in client.performances]
    return Sending(
        provider=provider,
        municipality=municipality,
        month=month,
        lines=len(performances),
        wrong=sum(each.tariff_cents != provider.product.tariff_cents for each in performances),
        content=declaration_323(header, f"{YEAR}{month:02d}{number:05d}", period, clients),
    )
