"""Terms as people read them: the last day on which a promise can still be kept, and the rule that sets it."""

from datetime import date, datetime, timedelta

from services.portal.formats import Formats
from services.portal.i18n import N_
from services.referral.client import ReferralView, Task

RULE_OF_ANSWERS = N_("An allocation is answered within five working days")
RULE_OF_STARTS = N_("A start is reported within five working days (iStandaarden OP271)")
RULE_OF_ENDS = N_("The end is reported within five working days (iStandaarden OP272, OP288)")
WAITING_NORM = N_("Help begins within the waiting norm (agreement, article 3.5.1)")
CRISIS = N_("Crisis: a term of hours")


def last_day(due: datetime | None) -> date | None:
    """The last day of a term. A term ends when that day ends, which is the first moment of the next one.

    >>> from datetime import UTC
    >>> last_day(datetime(2026, 8, 20, 22, tzinfo=UTC))
    datetime.date(2026, 8, 20)
    """
    return Formats.local(due - timedelta(microseconds=1)).date() if due is not None else None


def rule_of(referral: ReferralView) -> str | None:
    """The rule that sets the term of what a provider has to do for a journey now, to be translated."""
    if referral.crisis and referral.task is not Task.REPORT_STOP:
        return CRISIS
    if referral.task is Task.REPORT_START:
        return RULE_OF_STARTS if referral.task_due == referral.report_due else WAITING_NORM
    return {Task.ANSWER: RULE_OF_ANSWERS, Task.REPORT_STOP: RULE_OF_ENDS}.get(referral.task) if referral.task else None
