"""Due instants of a journey: when a promise must be kept, and when to remind.

Days are counted in the Netherlands; a promise due on a day is kept until that day ends. Workflows only wait for
what is computed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

from services.kit.working_days import add_working_days, end_of_day_utc, local_date, start_of_day_utc

TWO_WEEKS = 14
SIX_WEEKS = 42
EIGHT_WEEKS = 56
THIRTEEN_WEEKS = 91

WAITING_NORMS: Mapping[str, int] = MappingProxyType(
    {"43": THIRTEEN_WEEKS, "44": THIRTEEN_WEEKS, "15": THIRTEEN_WEEKS},
)
"""Waiting norm in days per product category where it is not six weeks: living, 13 weeks (OV 3.5.1).

iJw 43 and 44 are stays, iWmo 15 is sheltered living; the categories of the two standards do not overlap here.
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each promise may take. Working days unless the name says otherwise.

    ``decide``, ``report`` and ``receipt`` are set by the standard (iJw 3.2 OP274, OP271 and OP272, OP090); the others
    are agreed locally. ``claim`` is how long an offer to several providers stands. In a crisis the terms are hours, and
    care may have begun ``crisis_back`` working days before it is asked for.
    """

    decide: int = 5
    accept: int = 5
    claim: int = 2
    remind_before: int = 2
    report: int = 5
    receipt: int = 3
    crisis_decide_hours: int = 4
    crisis_accept_hours: int = 4
    crisis_start_hours: int = 24
    crisis_back: int = 5
    waiting_norm_days: int = SIX_WEEKS
    waiting_norms_by_category: Mapping[str, int] = field(default_factory=lambda: WAITING_NORMS)

    def decision_due(self, requested_at: datetime, *, crisis: bool = False) -> datetime:
        """Before when the municipality decides on a request (OP274), or on a crisis."""
        if crisis:
            return requested_at + timedelta(hours=self.crisis_decide_hours)
        return self._working_days_after(requested_at, self.decide)

    def residence_due(self, dated: date) -> datetime:
        """Before when a request is refused because another municipality is responsible: two weeks from its day
        (OP359; SAP-GI)."""
        return end_of_day_utc(dated + timedelta(days=TWO_WEEKS))

    def investigation_due(self, dated: date) -> datetime:
        """Before when an investigation ends in a decision: eight weeks after the day of the request, not after the
        answer that tells of the investigation (OP346; OP274 gives no beginning, so the same is taken)."""
        return end_of_day_utc(dated + timedelta(days=EIGHT_WEEKS))

    def receipt_due(self, sent_at: datetime) -> datetime:
        """Before when the other side answers a message with a retour (OP090)."""
        return self._working_days_after(sent_at, self.receipt)

    def accept_due(self, granted_at: datetime, *, crisis: bool = False) -> datetime:
        """Before when the provider answers an allocation."""
        if crisis:
            return granted_at + timedelta(hours=self.crisis_accept_hours)
        return self._working_days_after(granted_at, self.accept)

    def start_due(self, granted_at: datetime, starts_on: date, category: str, *, crisis: bool = False) -> datetime:
        """Before when care starts: the waiting norm, counted from the allocation or, when that is later, its
        first day (OV 3.5.1). In a crisis within hours of the allocation."""
        if crisis:
            return granted_at + timedelta(hours=self.crisis_start_hours)
        days = self.waiting_norm(category)
        return end_of_day_utc(max(local_date(granted_at), starts_on) + timedelta(days=days))

    def waiting_norm(self, category: str) -> int:
        """Within how many days care of a product category starts (OV 3.5.1)."""
        return self.waiting_norms_by_category.get(category, self.waiting_norm_days)

    def request_due(self, ordered_on: date) -> datetime:
        """Before when help that a court ordered is asked for: five working days from the order (SAP-GI 1.3)."""
        return end_of_day_utc(add_working_days(ordered_on, self.report))

    def claim_due(self, offered_at: datetime, decision_due: datetime | None, *, crisis: bool = False) -> datetime:
        """Before when one of several providers claims: never later than the decision that still must be taken."""
        due = self._working_days_after(offered_at, self.claim)
        if crisis:
            due = offered_at + timedelta(hours=self.crisis_accept_hours)
        return min(due, decision_due) if decision_due is not None and decision_due > offered_at else due

    def crisis_since(self, today: date) -> date:
        """The first day on which care in a crisis that is asked for today may have begun."""
        return add_working_days(today, -self.crisis_back)

    def remind_at(self, due: datetime) -> datetime:
        """The start of the working day that lies ``remind_before`` working days before the last day of a term."""
        last_day = local_date(due - timedelta(microseconds=1))
        return start_of_day_utc(add_working_days(last_day, -self.remind_before))

    def report_due(self, happened_on: date, known_at: datetime | None = None) -> datetime:
        """Before when a start or stop is reported (OP271, OP272): counted from the day itself or, for an
        allocation with retroactive effect, from the day it was known."""
        day = max(happened_on, local_date(known_at)) if known_at else happened_on
        return end_of_day_utc(add_working_days(day, self.report))

    @staticmethod
    def remind_stop_at(ends_on: date) -> datetime:
        """When to remind that the end of care is to be reported: as soon as the last day is over."""
        return end_of_day_utc(ends_on)

    @staticmethod
    def _working_days_after(instant: datetime, days: int) -> datetime:
        return end_of_day_utc(add_working_days(local_date(instant), days))
