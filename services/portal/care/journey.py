"""The journey of one client as steps on a timeline: what was done when, what is promised, what comes next."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from fastapi import Request

from services.portal.care.terms import last_day
from services.portal.care.words import CHANNELS, OUTCOMES, REFERRERS, STOPS, said
from services.portal.components import Step
from services.portal.i18n import N_
from services.portal.views import translate
from services.referral.client import AllocationView, ReferralView, Status

State = Literal["done", "now", "later"]


class Timeline:
    """Builds the steps of one journey in the language of the reader."""

    def __init__(self, request: Request, referral: ReferralView, providers: Mapping[str, str]) -> None:
        self._request = request
        self._referral = referral
        self._providers = providers

    def steps(self, allocations: Sequence[AllocationView]) -> list[Step]:
        """Every step, from the request to the end."""
        referral = self._referral
        steps = [self._requested()]
        if referral.status is Status.REQUESTED:
            steps.append(
                self._step(N_("Decision"), last_day(referral.decision_due), "now", N_("Due on this day at the latest."))
            )
        elif referral.status is Status.OFFERED:
            told = N_("The first provider that claims it, gets it.")
            steps.append(self._step(N_("Offered to several"), None, "now", told))
        elif referral.status is Status.REFUSED:
            return [
                *steps,
                self._step(N_("Request refused"), None, "done", said(self._request, OUTCOMES, referral.reason)),
            ]
        for allocation in allocations:
            steps.append(self._allocated(allocation))
            if allocation.withdrawn_at is not None:
                steps.append(self._step(N_("Not taken, or taken back"), allocation.withdrawn_at, "done"))
        if referral.status is Status.WITHDRAWN:
            steps.append(self._step(N_("Taken back"), None, "done", said(self._request, OUTCOMES, referral.reason)))
            return steps
        if referral.status is Status.DECLINED:
            told = said(self._request, OUTCOMES, referral.reason)
            steps.append(self._step(N_("A place is looked for"), None, "now", told))
        steps += [self._answer(), self._start()]
        if referral.stopped_on is not None:
            title = N_("Interrupted") if referral.status is Status.PAUSED else N_("Help ended")
            told = said(self._request, STOPS, referral.stop_reason)
            steps.append(self._step(title, referral.stopped_on, "done", told))
        elif referral.ends_on is not None:
            steps.append(self._step(N_("Last day of the allocation"), referral.ends_on, "later"))
        return steps

    def _step(self, title: str, when: date | datetime | None, state: State, text: str | None = None) -> Step:
        told = translate(self._request, text) if text else None
        return Step(translate(self._request, title), when, told, state)

    def _requested(self) -> Step:
        referral = self._referral
        told = translate(
            self._request,
            N_("Referrer: %(referrer)s, %(channel)s."),
            referrer=said(self._request, REFERRERS, referral.referrer),
            channel=said(self._request, CHANNELS, referral.channel),
        )
        return Step(translate(self._request, N_("Help asked for")), referral.requested_at, told, "done")

    def _allocated(self, allocation: AllocationView) -> Step:
        name = self._providers.get(allocation.provider, allocation.provider)
        title = translate(self._request, N_("Allocated to %(provider)s"), provider=name)
        told = translate(self._request, N_("Allocation number %(number)s."), number=str(allocation.number))
        return Step(title, allocation.granted_at, told, "done")

    def _answer(self) -> Step:
        referral = self._referral
        if referral.status is Status.GRANTED:
            due = N_("Due on this day at the latest.")
            return self._step(N_("Answer of the provider"), last_day(referral.accept_due), "now", due)
        if referral.accepted_at is not None:
            return self._step(N_("The provider takes it on"), referral.accepted_at, "done")
        if referral.started_on is not None:
            return self._step(N_("The provider takes it on"), None, "done")
        return self._step(N_("Answer of the provider"), None, "later")

    def _start(self) -> Step:
        referral = self._referral
        if referral.started_on is not None:
            return self._step(N_("Help began"), referral.started_on, "done")
        state: State = "now" if referral.status is Status.ACCEPTED else "later"
        told = N_("Due on this day at the latest.") if referral.start_due else None
        return self._step(N_("Start of the help"), last_day(referral.start_due), state, told)
