"""The journey of one client from request to the end of care: which act is possible when.

    requested ─grant─► granted ─accept─► accepted ─start─► started ─stop─► stopped
        │ refuse          │ decline                        │  ▲
        ▼                 ▼                           pause▼  │start
      refused          declined ─offer─► granted           paused ─stop─► stopped

``offer_openly`` makes a requested or declined journey *offered* to several providers: the first claim is the grant;
when nobody claims it lapses and is *declined*. ``withdraw`` is possible until care begins. Starting without accepting
first is accepting: a 305 is proof enough.
Only *temporary* (reason 20) pauses care; afterwards a new start or a definitive stop follows (iJw 3.2 TR413–TR415).
After a definitive stop a new start under the same allocation is possible too (OP379).
"""

from enum import StrEnum
from types import MappingProxyType

from services.kit.problems import Conflict, Text


class Status(StrEnum):
    """Where a journey stands."""

    REQUESTED = "requested"
    REFUSED = "refused"
    OFFERED = "offered"
    GRANTED = "granted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    STARTED = "started"
    PAUSED = "paused"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What somebody can do with a journey."""

    GRANT = "grant"
    REFUSE = "refuse"
    ACCEPT = "accept"
    DECLINE = "decline"
    OFFER = "offer"
    OFFER_OPENLY = "offer_openly"
    LAPSE = "lapse"
    AWAIT = "await"
    START = "start"
    PAUSE = "pause"
    STOP = "stop"
    WITHDRAW = "withdraw"
    INVESTIGATE = "investigate"
    CHANGE = "change"
    REMOVE = "remove"


_ALLOCATED = (Status.GRANTED, Status.ACCEPTED, Status.STARTED, Status.PAUSED, Status.STOPPED)
"""Statuses in which there is an allocation that a later decision can change."""

TRANSITIONS: MappingProxyType[tuple[Status, Act], Status] = MappingProxyType(
    {
        (Status.REQUESTED, Act.GRANT): Status.GRANTED,
        (Status.REQUESTED, Act.REFUSE): Status.REFUSED,
        (Status.REQUESTED, Act.WITHDRAW): Status.WITHDRAWN,
        (Status.REQUESTED, Act.OFFER_OPENLY): Status.OFFERED,
        (Status.DECLINED, Act.OFFER_OPENLY): Status.OFFERED,
        (Status.OFFERED, Act.GRANT): Status.GRANTED,
        (Status.OFFERED, Act.LAPSE): Status.DECLINED,
        (Status.OFFERED, Act.REFUSE): Status.REFUSED,
        (Status.OFFERED, Act.WITHDRAW): Status.WITHDRAWN,
        (Status.GRANTED, Act.ACCEPT): Status.ACCEPTED,
        (Status.GRANTED, Act.DECLINE): Status.DECLINED,
        (Status.GRANTED, Act.START): Status.STARTED,
        (Status.GRANTED, Act.WITHDRAW): Status.WITHDRAWN,
        (Status.DECLINED, Act.OFFER): Status.GRANTED,
        (Status.DECLINED, Act.WITHDRAW): Status.WITHDRAWN,
        (Status.ACCEPTED, Act.AWAIT): Status.ACCEPTED,
        (Status.ACCEPTED, Act.START): Status.STARTED,
        (Status.ACCEPTED, Act.WITHDRAW): Status.WITHDRAWN,
        (Status.STARTED, Act.PAUSE): Status.PAUSED,
        (Status.STARTED, Act.STOP): Status.STOPPED,
        (Status.PAUSED, Act.START): Status.STARTED,
        (Status.PAUSED, Act.STOP): Status.STOPPED,
        (Status.STOPPED, Act.START): Status.STARTED,
        (Status.REQUESTED, Act.INVESTIGATE): Status.REQUESTED,
        **{(status, Act.CHANGE): status for status in _ALLOCATED},
        **{(status, Act.REMOVE): Status.WITHDRAWN for status in _ALLOCATED},
    }
)
"""Every legal transition; what is not here is illegal."""

ENDED = frozenset({Status.REFUSED, Status.STOPPED, Status.WITHDRAWN})
"""Statuses in which nobody waits for anything; only stopped care may begin anew."""

_NOW = {
    Status.REQUESTED: Text("de aanvraag wacht op een besluit van de gemeente", "the request awaits a decision"),
    Status.REFUSED: Text("de aanvraag is afgewezen", "the request was refused"),
    Status.OFFERED: Text(
        "de aanvraag is aan meerdere aanbieders tegelijk aangeboden", "the request is offered to several providers"
    ),
    Status.GRANTED: Text("de toewijzing wacht op antwoord van de aanbieder", "the allocation awaits an answer"),
    Status.ACCEPTED: Text("de aanbieder heeft de toewijzing geaccepteerd", "the provider accepted the allocation"),
    Status.DECLINED: Text("de aanbieder heeft de toewijzing geweigerd", "the provider declined the allocation"),
    Status.STARTED: Text("de ondersteuning is gestart", "care has started"),
    Status.PAUSED: Text("de ondersteuning is tijdelijk gestopt", "care is interrupted"),
    Status.STOPPED: Text("de ondersteuning is gestopt", "care has stopped"),
    Status.WITHDRAWN: Text("de aanvraag is ingetrokken", "the referral was withdrawn"),
}

_DOING = {
    Act.GRANT: Text("toewijzen", "granted"),
    Act.REFUSE: Text("afwijzen", "refused"),
    Act.ACCEPT: Text("accepteren", "accepted"),
    Act.DECLINE: Text("weigeren", "declined"),
    Act.OFFER: Text("aan een andere aanbieder aanbieden", "offered to another provider"),
    Act.OFFER_OPENLY: Text("aan meerdere aanbieden", "offered to several providers"),
    Act.LAPSE: Text("vervallen verklaren", "declared lapsed"),
    Act.AWAIT: Text("melden dat de hulp nog niet is begonnen", "told not to have begun yet"),
    Act.START: Text("starten", "started"),
    Act.PAUSE: Text("tijdelijk stoppen", "interrupted"),
    Act.STOP: Text("stoppen", "stopped"),
    Act.INVESTIGATE: Text("in onderzoek nemen", "taken under investigation"),
    Act.CHANGE: Text("de toewijzing wijzigen", "changed"),
    Act.REMOVE: Text("de toewijzing verwijderen", "removed"),
    Act.WITHDRAW: Text("intrekken", "withdrawn"),
}

_HINT = {
    Act.STOP: Text("Meld eerst de start.", "Report the start first."),
    Act.PAUSE: Text("Meld eerst de start.", "Report the start first."),
    Act.WITHDRAW: Text(
        "Na de start beëindigt de aanbieder met een stopmelding.",
        "After the start the provider ends care by reporting the stop.",
    ),
}


def possible(status: Status) -> frozenset[Act]:
    """The acts that are legal in ``status``."""
    return frozenset(act for before, act in TRANSITIONS if before is status)


def after(status: Status, act: Act) -> Status:
    """The status after ``act``. Raises ``Conflict`` (code ``not-now``) that says why it is not possible."""
    try:
        return TRANSITIONS[status, act]
    except KeyError:
        raise refusal(status, act) from None


def refusal(status: Status, act: Act) -> Conflict:
    """Why ``act`` is not possible in ``status``, for people."""
    hint = _HINT.get(act) if status not in ENDED else None
    nl = f"{_DOING[act].nl.capitalize()} kan nu niet: {_NOW[status].nl}. Er is niets gewijzigd."
    en = f"This cannot be {_DOING[act].en} now: {_NOW[status].en}. Nothing was changed."
    return Conflict(Text(f"{nl} {hint.nl}" if hint else nl, f"{en} {hint.en}" if hint else en), code="not-now")
