"""What a commissioner has to do now: the terms that people keep themselves, each with the rule it comes from."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.values import Role
from services.commissioning.client import (
    AgreementView,
    Commission,
    CommissioningClient,
    DeadlineView,
    Promise,
    SpendingRoom,
    SpendingWarning,
    Stage,
)
from services.portal.components import Action, Task
from services.portal.directing.names import Names
from services.portal.directing.speech import Speech
from services.portal.directing.terms import last_moment, rule
from services.portal.people import Person

NOTICE_DAYS: Final = 90
"""An extension is a task from this long before its term; before that it only stands in the table."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that tasks are made of."""

    person: Person
    speech: Speech
    names: Names
    now: datetime
    rooms: Mapping[UUID, SpendingRoom]
    warnings: Sequence[SpendingWarning]
    deadlines: Sequence[DeadlineView]
    commissions: Mapping[UUID, Commission]
    drafted: Mapping[UUID, AgreementView]
    questions: Mapping[UUID, int] = field(default_factory=dict)
    """How many questions wait for an answer, by commission."""
    applications: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    """How many applications there are and how many were judged, by commission."""

    def tasks(self, more: Sequence[Task] = ()) -> list[Task]:
        """Warnings first; then what is due first, with ``more`` from elsewhere."""
        others = [*more, *(task for each in self.deadlines if (task := self._of(each)) is not None)]
        others.sort(key=lambda task: (task.due is None, task.due and str(task.due)))
        return [*self._warned(), *others]

    # --- budget warnings

    def _warned(self) -> list[Task]:
        open_ = [warning for warning in self.warnings if warning.decided_on is None]
        return [self._warning(each) for each in sorted(open_, key=_due_of)]

    def _warning(self, warning: SpendingWarning) -> Task:
        _, room = self.speech, self.rooms.get(warning.agreement_id)
        provider = self.names.party(warning.provider_party)
        ours = warning.owner == self.person.party and self.person.has(Role.CONTRACT_MANAGER, Role.REGIONAL_OFFICER)
        committed = room.committed_cents if room else warning.committed_cents
        forecast = (room and room.forecast_cents) or warning.forecast_cents
        because = _(
            "%(rule)s: %(committed)s of %(ceiling)s is committed, %(forecast)s is expected",
            rule=rule(_, "OV 1.5.7"),
            committed=_.fmt.euros_short(committed),
            ceiling=_.fmt.euros_short(warning.ceiling_cents),
            forecast=_.fmt.euros_short(forecast),
        )
        share = _.fmt.percent(committed / warning.ceiling_cents)
        if not ours:
            owner = self.names.party(warning.owner)
            sentence = _("%(provider)s is at %(share)s of its ceiling. %(owner)s holds the talk.",
                         provider=provider, share=share, owner=owner)  # fmt: skip
            label = _("Look")
        elif warning.talked_on is None:
            sentence = _("%(provider)s is at %(share)s of its ceiling: hold the talk.", provider=provider, share=share)
            label = _("Record the talk")
        else:
            sentence = _("Decide about the budget of %(provider)s, now that the talk was held.", provider=provider)
            label = _("Record the decision")
        address = f"/manager/agreements/{warning.agreement_id}#warning"
        return Task(
            sentence,
            Action(label, address),
            due=_due_of(warning),
            because=because,
            warning=True,
            id=f"task-{warning.agreement_id}",
        )

    # --- other terms

    def _of(self, deadline: DeadlineView) -> Task | None:
        _, (kind, identifier) = self.speech, _subject(deadline.subject)
        if kind == "agreement":
            return self._about_agreement(deadline, identifier)
        commission = self.commissions.get(identifier)
        if commission is None:
            return None
        address = f"/manager/commissions/{identifier}"
        if deadline.kind is Promise.QUESTIONS and (waiting := self.questions.get(identifier, 0)):
            sentence = _.ngettext(
                "Answer %(num)s question about %(title)s.",
                "Answer %(num)s questions about %(title)s.",
                waiting,
                title=commission.title,
            )
            return self._task(sentence, _("Answer"), f"{address}#questions", deadline, _("questions are answered"))
        if deadline.kind is Promise.ASSESSMENT and commission.stage is Stage.CLOSED:
            received, judged = self.applications.get(identifier, (0, 0))
            why = _("applications are assessed")
            if received == judged:
                sentence = _("Announce the results of %(title)s.", title=commission.title)
                return self._task(sentence, _("Announce"), address, deadline, why)
            sentence = _.ngettext(
                "Assess %(num)s application for %(title)s.",
                "Assess %(num)s applications for %(title)s.",
                received - judged,
                title=commission.title,
            )
            return self._task(
                sentence, _("Assess"), f"{address}#applications", deadline, _("applications are assessed")
            )
        return None

    def _about_agreement(self, deadline: DeadlineView, identifier: UUID) -> Task | None:
        _, room, draft = self.speech, self.rooms.get(identifier), self.drafted.get(identifier)
        address = f"/manager/agreements/{identifier}"
        if deadline.kind is Promise.SIGNATURE_COMMISSIONER and draft is not None:
            provider = self.names.provider(draft.provider)
            sentence = _("Sign the agreement with %(provider)s.", provider=provider)
            return self._task(sentence, _("Read and sign"), address, deadline, _("both sides sign within three weeks"))
        soon = deadline.due - self.now < timedelta(days=NOTICE_DAYS)
        if deadline.kind is Promise.EXTENSION_NOTICE and room is not None and soon:
            sentence = _(
                "Say whether the agreement with %(provider)s goes on.",
                provider=room.provider_name or self.names.provider(room.provider),
            )
            why = _("an extension is announced six months before the end")
            return self._task(sentence, _("Look"), address, deadline, why)
        return None

    def _task(self, sentence: str, label: str, address: str, deadline: DeadlineView, why: str) -> Task:
        because = f"{rule(self.speech, deadline.rule)}: {why}"
        action = Action(label, address, primary=False)
        return Task(sentence, action, due=last_moment(deadline.due), because=because)


