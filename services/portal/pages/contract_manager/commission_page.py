"""One commission: where its procedure is, its questions, its applications, and the agreements that come of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.commissioning.client import (
    AgreementView,
    ApplicationView,
    Commission,
    CommissioningClient,
    Stage,
    Step,
)
from services.kit.problems import Forbidden
from services.portal.care.words import LAWS, PAID_FOR, units
from services.portal.components import Column, Row, Table
from services.portal.components import Step as Moment
from services.portal.directing.names import Names, names
from services.portal.directing.people import COMMISSIONING
from services.portal.directing.sending import with_key
from services.portal.directing.speech import Speech, speech
from services.portal.directing.terms import last_moment
from services.portal.forms import Form
from services.portal.pages.contract_manager.commission_form import STEPS
from services.portal.pages.contract_manager.commissions import STAGES, TONES
from services.portal.people import Person
from services.portal.views import render

_ORDER = (Stage.PUBLISHED, Stage.ANSWERED, Stage.CLOSED, Stage.STANDSTILL, Stage.FINAL)


async def page(
    request: Request,
    commission_id: UUID,
    person: Person,
    commissioning: CommissioningClient,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    """The commission with everything under it; ``form`` is what was filled in somewhere on the page."""
    _ = speech(request)
    found, known, questions, applications, agreements = await asyncio.gather(
        commissioning.commission(commission_id),
        names(request, commissioning),
        commissioning.questions(commission_id),
        _applications(commissioning, commission_id),
        commissioning.agreements(commission_id=commission_id, limit=200),
    )
    commission: Commission = found.data
    ours = commission.owner == person.party and person.has(*COMMISSIONING)
    by_application = {each.application_id: each for each in agreements.items}
    judged = sum(each.decision is not None for each in applications)
    return render(
        request,
        "pages/contract_manager/commission.html",
        status=status,
        commission=commission,
        owner=known.party(commission.owner),
        places=known.listed(commission.municipalities, 7),
        stage=(_(STAGES[commission.stage]), TONES[commission.stage]),
        steps=_timeline(_, commission, len(questions), len(applications)),
        requirements=_requirements(_, commission),
        products=_products(request, _, commission),
        facts=_facts(_, commission, known),
        questions=questions,
        applications=[_application(_, each, known, by_application.get(each.application_id)) for each in applications],
        sealed=commission.stage in (Stage.PUBLISHED, Stage.ANSWERED),
        may_act=ours,
        may_edit=ours and commission.stage is Stage.DRAFT,
        may_assess=ours and commission.stage is Stage.CLOSED,
        may_announce=ours and commission.stage is Stage.CLOSED and judged == len(applications),
        may_draft=ours and commission.stage is Stage.FINAL,
        may_withdraw=ours and commission.stage not in (Stage.DRAFT, Stage.WITHDRAWN),
        form=with_key(form),
    )


async def _applications(commissioning: CommissioningClient, commission_id: UUID) -> tuple[ApplicationView, ...]:
    try:
        return await commissioning.applications(commission_id)
    except Forbidden:
        return ()


def _timeline(_: Speech, commission: Commission, questions: int, applications: int) -> list[Moment]:
    """The five stages of an admission with their terms."""
    if commission.stage is Stage.DRAFT:
        return []
    if commission.stage is Stage.WITHDRAWN:
        return [
            Moment(_("Opened"), commission.published_at, state="done"),
            Moment(_("Withdrawn"), commission.withdrawn_at, commission.withdrawal_reason, "now"),
        ]
    at = _ORDER.index(commission.stage)

    def step(place: int, title: str, when: datetime | None, text: str | None = None) -> Moment:
        state = "done" if place < at else "now" if place == at else "later"
        return Moment(title, when and last_moment(when), text, state)  # type: ignore[arg-type]

    received = _.ngettext("%(num)s application", "%(num)s applications", applications)
    return [
        Moment(_("Opened"), commission.published_at, state="done"),
        step(
            0, _("Questions"), commission.questions_due, _.ngettext("%(num)s question", "%(num)s questions", questions)
        ),
        step(1, _("Applications"), commission.applications_due, received if at > 1 else _("Sealed until this day")),
        step(2, _("Assessment"), commission.assessment_due, received if at == 2 else None),
        step(3, _("Standstill after the results"), commission.standstill_until),
        Moment(
            _("Agreements"),
            commission.valid_from,
            _("Both sides sign; the agreements hold from this day."),
            "now" if commission.stage is Stage.FINAL else "later",
        ),
    ]


def _requirements(_: Speech, commission: Commission) -> list[tuple[str, list[str]]]:
    """By step, in the order in which they are looked at."""
    return [
        (_(STEPS[step]), [each.text for each in commission.requirements if each.step is step])
        for step in Step
        if any(each.step is step for each in commission.requirements)
    ]


def _products(request: Request, _: Speech, commission: Commission) -> Table:
    columns = [
        Column("name", _("Product"), main=True),
        Column("code", _("Code")),
        Column("law", _("Law")),
        Column("tariff", _("Tariff"), "euros"),
        Column("unit", _("Per")),
        Column("paid_for", _("What we pay for")),
    ]
    rows = [
        Row(
            {
                "name": product.name,
                "code": product.product_code,
                "law": _(LAWS[product.law]),
                "tariff": product.tariff_cents,
                "unit": units(request, product.unit, 1),
                "paid_for": _(PAID_FOR[product.variant]) if product.variant else None,
            }
        )
        for product in commission.products
    ]
    return Table(_("Products and tariffs"), columns, rows, caption_hidden=True, id="products")


def _facts(_: Speech, commission: Commission, known: Names) -> list[tuple[str, Any]]:
    until = _.fmt.day(commission.valid_until) if commission.valid_until else _("no end was agreed")
    return [
        (_("Commissioner"), known.party(commission.owner)),
        (_("For"), known.listed(commission.municipalities, 7)),
        (_("Agreements from"), _.fmt.day(commission.valid_from)),
        (_("Up to and including"), until),
        (_("Why longer than 48 months?"), commission.duration_reason),
    ]


def _application(_: Speech, given: ApplicationView, known: Names, agreement: AgreementView | None) -> dict[str, Any]:
    decision = given.decision
    grounds: Sequence[str] = [each.ground for each in decision.judgements if each.ground] if decision else ()
    return {
        "id": given.application_id,
        "provider": known.provider(given.provider),
        "submitted_at": given.submitted_at,
        "judged": decision is not None,
        "admitted": decision.admitted if decision else None,
        "announced": decision.announced_at if decision else None,
        "grounds": grounds,
        "agreement": agreement,
    }
