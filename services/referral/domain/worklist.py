"""Who has to do what next: at most one task per party per journey, with the instant it is due."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.referral.domain.journey import Status
from services.referral.domain.reasons import Promise
from services.referral.domain.referral import Referral


class Task(StrEnum):
    """What stands on a worklist."""

    ANSWER = "answer"
    REPORT_START = "report_start"
    DECIDE = "decide"
    PLACE = "place"
    FOLLOW_UP_START = "follow_up_start"
    FOLLOW_UP_REPORT = "follow_up_report"
    REPORT_STOP = "report_stop"
    FOLLOW_UP_STOP = "follow_up_stop"


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of both parties. A task without ``due`` has no legal term."""

    provider: Task | None = None
    provider_due: datetime | None = None
    municipality: Task | None = None
    municipality_due: datetime | None = None


def tasks(referral: Referral) -> Tasks:
    """What the provider and the access team have to do for this journey now."""
    follow_up = _start_to_follow_up(referral)
    match referral.status:
        case Status.REQUESTED:
            return Tasks(municipality=Task.DECIDE, municipality_due=referral.decision_due or referral.granted_at)
        case Status.GRANTED:
            return Tasks(Task.ANSWER, referral.accept_due, *follow_up)
        case Status.ACCEPTED:
            return Tasks(Task.REPORT_START, _start_due(referral), *follow_up)
        case Status.DECLINED if Promise.PLACE.value in referral.escalated:
            return Tasks(municipality=Task.PLACE, municipality_due=referral.decision_due or referral.granted_at)
        case Status.STARTED | Status.PAUSED if Promise.STOP.value in referral.reminded + referral.escalated:
            missed = Promise.STOP.value in referral.escalated
            looked_at = (Task.FOLLOW_UP_STOP, referral.stop_due) if missed else (None, None)
            return Tasks(Task.REPORT_STOP, referral.stop_due, *looked_at)
        case _:
            return Tasks()


def _start_to_follow_up(referral: Referral) -> tuple[Task | None, datetime | None]:
    """What the access team looks into: the waiting norm passed, or before that no start was reported in time."""
    if Promise.START.value in referral.escalated:
        return Task.FOLLOW_UP_START, referral.start_due
    if Promise.REPORT.value in referral.escalated:
        return Task.FOLLOW_UP_REPORT, referral.report_due
    return None, None


def _start_due(referral: Referral) -> datetime | None:
    """Before when the provider reports the start: within the term of the standard (OP271), as if care begins on the
    first day of the allocation. When that passed and care may simply not have begun yet, the waiting norm holds."""
    missed = Promise.REPORT.value in referral.escalated and not referral.retroactive
    return referral.start_due if referral.report_due is None or missed else referral.report_due
