"""Which event opens which workflow, and which events a workflow wants to hear of.

A new deadline is a row here and a timer in its workflow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.event import Event
from contracts.events.commissioning import CommissionAdvanced, CommissionPublished
from contracts.events.exchange import (
    MessageBatchSubmitted,
    MessageReceived,
    MessageWritten,
    RequestAnswered,
    RequestReceived,
)
from contracts.events.imported import EndPromised, EndsPlanned
from contracts.events.monitoring import RoundClosed, RoundOpened, RoundPlanned, RoundReported
from contracts.events.referral import (
    AllocationAccepted,
    AllocationChanged,
    AllocationDeclined,
    AllocationGranted,
    AllocationRequested,
    CareStarted,
    CareStopped,
    DeliveryCorrected,
    OfferEnded,
    ReferralInvestigated,
    ReferralOffered,
    ReferralWithdrawn,
    RequestRefused,
    StartExpected,
    TrajectoryImported,
)
from workflows.business import Progress
from workflows.care.workflow import Care, EndOfCare
from workflows.commissioning.workflow import CommissioningProcedure, Procedure
from workflows.ends.workflow import Ends, LaterEnds
from workflows.exchange.workflow import Batch, MessageBatch
from workflows.receipts.workflow import MessageReceipt, Receipt
from workflows.referral.workflow import Journey, ReferralJourney
from workflows.reporting.calendar import Calendar, RoundCalendar
from workflows.reporting.workflow import ReportingRound, Round
from workflows.requests.workflow import Request, RequestDecision

TASK_QUEUE = "samenspel"

Start = Callable[[Any, Progress], Any]
"""The first argument of the workflow, from the data of the opening event and the clock."""


@dataclass(frozen=True)
class Route:
    """``subject`` gives the aggregate of an event; ``opens`` its workflow's start, ``None`` for a mere fact."""

    prefix: str
    subject: Callable[[Any], object]
    opens: Start | None = None
    only_if: Callable[[Any], bool] = lambda _: True

    def workflow_id(self, event: Event) -> str:
        """The deterministic id of the event's workflow, ``referral/<id>``."""
        return f"{self.prefix}/{self.subject(event)}"


def _referral(event: Any) -> object:
    """One watch over a journey: the journey's own name until a start is taken back."""
    number = getattr(event, "watch", 1)
    return event.referral_id if number == 1 else f"{event.referral_id}/{number}"


def _commission(event: Any) -> object:
    return event.commission_id


def _round(event: Any) -> object:
    return event.round_id


def _region(event: Any) -> object:
    return event.region_id


def _request(event: Any) -> object:
    return event.request_id


def _message(event: Any) -> object:
    return event.message_id


def _answered(event: Any) -> object:
    return event.answers


def _journey(event: Any, progress: Progress) -> Journey:
    return Journey(str(event.referral_id), progress=progress)


def _never_started(event: TrajectoryImported) -> bool:
    """An imported trajectory that still waits for its start."""
    return event.started_on is None and event.stopped_on is None


WORKFLOWS: Mapping[str, type[Any]] = {
    "referral": ReferralJourney,
    "care": EndOfCare,
    "ends": LaterEnds,
    "request": RequestDecision,
    "message": MessageReceipt,
    "commission": CommissioningProcedure,
    "round": ReportingRound,
    "batch": MessageBatch,
    "calendar": RoundCalendar,
}
"""The workflow class behind each prefix."""


def _spell(event: Any) -> object:
    """One spell of care: the journey's own name for the first."""
    number = getattr(event, "spell", 1)
    return event.referral_id if number == 1 else f"{event.referral_id}/{number}"


_CARE = Route(
    "care",
    _spell,
    lambda event, progress: Care(str(event.referral_id), progress=progress),
    only_if=lambda event: event.stop_due is not None,
)
"""The end of care is waited for as soon as there is a term for it."""

_ROUTES: Mapping[type[Event], Route | tuple[Route, ...]] = {
    AllocationRequested: Route("referral", _referral, _journey),
    TrajectoryImported: (Route("referral", _referral, _journey, only_if=_never_started), _CARE),
    ReferralOffered: Route("referral", _referral),
    OfferEnded: Route("referral", _referral),
    AllocationGranted: Route("referral", _referral),
    AllocationAccepted: Route("referral", _referral),
    AllocationDeclined: Route("referral", _referral),
    ReferralInvestigated: Route("referral", _referral),
    RequestRefused: Route("referral", _referral),
    RequestReceived: Route(
        "request", _request, lambda event, progress: Request(str(event.request_id), progress=progress)
    ),
    RequestAnswered: Route("request", _request),
    MessageWritten: Route(
        "message",
        _message,
        lambda event, progress: Receipt(str(event.message_id), progress=progress),
        only_if=lambda event: event.receipt_due is not None,
    ),
    MessageReceived: Route("message", _answered, only_if=lambda event: event.answers is not None),
    ReferralWithdrawn: Route("referral", _referral),
    CareStarted: (Route("referral", _referral), _CARE),
    AllocationChanged: _CARE,
    EndPromised: _CARE,
    EndsPlanned: Route(
        "ends", lambda event: event.import_id, lambda event, progress: Ends(str(event.import_id), progress=progress)
    ),
    CareStopped: Route("care", _spell, only_if=lambda event: event.stop_due is not None),
    StartExpected: Route("referral", _referral),
    DeliveryCorrected: (
        Route("referral", _referral, _journey, only_if=lambda event: event.report_due is not None),
        replace(_CARE, only_if=lambda event: event.remind_stop_at is not None),
        Route("care", _spell, only_if=lambda event: event.stop_due is not None and event.remind_stop_at is None),
    ),
    CommissionPublished: Route(
        "commission", _commission, lambda event, progress: Procedure(str(event.commission_id), progress=progress)
    ),
    CommissionAdvanced: Route("commission", _commission),
    RoundOpened: Route("round", _round, lambda event, progress: Round(str(event.round_id), progress=progress)),
    RoundPlanned: Route("calendar", _region, lambda event, progress: Calendar(event.region_id, progress=progress)),
    MessageBatchSubmitted: Route(
        "batch",
        lambda event: event.batch_id,
        lambda event, progress: Batch(str(event.batch_id), progress=progress),
    ),
    RoundReported: Route("round", _round),
    RoundClosed: Route("round", _round),
}

ROUTES: Mapping[type[Event], tuple[Route, ...]] = {
    event: routes if isinstance(routes, tuple) else (routes,) for event, routes in _ROUTES.items()
}
"""Which workflows hear of an event."""
