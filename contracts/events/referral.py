"""Events of the referral service: requests, allocations, deliveries and the messages that carry them.

``referral_id`` names the journey from request to end of care, whichever provider serves it; it is the key.
``client`` is
the pseudonym of the client for the event stream, unknown to any other purpose.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from contracts.event import Event, Fact
from contracts.events.commissioning import Law, Unit
from contracts.values import AgbCode, Cents, MunicipalityCode, ProductCategory, ProductCode


class Referrer(StrEnum):
    """Who pointed the way (iJw 3.2 COD327, *TypeVerwijzer*)."""

    MUNICIPALITY = "municipality"
    GENERAL_PRACTITIONER = "general_practitioner"
    YOUTH_DOCTOR = "youth_doctor"
    CERTIFIED_INSTITUTION = "certified_institution"
    SPECIALIST = "specialist"
    COURT = "court"
    NONE = "none"


class Channel(StrEnum):
    """How a request came in."""

    FORM = "form"
    MESSAGE = "message"
    IMPORT = "import"


class Frequency(StrEnum):
    """Per what a volume counts (iStandaarden COD168)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    WHOLE = "whole"


class StopReason(StrEnum):
    """Why care stopped (iJw 3.2 JZ588). Only ``TEMPORARY`` is not the end."""

    DIED = "died"  # 02
    TEMPORARY = "temporary"  # 20
    AS_PLANNED = "as_planned"  # 31
    CLIENT_BROKE_OFF = "client_broke_off"  # 32
    PROVIDER_BROKE_OFF = "provider_broke_off"  # 33
    IN_CONSULTATION = "in_consultation"  # 34
    EXTERNAL_CAUSE = "external_cause"  # 35
    MUNICIPALITY_INITIATIVE = "municipality_initiative"  # 36
    CHANGE_REQUEST = "change_request"  # 37
    OTHER_PROVIDER = "other_provider"  # 38
    OTHER_DOMAIN = "other_domain"  # 39


class Assignment(Fact):
    """What is asked or allocated: product and extent. ``total_units`` is the volume over the whole allocation.

    ``by_effort`` tells pieces of effort (unit 84) from pieces of output (82).
    """

    law: Law
    product_code: ProductCode
    category: ProductCategory
    unit: Unit
    frequency: Frequency
    volume: int
    total_units: int
    by_effort: bool = False


class AllocationRequested(Event):
    """A request for allocation came in, by form or by 315; the municipality decides before ``decision_due`` (OP274).

    A ``crisis`` has terms of hours, and its care may have begun before.
    """

    type: ClassVar[str] = "nl.samenspel.referrals.requested.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    assignment: Assignment
    referrer: Referrer
    channel: Channel
    desired_start: date
    requested_at: datetime
    decision_due: datetime
    crisis: bool = False


class RequestRefused(Event):
    """The municipality refused the request; ``reason`` is the English name of the iStandaarden reason (COD755)."""

    type: ClassVar[str] = "nl.samenspel.referrals.refused.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    reason: str
    responsible_municipality: MunicipalityCode | None = None
    refused_at: datetime


class AllocationGranted(Event):
    """The municipality allocated (301): the provider answers before ``accept_due`` and starts before ``start_due``.

    ``allocation_number`` is unique within the municipality. ``start_due`` is the waiting norm (OV 3.5.1),
    ``report_due`` before when a start on the first day is reported (OP271). At the ``remind`` instants the provider is
    reminded, if it has not answered or started by then.
    """

    type: ClassVar[str] = "nl.samenspel.allocations.granted.v1"
    referral_id: UUID
    allocation_number: int
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    assignment: Assignment
    referrer: Referrer
    starts_on: date
    ends_on: date | None = None
    granted_at: datetime
    accept_due: datetime
    start_due: datetime
    remind_accept_at: datetime | None = None
    remind_start_at: datetime | None = None
    crisis: bool = False
    report_due: datetime | None = None
    remind_report_at: datetime | None = None


class AllocationAccepted(Event):
    """The provider accepted the allocation."""

    type: ClassVar[str] = "nl.samenspel.allocations.accepted.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    accepted_at: datetime


class DeclineReason(StrEnum):
    """Why a provider declines, or did not answer in time."""

    NO_ROOM = "no_room"
    NOT_OUR_EXPERTISE = "not_our_expertise"
    CLIENT_CHOSE_OTHERWISE = "client_chose_otherwise"
    TOO_FAR = "too_far"
    NO_ANSWER = "no_answer"


