"""The referral: one journey with its facts, and the rules each act obeys.

Acts give a new referral and leave the old one alone. They raise ``Conflict`` when the journey does not allow them now
and ``Invalid`` when a value is wrong; the caller stores the result and emits the event.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self
from uuid import UUID

from contracts.events.referral import (
    Assignment,
    Channel,
    DeclineReason,
    Frequency,
    NotBegunReason,
    Referrer,
    StopReason,
)
from contracts.values import PartyId, municipality, provider
from services.kit.model import wrong
from services.kit.problems import Conflict, Text
from services.kit.working_days import local_date
from services.referral.domain.deliveries import Delivered
from services.referral.domain.journey import ENDED, Act, Status, after
from services.referral.domain.reasons import Promise, RefusalReason, WaitReason, WithdrawalReason
from services.referral.domain.terms import Terms
from services.referral.domain.volume import total_units


def _without(promises: tuple[str, ...], *dropped: Promise) -> tuple[str, ...]:
    return tuple(each for each in promises if each not in {promise.value for promise in dropped})


def _report_due(starts_on: date, granted_at: datetime, start_due: datetime, terms: Terms) -> datetime | None:
    """Before when a start on the first day is reported; nothing to promise when care is to start before that anyway, as
    in a crisis."""
    due = terms.report_due(starts_on, granted_at)
    return due if due < start_due else None


HORIZON = (date(2000, 1, 1), date(2100, 12, 31))
"""The days on which an allocation may begin; a message may name any day of any millennium."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What is known of a journey once it was allocated."""

    number: int
    granted_at: datetime
    starts_on: date
    start_due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One journey. ``provider`` is whom it is asked of or offered to now; ``offers`` counts the allocations so far.

    Dates are days in the Netherlands; instants are UTC. ``client_id`` is the vault's own and never leaves the service;
    the client is ``client_stream`` in events and ``client_dossier`` in the API.
    """

    referral_id: UUID
    municipality: str
    provider: str
    client_id: UUID
    client_stream: UUID
    client_dossier: UUID
    status: Status
    assignment: Assignment
    referrer: Referrer
    channel: Channel
    desired_start: date
    desired_end: date | None
    requested_at: datetime
    crisis: bool = False
    wait_reason: WaitReason | None = None
    ordered_on: date | None = None
    responsible_municipality: str | None = None
    continued_as: UUID | None = None
    follows: UUID | None = None
    decision_due: datetime | None = None
    request_reference: str | None = None
    allocation_number: int | None = None
    granted_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    accept_due: datetime | None = None
    start_due: datetime | None = None
    accepted_at: datetime | None = None
    started_on: date | None = None
    start_reported_at: datetime | None = None
    stopped_on: date | None = None
    stop_reason: StopReason | None = None
    stop_reported_at: datetime | None = None
    reason: str | None = None
    ended_at: datetime | None = None
    offers: int = 0
    declined_by: tuple[str, ...] = ()
    reminded: tuple[str, ...] = field(default=())
    escalated: tuple[str, ...] = field(default=())
    investigated: bool = False
    stop_due: datetime | None = None
    report_due: datetime | None = None
    spell: int = 1
    """Counts how often care began anew after it had ended: each spell has promises of its own."""
    expected_on: date | None = None
    not_begun: NotBegunReason | None = None
    watch: int = 1
    """Counts how often a reported start was taken back: each time its report is watched anew."""

    @property
    def parties(self) -> tuple[PartyId, PartyId]:
        """Whose journey it is now: the municipality and the provider."""
        return municipality(self.municipality), provider(self.provider)

    @property
    def granted(self) -> Granted:
        """The allocation. Raises ``LookupError`` before there is one."""
        number, at, starts_on, due = self.allocation_number, self.granted_at, self.starts_on, self.start_due
        if number is None or at is None or starts_on is None or due is None:
            raise LookupError("this journey was not allocated yet")
        return Granted(number, at, starts_on, due)

    def grant(
        self,
        *,
        provider: str,
        allocation_number: int,
        assignment: Assignment,
        starts_on: date,
        ends_on: date | None,
        now: datetime,
        terms: Terms,
    ) -> Self:
        """Allocate to ``provider``: the answer to a request, or an offer to the next one after a refusal."""
        act = Act.OFFER if self.status is Status.DECLINED else Act.GRANT
        status = after(self.status, act)
        if not HORIZON[0] <= starts_on <= HORIZON[1]:
            raise wrong(
                "/startsOn",
                f"De ingangsdatum ligt buiten {HORIZON[0]:%d-%m-%Y} tot en met {HORIZON[1]:%d-%m-%Y}.",
                f"The first day lies outside {HORIZON[0]} up to and including {HORIZON[1]}.",
                "outside-horizon",
            )
        if ends_on is not None and ends_on < starts_on:
            raise wrong(
                "/endsOn",
                "De einddatum ligt vóór de ingangsdatum. Kies een einddatum op of na de ingangsdatum.",
                "The end date is before the start date. Choose an end date on or after the start date.",
                "ends-before-start",
            )
        if ends_on is None and assignment.frequency is Frequency.WEEK:
            raise wrong(
                "/endsOn",
                "Bij een omvang per week is een einddatum verplicht (iStandaarden CD076). Vul een einddatum in.",
                "A volume per week needs an end date (iStandaarden CD076). Fill in an end date.",
                "end-required",
            )
        units = total_units(assignment.volume, assignment.frequency, starts_on, ends_on)
        start_due = terms.start_due(now, starts_on, assignment.category, crisis=self.crisis)
        return replace(
            self,
            status=status,
            provider=provider,
            allocation_number=allocation_number,
            assignment=assignment.model_copy(update={"total_units": units}),
            starts_on=starts_on,
            ends_on=ends_on,
            granted_at=now,
            accept_due=terms.accept_due(now, crisis=self.crisis),
            start_due=start_due,
            report_due=_report_due(starts_on, now, start_due, terms),
            accepted_at=None,
            reason=None,
            offers=self.offers + 1,
            reminded=(),
            escalated=(),
        )

    def offer_openly(self, assignment: Assignment, starts_on: date, ends_on: date | None) -> Self:
        """Several providers may claim it, as ``assignment`` and these days say; the first gets it."""
        return replace(
            self,
            status=after(self.status, Act.OFFER_OPENLY),
            assignment=assignment,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=None,
            escalated=(),
        )

    def lapse(self, reason: DeclineReason, declined_by: Iterable[str]) -> Self:
        """None of the providers that could claim it did; those that said no are not asked again."""
        status = after(self.status, Act.LAPSE)
        more = tuple(each for each in declined_by if each not in self.declined_by)
        return replace(self, status=status, reason=reason.value, declined_by=(*self.declined_by, *more))

    def refuse(self, reason: RefusalReason, now: datetime) -> Self:
        """The municipality says no to the request."""
        return replace(self, status=after(self.status, Act.REFUSE), reason=reason.value, ended_at=now)

    def investigate(self, due: datetime) -> Self:
        """The decision needs an investigation, once, until ``due``. Raises ``Conflict`` when one was announced."""
        if self.investigated:
            raise Conflict(
                Text(
                    "Deze aanvraag is al in onderzoek. Er is niets gewijzigd. Wijs toe of wijs af.",
                    "This request is under investigation already. Nothing was changed. Allocate or refuse.",
                ),
                code="under-investigation",
            )
        return replace(
            self,
            status=after(self.status, Act.INVESTIGATE),
            decision_due=due,
            investigated=True,
            escalated=tuple(each for each in self.escalated if each != Promise.DECIDE.value),
        )

    def change(self, *, assignment: Assignment, ends_on: date | None) -> Self:
        """What is allocated is other than before, under the same number: its end, or its total volume."""
        status = after(self.status, Act.CHANGE)
        if self.starts_on is None:
            raise LookupError("this journey was not allocated yet")
        units = total_units(assignment.volume, assignment.frequency, self.starts_on, ends_on)
        return replace(
            self,
            status=status,
            assignment=assignment.model_copy(update={"total_units": units}),
            ends_on=ends_on,
        )

    def promise_report(self, terms: Terms, now: datetime) -> Self:
        """An allocation from before joining, whose file says that care had not begun by ``now``: the start is to be
        reported within a term from its first day (OP271), when that is still to come."""
        granted = self.granted
        due = _report_due(granted.starts_on, granted.granted_at, granted.start_due, terms)
        return replace(self, report_due=due if granted.starts_on >= local_date(now) else None)

    @property
    def retroactive(self) -> bool:
        """Whether it was allocated after its first day, so that care may have begun before."""
        return self.granted.starts_on < local_date(self.granted.granted_at)

    def promise_stop(self, terms: Terms) -> Self:
        """The end of care is to be reported within a term from the last day of the allocation (OP272)."""
        under_way = self.status in (Status.STARTED, Status.PAUSED)
        due = terms.report_due(self.ends_on) if under_way and self.ends_on is not None else None
        if due == self.stop_due:
            return self
        return replace(
            self,
            stop_due=due,
            reminded=_without(self.reminded, Promise.STOP),
            escalated=_without(self.escalated, Promise.STOP),
        )

    def remove(self, now: datetime) -> Self:
        """The allocation counts as never made, also when care had begun."""
        return replace(self, status=after(self.status, Act.REMOVE), reason=WithdrawalReason.MISTAKE.value, ended_at=now)

    def accept(self, now: datetime) -> Self:
        """The provider says yes to the allocation."""
        return replace(self, status=after(self.status, Act.ACCEPT), accepted_at=now)

    def decline(self, reason: DeclineReason, now: datetime) -> Self:
        """The provider says no, or let the term pass."""
        status = after(self.status, Act.DECLINE)
        if reason is DeclineReason.NO_ANSWER and self.accept_due is not None and now < self.accept_due:
            raise wrong(
                "/reason",
                "De antwoordtermijn van de aanbieder loopt nog. Wacht de termijn af.",
                "The provider still has time to answer. Wait until its term has passed.",
                "term-running",
            )
        return replace(self, status=status, reason=reason.value, declined_by=(*self.declined_by, self.provider))

    def start(self, started_on: date, now: datetime) -> Self:
        """Care really began on ``started_on`` (305)."""
        status = after(self.status, Act.START)
        self._within_allocation(started_on, now)
        if self.stopped_on is not None and started_on < self.stopped_on:
            raise wrong(
                "/startedOn",
                "De nieuwe start ligt vóór de stop. Kies een startdatum op of na de stopdatum.",
                "The new start is before the stop. Choose a start date on or after the stop date.",
                "start-before-stop",
            )
        return replace(
            self,
            status=status,
            spell=self._spell_of(status),
            accepted_at=self.accepted_at or now,
            started_on=started_on,
            start_reported_at=now,
            stopped_on=None,
            stop_reason=None,
            stop_reported_at=None,
            ended_at=None,
        )

    def await_start(self, expected_on: date, reason: NotBegunReason, now: datetime, terms: Terms) -> Self:
        """Care did not begin yet: the provider expects it on a day, and reports it within a term from then."""
        status = after(self.status, Act.AWAIT)
        granted, today = self.granted, local_date(now)
        if expected_on < max(today, granted.starts_on):
            earliest = max(today, granted.starts_on)
            raise wrong(
                "/expectedOn",
                f"De verwachte dag ligt vóór {earliest:%d-%m-%Y}. Kies die dag of een latere; is de hulp al begonnen,"
                " meld dan de start.",
                f"The expected day is before {earliest}. Choose that day or a later one; when care has begun, report"
                " the start.",
                "in-past",
            )
        if self.ends_on is not None and expected_on > self.ends_on:
            raise wrong(
                "/expectedOn",
                f"De verwachte dag ligt na de einddatum van de toewijzing, {self.ends_on:%d-%m-%Y}. Vraag de gemeente"
                " om een andere periode, of kies een eerdere dag.",
                f"The expected day is after the last day of the allocation, {self.ends_on}. Ask the municipality for"
                " another period, or choose an earlier day.",
                "after-allocation",
            )
        due = terms.report_due(expected_on)
        return replace(
            self,
            status=status,
            expected_on=expected_on,
            not_begun=reason,
            report_due=due if due < granted.start_due else None,
            reminded=_without(self.reminded, Promise.REPORT),
            escalated=_without(self.escalated, Promise.REPORT),
        )

    def watch_again(self, terms: Terms, now: datetime) -> Self:
        """The start that was reported is taken back: its report is watched anew, from now or from the first day."""
        return replace(
            self,
            watch=self.watch + 1,
            expected_on=None,
            not_begun=None,
            report_due=terms.report_due(self.granted.starts_on, now),
            reminded=_without(self.reminded, Promise.REPORT, Promise.START),
            escalated=_without(self.escalated, Promise.REPORT, Promise.START),
        )

    def stop(self, stopped_on: date, reason: StopReason, now: datetime) -> Self:
        """Care stopped on ``stopped_on`` (307), for good unless the reason is temporary."""
        status = after(self.status, Act.PAUSE if reason is StopReason.TEMPORARY else Act.STOP)
        earliest = max(day for day in (self.started_on, self.stopped_on) if day is not None)
        if stopped_on < earliest:
            raise wrong(
                "/stoppedOn",
                f"De stopdatum ligt vóór {earliest:%d-%m-%Y}, de datum van de start of van de eerdere, tijdelijke"
                " stop. Kies een latere datum.",
                f"The stop date is before {earliest}, the date of the start or of the earlier interruption."
                " Choose a later date.",
                "stop-before-start",
            )
        if stopped_on > local_date(now):
            raise wrong(
                "/stoppedOn",
                "De stopdatum ligt in de toekomst. Meld de stop als de ondersteuning echt gestopt is.",
                "The stop date is in the future. Report the stop once care has really stopped.",
                "in-future",
            )
        ended = None if reason is StopReason.TEMPORARY else now
        return replace(
            self, status=status, stopped_on=stopped_on, stop_reason=reason, stop_reported_at=now, ended_at=ended
        )

    def delivered(self, care: Delivered, now: datetime) -> Self:
        """Where the journey stands after all that was reported of its care by message.

        What a provider reports by message is judged by the standard alone, so the journey follows it; before the first
        start, and when that is taken back, the provider has the allocation and care did not begin.
        """
        start, stop = care.start, care.stop
        status, ended_at = Status.ACCEPTED, None
        if start is not None:
            status = Status.STARTED
        if stop is not None:
            temporary = stop.reason is StopReason.TEMPORARY
            status = Status.PAUSED if temporary else Status.STOPPED
            ended_at = None if temporary else self.ended_at or now
        return replace(
            self,
            status=status,
            spell=self._spell_of(status),
            accepted_at=self.accepted_at or now,
            started_on=start.starts_on if start else None,
            start_reported_at=(start.reported_at or now) if start else None,
            stopped_on=stop.ends_on if stop else None,
            stop_reason=stop.reason if stop else None,
            stop_reported_at=(stop.reported_at or now) if stop else None,
            ended_at=ended_at,
        )

    def _spell_of(self, status: Status) -> int:
        return self.spell + (self.status in ENDED and status not in ENDED)

    def withdraw(self, reason: WithdrawalReason, now: datetime) -> Self:
        """Take the journey back before care began."""
        return replace(self, status=after(self.status, Act.WITHDRAW), reason=reason.value, ended_at=now)

    def kept(self, promise: Promise) -> bool:
        """Whether nothing is left to wait for: the promise was kept, or the journey went another way."""
        open_in = {
            Promise.DECIDE: {Status.REQUESTED},
            Promise.ACCEPT: {Status.GRANTED},
            Promise.START: {Status.GRANTED, Status.ACCEPTED},
            Promise.REPORT: {Status.GRANTED, Status.ACCEPTED},
            Promise.PLACE: {Status.DECLINED},
            Promise.CLAIM: {Status.OFFERED},
            Promise.STOP: {Status.STARTED, Status.PAUSED},
        }
        return self.status not in open_in[promise]

    def due(self, promise: Promise) -> datetime | None:
        """Before when a promise must be kept; ``None`` for one without a term or not made yet."""
        return {
            Promise.DECIDE: self.decision_due,
            Promise.ACCEPT: self.accept_due,
            Promise.START: self.start_due,
            Promise.REPORT: self.report_due,
            Promise.PLACE: None,
            Promise.CLAIM: None,
            Promise.STOP: self.stop_due,
        }[promise]

    def remind(self, promise: Promise) -> Self:
        """Remember that the party was reminded."""
        return replace(self, reminded=(*self.reminded, promise.value))

    def escalate(self, promise: Promise) -> Self:
        """Remember that the promise was not kept."""
        return replace(self, escalated=(*self.escalated, promise.value))

    def _within_allocation(self, started_on: date, now: datetime) -> None:
        if started_on > local_date(now):
            raise wrong(
                "/startedOn",
                "De startdatum ligt in de toekomst. Meld de start als de ondersteuning echt begonnen is.",
                "The start date is in the future. Report the start once care has really begun.",
                "in-future",
            )
        if self.starts_on is not None and started_on < self.starts_on:
            raise wrong(
                "/startedOn",
                f"De startdatum ligt vóór de ingangsdatum van de toewijzing, {self.starts_on:%d-%m-%Y}.",
                f"The start date is before the first day of the allocation, {self.starts_on}.",
                "before-allocation",
            )
        if self.ends_on is not None and started_on > self.ends_on:
            raise wrong(
                "/startedOn",
                f"De startdatum ligt na de einddatum van de toewijzing, {self.ends_on:%d-%m-%Y}.",
                f"The start date is after the last day of the allocation, {self.ends_on}.",
                "after-allocation",
            )
