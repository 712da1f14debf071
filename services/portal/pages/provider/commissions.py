"""Commissions that a provider may apply for: what is asked, on which terms, questions and their answers."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.values import Role
from services.commissioning.client import Commission, CommissioningClient, Stage, views
from services.kit.problems import NotFound
from services.portal.care.clients import Commissioning, Staff
from services.portal.care.directory import Directory
from services.portal.care.forms import with_key
from services.portal.care.terms import last_day
from services.portal.care.words import units
from services.portal.components import BadgeTone, Step
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.people import Person
from services.portal.views import render, translate

router = APIRouter()

OPEN: Final = (Stage.PUBLISHED, Stage.ANSWERED)
_STAGES: Final[dict[Stage, str]] = {
    Stage.PUBLISHED: N_("Open, also for questions"),
    Stage.ANSWERED: N_("Open for applications"),
    Stage.CLOSED: N_("Applications are being judged"),
    Stage.STANDSTILL: N_("Results are known"),
    Stage.FINAL: N_("Closed"),
    Stage.WITHDRAWN: N_("Taken back by the commissioner"),
}
_ORDER: Final = tuple(_STAGES)


def is_open(commission: Commission) -> bool:
    """Whether applications are taken now, as far as the stage tells."""
    return commission.stage in OPEN


async def own_application(
    person: Person, commissioning: CommissioningClient, commission_id: UUID
) -> views.ApplicationView | None:
    """What this provider applied with; ``None`` when it did not, or the person may not open it."""
    if not person.has(Role.PROVIDER_ADMINISTRATOR):
        return None
    found = await commissioning.applications(commission_id)
    return next((each for each in found if each.provider == person.code), None)


def told(request: Request, application: views.ApplicationView | None) -> tuple[str, BadgeTone] | None:
    """How the own application stands, in words."""
    if application is None:
        return None
    decision = application.decision
    if decision is None or decision.announced_at is None:
        return translate(request, N_("You have applied")), "neutral"
    if decision.admitted:
        return translate(request, N_("Admitted")), "good"
    return translate(request, N_("Not admitted")), "bad"


@router.get("/provider/commissions")
async def invitations(request: Request, person: Staff, commissioning: Commissioning) -> HTMLResponse:
    """Every published commission: those that are open first, by the day on which applying ends."""
    found = (await commissioning.published_commissions()).items
    open_ones = sorted((each for each in found if is_open(each)), key=lambda each: str(each.applications_due))
    others = [each for each in found if not is_open(each)]
    shown = [*open_ones, *others]
    applications = await asyncio.gather(*(own_application(person, commissioning, each.commission_id) for each in shown))
    parties = await Directory(request, commissioning).municipalities(
        {code for each in shown for code in each.municipalities}
    )

    def card(commission: Commission, application: views.ApplicationView | None) -> dict[str, Any]:
        return {
            "url": f"/provider/commissions/{commission.commission_id}",
            "title": commission.title,
            "where": ", ".join(sorted(parties[code] for code in commission.municipalities)),
            "products": ", ".join(product.name for product in commission.products),
            "stage": translate(request, _STAGES[commission.stage]) if commission.stage in _STAGES else "",
            "due": last_day(commission.applications_due) if is_open(commission) else None,
            "own": told(request, application),
        }

    cards = [card(each, application) for each, application in zip(shown, applications, strict=True)]
    return render(
        request,
        "pages/provider/commissions.html",
        open=cards[: len(open_ones)],
        others=cards[len(open_ones) :],
    )


def steps(request: Request, commission: Commission) -> list[Step]:
    """The way from publication to agreement, with its terms."""
    rank = _ORDER.index(commission.stage) if commission.stage in _ORDER else 0

    def step(title: str, when: Any, place: int, text: str | None = None) -> Step:
        state = "done" if rank > place else "now" if rank == place else "later"
        return Step(translate(request, title), when, translate(request, text) if text else None, state)  # type: ignore[arg-type]

    return [
        Step(translate(request, N_("Published")), commission.published_at, None, "done"),
        step(N_("Questions until"), last_day(commission.questions_due), 0, N_("Everybody reads the answers.")),
        step(
            N_("Applications until"),
            last_day(commission.applications_due),
            1,
            N_("Sealed until then; late ones are not taken."),
        ),
        step(N_("Results by"), last_day(commission.assessment_due), 2),
        step(N_("Waiting period until"), last_day(commission.standstill_until), 3, N_("Until then you may object.")),
    ]


@router.get("/provider/commissions/{commission_id}")
async def one(request: Request, commission_id: UUID, person: Staff, commissioning: Commissioning) -> HTMLResponse:
    """One commission with the form to apply."""
    return await show(request, person, commissioning, commission_id)


async def show(
    request: Request,
    person: Person,
    commissioning: CommissioningClient,
    commission_id: UUID,
    *,
    form: Form | None = None,
    question: Form | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The page; ``form`` and ``question`` are what was filled in and came back."""
    commission, questions, application = await asyncio.gather(
        _published(commissioning, commission_id),
        commissioning.questions(commission_id),
        own_application(person, commissioning, commission_id),
    )
    story, where = await asyncio.gather(
        _story(commissioning, commission),
        Directory(request, commissioning).municipalities(commission.municipalities),
    )
    if form is None:
        form = _filled(commission, application)
    return render(
        request,
        "pages/provider/commission.html",
        status=status,
        commission=commission,
        story=story,
        where=", ".join(sorted(where.values())),
        products=[(each.product_code, each.name, None) for each in commission.products],
        units={each.product_code: units(request, each.unit, 1) for each in commission.products},
        steps=steps(request, commission),
        questions=questions,
        application=application,
        own=told(request, application),
        grounds=_grounds(commission, application),
        may_apply=person.has(Role.PROVIDER_ADMINISTRATOR) and is_open(commission),
        may_ask=person.has(Role.PROVIDER_ADMINISTRATOR) and commission.stage is Stage.PUBLISHED,
        form=with_key(form),
        question=with_key(question or Form()),
    )


async def _published(commissioning: CommissioningClient, commission_id: UUID) -> Commission:
    return await commissioning.get(Commission, f"/published-commissions/{commission_id}")


async def _story(commissioning: CommissioningClient, commission: Commission) -> Any:
    try:
        return await commissioning.published_scenario(commission.scenario_id)
    except NotFound:
        return None


def _filled(commission: Commission, application: views.ApplicationView | None) -> Form:
    if application is None:
        form = Form()
        if len(commission.products) == 1:
            form.lists["products"] = [commission.products[0].product_code]
        return form
    form = Form.of({f"answer-{each.code}": each.text for each in application.answers})
    form.lists["products"] = list(application.products)
    return form


def _grounds(commission: Commission, application: views.ApplicationView | None) -> list[tuple[str, str]]:
    """Why the application was not admitted: (requirement, ground)."""
    if application is None or application.decision is None or application.decision.announced_at is None:
        return []
    texts = {each.code: each.text for each in commission.requirements}
    return [
        (texts.get(each.code, each.code), each.ground or "") for each in application.decision.judgements if not each.met
    ]
