"""Thirty months of trajectories before 14 August 2026, and the outcomes of those that ended: seeded, always the same.

Starts are spread over municipalities by inhabitants and over providers by size; how long care lasts follows the
national distribution (CBS 2023: under 3 months 16 %, 3–6 17 %, 6–12 30 %, 1–2 years 23 %, longer 14 %). What each
provider has committed in 2026 is scaled to the part of its ceiling that the story needs.
"""

import csv
import io
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from contracts.events.commissioning import Law
from contracts.events.referral import Referrer, StopReason
from deploy.demo.people import DemoPerson, Population
from deploy.demo.region import MUNICIPALITIES, PROVIDERS, DemoProvider

_T = TypeVar("_T")
TODAY = date(2026, 8, 14)
MONTHS = 30
FIRST_DAY = date(2024, 2, 14)
STARTS = 10_000
OPENING_CASELOAD = 1_400
"""Trajectories that were already running on the first day."""
LEAD_DAYS = 5
"""Between an allocation and its first day."""
RESPONSE = 0.62
"""Part of the ended trajectories for which an outcome was reported."""

_DURATIONS = ((0.16, 20, 90), (0.17, 91, 182), (0.30, 183, 365), (0.23, 366, 730), (0.14, 731, 1100))
_REASONS = (
    (StopReason.AS_PLANNED, 0.70),
    (StopReason.CLIENT_BROKE_OFF, 0.10),
    (StopReason.PROVIDER_BROKE_OFF, 0.04),
    (StopReason.IN_CONSULTATION, 0.08),
    (StopReason.EXTERNAL_CAUSE, 0.05),
    (StopReason.OTHER_PROVIDER, 0.03),
)
_YOUTH_REFERRERS = (
    (Referrer.GENERAL_PRACTITIONER, 38),
    (Referrer.MUNICIPALITY, 31),
    (Referrer.NONE, 13),
    (Referrer.CERTIFIED_INSTITUTION, 8),
    (Referrer.SPECIALIST, 5),
    (Referrer.YOUTH_DOCTOR, 3),
)

COLUMNS = (
    "municipality",
    "allocation_number",
    "provider",
    "bsn",
    "initials",
    "last_name",
    "birth_date",
    "gender",
    "law",
    "category",
    "product_code",
    "unit",
    "frequency",
    "volume",
    "referrer",
    "granted_on",
    "starts_on",
    "ends_on",
    "started_on",
    "stopped_on",
    "stop_reason",
)


@dataclass(frozen=True, slots=True)
class PastTrajectory:
    """One trajectory as a municipality's own system exports it."""

    municipality: str
    number: int
    provider: DemoProvider
    person: DemoPerson
    referrer: Referrer
    granted_on: date
    starts_on: date
    ends_on: date
    volume: int
    started_on: date | None = None
    stopped_on: date | None = None
    reason: StopReason | None = None