def _due_of(warning: SpendingWarning) -> datetime:
    return last_moment(warning.talk_due if warning.talked_on is None else warning.decision_due)


def _subject(subject: str) -> tuple[str, UUID]:
    kind, identifier, *_ = subject.split("/")
    return kind, UUID(identifier)


async def progress(
    commissioning: CommissioningClient, deadlines: Sequence[DeadlineView]
) -> tuple[dict[UUID, Commission], dict[UUID, int], dict[UUID, tuple[int, int]], dict[UUID, AgreementView]]:
    """What the terms are about: commissions with their questions and applications, and agreements to sign."""
    wanted = {_subject(each.subject)[1]: each.kind for each in deadlines if each.subject.startswith("commission/")}
    signing = [_subject(each.subject)[1] for each in deadlines if each.kind is Promise.SIGNATURE_COMMISSIONER]

    async def one(identifier: UUID) -> tuple[UUID, Commission, int, tuple[int, int]]:
        commission: Commission = (await commissioning.commission(identifier)).data
        questions = await commissioning.questions(identifier) if commission.stage is Stage.PUBLISHED else ()
        applications = await commissioning.applications(identifier) if commission.stage is Stage.CLOSED else ()
        judged = sum(1 for each in applications if each.decision is not None)
        unanswered = sum(1 for each in questions if each.answer is None)
        return identifier, commission, unanswered, (len(applications), judged)

    found = await asyncio.gather(*(one(identifier) for identifier in wanted))
    drafted = await asyncio.gather(*(commissioning.agreement(identifier) for identifier in signing))
    return (
        {identifier: commission for identifier, commission, _, _ in found},
        {identifier: questions for identifier, _, questions, _ in found},
        {identifier: counts for identifier, _, _, counts in found},
        {agreement.agreement_id: agreement for agreement in drafted},
    )