class AllocationDeclined(Event):
    """The provider declined, or let the term pass; the allocation under it is withdrawn."""

    type: ClassVar[str] = "nl.samenspel.allocations.declined.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    allocation_number: int
    reason: DeclineReason
    declined_at: datetime


class ReferralOffered(Event):
    """A request was offered to several providers at once; this is the offer to one of them.

    The first that claims before ``claim_due`` gets the allocation.
    """

    type: ClassVar[str] = "nl.samenspel.referrals.offered.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    product_code: ProductCode
    offered_at: datetime
    claim_due: datetime


class ReferralClaimed(Event):
    """A provider was the first to claim a request that was offered to several; the allocation follows at once."""

    type: ClassVar[str] = "nl.samenspel.referrals.claimed.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    claimed_at: datetime


class OfferOutcome(StrEnum):
    """What became of an offer that was not claimed."""

    GONE = "gone"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class OfferEnded(Event):
    """A provider can no longer claim what it was offered; ``left`` is how many others still can.

    ``GONE``: another provider got it. ``LAPSED``: nobody claimed in time. ``reason`` goes with ``DECLINED``.
    """

    type: ClassVar[str] = "nl.samenspel.offers.ended.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    outcome: OfferOutcome
    reason: DeclineReason | None = None
    left: int
    ended_at: datetime


class ReferralWithdrawn(Event):
    """The journey ended before care began: the request or allocation was taken back.

    ``reason`` is one of the reasons of the referral service (``client_withdrew``, ``moved``, ``died``, …).
    """

    type: ClassVar[str] = "nl.samenspel.referrals.withdrawn.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    allocation_number: int | None = None
    reason: str
    withdrawn_at: datetime
    watch: int = 1


class NotBegunReason(StrEnum):
    """Why care under an accepted allocation did not begin yet, as its provider tells."""

    CLIENT_WISHES = "client_wishes"
    CLIENT_NOT_REACHED = "client_not_reached"
    NO_STAFF = "no_staff"
    OTHER_CARE_FIRST = "other_care_first"
    PREPARING = "preparing"


class StartExpected(Event):
    """The provider told that care did not begin yet, why, and when it expects that.

    The report of a start (iStandaarden 3.2 OP271) is asked after from then on: before ``report_due``, with a reminder
    at ``remind_report_at``; without them the waiting norm ends earlier. ``watch`` is 1 until a start is taken back.
    """

    type: ClassVar[str] = "nl.samenspel.starts.expected.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    allocation_number: int
    expected_on: date
    reason: NotBegunReason
    told_at: datetime
    report_due: datetime | None = None
    remind_report_at: datetime | None = None
    watch: int = 1


class ReferralReminded(Event):
    """A promise is almost due and the party that made it was reminded: ``accept``, ``report``, ``start``, ``stop`` or
    ``decide``.
    """

    type: ClassVar[str] = "nl.samenspel.referrals.reminded.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    promise: str
    due: datetime
    reminded_at: datetime


class ReferralEscalated(Event):
    """A promise was not kept; the access team now has it on its worklist.

    ``promise`` is ``decide``, ``report`` (a start), ``start``, ``stop``, or ``place``: no further provider could take
    the allocation.
    """

    type: ClassVar[str] = "nl.samenspel.referrals.escalated.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    promise: str
    due: datetime
    escalated_at: datetime


class CareStarted(Event):
    """Care really began (305). ``started_on`` is the day itself, ``reported_at`` when it was told.

    When the allocation has a last day: the end is reported before ``stop_due`` (OP272), with a reminder at
    ``remind_stop_at``, also when care goes as planned (OP288). ``spell`` counts how often care began anew after it had
    ended; each spell has a term of its own.
    """

    type: ClassVar[str] = "nl.samenspel.deliveries.started.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    product_code: ProductCode
    started_on: date
    reported_at: datetime
    stop_due: datetime | None = None
    remind_stop_at: datetime | None = None
    spell: int = 1
    watch: int = 1


class CareStopped(Event):
    """Care stopped (307), for good unless the reason is temporary. ``stop_due`` is before when that was to be told."""

    type: ClassVar[str] = "nl.samenspel.deliveries.stopped.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    product_code: ProductCode
    stopped_on: date
    reason: StopReason
    reported_at: datetime
    stop_due: datetime | None = None
    spell: int = 1


