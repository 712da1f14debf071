"""Reporting rounds: once a month the providers of a region report, and the figures are released.

Due instants are counted in Dutch working days from the opening; the workflow of a round only waits for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.kit.working_days import add_working_days, end_of_day_utc, local_date, start_of_day_utc
from services.monitoring.domain.periods import Month

OFFICE_OPENS = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class RoundTerms:
    """How many working days after the opening providers are reminded, the round closes and figures are published."""

    remind_after: int = 5
    close_after: int = 10
    publish_after: int = 15

    def __post_init__(self) -> None:
        if not 0 < self.remind_after <= self.close_after < self.publish_after:
            raise ValueError("a round reminds, then closes, then publishes")


DEFAULT_TERMS = RoundTerms()


@dataclass(frozen=True, slots=True)
class RoundDue:
    """The due instants of one round, UTC."""

    remind_at: datetime
    closes_at: datetime
    publish_at: datetime


def is_over(month: Month, now: datetime) -> bool:
    """Whether ``month`` lies behind us: only then can everything about it be reported."""
    return month < Month.at(now)


def opens_at(month: Month) -> datetime:
    """When the round about ``month`` opens by itself: nine in the morning of the first working day after it."""
    return start_of_day_utc(add_working_days(month.last_day, 1)) + OFFICE_OPENS


def due_instants(opened_at: datetime, terms: RoundTerms = DEFAULT_TERMS) -> RoundDue:
    """Reminded and published at nine in the morning, closed at the end of a working day."""
    opened = local_date(opened_at)

    def morning(days: int) -> datetime:
        return start_of_day_utc(add_working_days(opened, days)) + OFFICE_OPENS

    return RoundDue(
        remind_at=morning(terms.remind_after),
        closes_at=end_of_day_utc(add_working_days(opened, terms.close_after)),
        publish_at=morning(terms.publish_after),
    )


@dataclass(frozen=True, slots=True)
class AgreementSpan:
    """An agreement, as far as rounds care: who, where and when."""

    provider: str
    municipalities: frozenset[str]
    valid_from: date
    valid_until: date | None


def expected_providers(
    agreements: Sequence[AgreementSpan], municipalities: Sequence[str], month: Month
) -> tuple[str, ...]:
    """The providers with an agreement in force in the region on some day of the month."""
    wanted = frozenset(municipalities)
    return tuple(
        sorted(
            {
                agreement.provider
                for agreement in agreements
                if agreement.municipalities & wanted
                and agreement.valid_from <= month.last_day
                and (agreement.valid_until is None or agreement.valid_until >= month.first_day)
            }
        )
    )


def may_correct(last_published_at: datetime, now: datetime) -> bool:
    """Released figures are corrected at most once a calendar month, so that differences reveal nobody."""
    return Month.at(last_published_at) < Month.at(now)