def trajectories(seed: int = 2026) -> list[PastTrajectory]:
    """The whole history, in order of allocation within each municipality."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible story, no secret
    days = (TODAY - FIRST_DAY).days
    moments = [FIRST_DAY + timedelta(days=chance.randrange(days)) for _ in range(STARTS)]
    moments += [FIRST_DAY - timedelta(days=chance.randrange(1, 500)) for _ in range(OPENING_CASELOAD)]
    numbers: dict[str, int] = defaultdict(lambda: 100_000)
    found: list[PastTrajectory] = []
    persons = Population(TODAY)
    for granted_on in sorted(moments):
        municipality = chance.choices(MUNICIPALITIES, [each.inhabitants for each in MUNICIPALITIES])[0].code
        provider = chance.choices(PROVIDERS, [each.weight for each in PROVIDERS])[0]
        numbers[municipality] += 1
        past = _one(
            chance, persons.next(provider.product.law), municipality, numbers[municipality], provider, granted_on
        )
        if past.granted_on >= FIRST_DAY or past.stopped_on is None or past.stopped_on >= FIRST_DAY:
            found.append(past)
    return _scaled(found)


def _one(
    chance: random.Random,
    person: DemoPerson,
    municipality: str,
    number: int,
    provider: DemoProvider,
    granted_on: date,
) -> PastTrajectory:
    youth = provider.product.law is Law.YOUTH
    referrer = _pick(chance, _YOUTH_REFERRERS) if youth else Referrer.MUNICIPALITY
    # Waiting grew shorter since the region began to steer on it: the story's first goal.
    easing = 1.25 - 0.45 * max(0, (granted_on - FIRST_DAY).days) / (TODAY - FIRST_DAY).days
    wait = max(LEAD_DAYS, round(chance.lognormvariate(0, 0.55) * provider.wait_days * easing))
    planned = _duration(chance)
    past = PastTrajectory(
        municipality=municipality,
        number=number,
        provider=provider,
        person=person,
        referrer=referrer,
        granted_on=granted_on,
        starts_on=granted_on + timedelta(days=LEAD_DAYS),
        ends_on=granted_on + timedelta(days=LEAD_DAYS + max(planned, wait + 14)),
        volume=max(1, round(chance.uniform(0.6, 1.4) * 100)),
    )
    started_on = granted_on + timedelta(days=wait)
    if started_on >= TODAY:
        return past
    past = replace(past, started_on=started_on)
    reason = _pick(chance, _REASONS)
    length = planned if reason is StopReason.AS_PLANNED else max(7, round(planned * chance.uniform(0.2, 0.9)))
    stopped_on = min(started_on + timedelta(days=length), past.ends_on)
    if stopped_on >= TODAY:
        return past
    return replace(past, stopped_on=stopped_on, reason=reason)


def _scaled(found: Sequence[PastTrajectory]) -> list[PastTrajectory]:
    """Volumes such that what is committed in 2026 is each provider's share of its ceiling."""
    weights: dict[str, int] = defaultdict(int)
    for past in found:
        if past.starts_on.year == TODAY.year:
            weights[past.provider.agb] += past.volume
    scaled = []
    for past in found:
        provider = past.provider
        cents = provider.ceiling_cents * provider.used_share
        units = cents / provider.product.tariff_cents / weights[provider.agb]
        scaled.append(replace(past, volume=max(1, round(past.volume * units))))
    return scaled


def _duration(chance: random.Random) -> int:
    _, low, high = chance.choices(_DURATIONS, [share for share, _, _ in _DURATIONS])[0]
    return chance.randint(low, high)


def _pick(chance: random.Random, weighted: Sequence[tuple[_T, float]]) -> _T:
    return chance.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]


def as_csv(past: Iterable[PastTrajectory]) -> bytes:
    """The trajectories in the columns of the referral service's import."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in past:
        product, person = each.provider.product, each.person
        writer.writerow(
            [
                each.municipality,
                each.number,
                each.provider.agb,
                person.bsn,
                person.initials,
                person.last_name,
                person.birth_date,
                person.gender,
                product.law,
                product.category,
                product.code,
                product.unit,
                product.frequency,
                each.volume,
                each.referrer,
                each.granted_on,
                each.starts_on,
                each.ends_on,
                each.started_on or "",
                each.stopped_on or "",
                each.reason or "",
            ]
        )
    return text.getvalue().encode()


def outcomes_csv(past: Iterable[PastTrajectory], seed: int = 2026) -> str:
    """What clients said of the trajectories that ended: usefulness (1–10) and whether they go on without help."""
    chance = random.Random(seed + 1)  # noqa: S311 - a reproducible story, no secret
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("municipality", "allocation_number", "usefulness", "without_help"))
    for each in past:
        if each.stopped_on is None or chance.random() > RESPONSE:
            continue
        planned = each.reason is StopReason.AS_PLANNED
        score = min(10, max(1, round(chance.gauss(7.8 if planned else 6.2, 1.3))))
        answer = chance.choices(("01", "02", "03", "04"), (4, 18, 44, 34) if planned else (14, 36, 34, 16))[0]
        writer.writerow((each.municipality, each.number, score, answer))
    return text.getvalue()