class DeliveryCorrected(Event):
    """A report of a start or stop was taken back or replaced (305 or 307 with status 3).

    ``started_on``, ``stopped_on`` and ``reason`` are as they stand from now on; without ``started_on`` care did not
    begin. ``stop_due`` and ``remind_stop_at`` are as in ``CareStarted`` when care is under way again; otherwise
    ``stop_due`` is before when the end was to be told, as it stood. When care turns out not to have begun, its start is
    watched anew: ``report_due``, ``start_due`` and their reminders are as when it was allocated, and ``watch`` counts.
    """

    type: ClassVar[str] = "nl.samenspel.deliveries.corrected.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    product_code: ProductCode
    started_on: date | None = None
    stopped_on: date | None = None
    reason: StopReason | None = None
    corrected_at: datetime
    stop_due: datetime | None = None
    remind_stop_at: datetime | None = None
    spell: int = 1
    start_due: datetime | None = None
    remind_start_at: datetime | None = None
    report_due: datetime | None = None
    remind_report_at: datetime | None = None
    watch: int = 1


class TrajectoryImported(Event):
    """A trajectory from before joining, with all that already happened to it.

    An allocation that was never started waits for its start until ``start_due``; care under way for the report of its
    end until ``stop_due``, when the allocation has a last day. What ended is history.
    """

    type: ClassVar[str] = "nl.samenspel.trajectories.imported.v1"
    referral_id: UUID
    allocation_number: int
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    assignment: Assignment
    referrer: Referrer
    starts_on: date
    ends_on: date | None = None
    granted_at: datetime
    started_on: date | None = None
    stopped_on: date | None = None
    stop_reason: StopReason | None = None
    start_due: datetime
    remind_start_at: datetime | None = None
    imported_at: datetime
    report_due: datetime | None = None
    remind_report_at: datetime | None = None
    stop_due: datetime | None = None
    remind_stop_at: datetime | None = None


class AllocationChanged(Event):
    """What was allocated is other than before: its period, its extent, or it was withdrawn or removed.

    ``starts_on``, ``ends_on`` and ``assignment`` are as they are from now on, for the whole allocation. ``reason`` is
    the English name of the iStandaarden reason (WJ002, *RedenWijziging*). ``removed``: it counts as never made.
    ``stop_due`` and ``remind_stop_at`` are as in ``CareStarted``, when care is under way; of a removed allocation as it
    stood.
    """

    type: ClassVar[str] = "nl.samenspel.allocations.changed.v1"
    referral_id: UUID
    allocation_number: int
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    assignment: Assignment
    starts_on: date
    ends_on: date | None = None
    reason: str
    removed: bool = False
    stop_due: datetime | None = None
    remind_stop_at: datetime | None = None
    changed_at: datetime
    spell: int = 1


class AllocationDecided(Event):
    """An allocation without a specific product was decided, or decided anew: aspecific (``category``) or generic.

    It has no journey of its own. ``reason`` is why it changed (WJ002), none for the first decision; ``removed``: it
    counts as never made.
    """

    type: ClassVar[str] = "nl.samenspel.allocations.decided.v1"
    allocation_id: UUID
    allocation_number: int
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    law: Law
    category: ProductCategory | None = None
    budget_cents: Cents | None = None
    starts_on: date
    ends_on: date | None = None
    reason: str | None = None
    removed: bool = False
    decided_at: datetime


class DeliveryReported(Event):
    """Care under an allocation that no journey serves started (305), or with ``stopped_on`` stopped (307).

    ``category`` and ``product_code`` are what the provider chose, as far as it said. ``removed``: the provider takes
    this report back; it counts as never sent.
    """

    type: ClassVar[str] = "nl.samenspel.deliveries.reported.v1"
    allocation_id: UUID
    allocation_number: int
    municipality: MunicipalityCode
    provider: AgbCode
    client: UUID
    law: Law
    category: ProductCategory | None = None
    product_code: ProductCode | None = None
    started_on: date
    stopped_on: date | None = None
    reason: StopReason | None = None
    removed: bool = False
    reported_at: datetime


class ReferralInvestigated(Event):
    """The decision on a request needs an investigation (319, *in onderzoek*; OP274) and comes before its due.

    ``residence``: only into which municipality is responsible, within two weeks of the request (OP359).
    """

    type: ClassVar[str] = "nl.samenspel.referrals.investigated.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    decision_due: datetime
    remind_at: datetime
    investigated_at: datetime
    residence: bool = False
