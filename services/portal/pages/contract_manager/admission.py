"""What happens under a commission: answer, assess in order, announce, draft an agreement, withdraw."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.commissioning.client import ApplicationView, Commission, CommissioningClient, Judgement, Step
from services.portal.components import Action
from services.portal.directing.names import names
from services.portal.directing.people import Commissioning, Director, Manager
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.forms import Form
from services.portal.pages.contract_manager.commission_form import STEPS, cents, day
from services.portal.pages.contract_manager.commission_page import page
from services.portal.views import flash, render

router = APIRouter()


@router.get("/manager/commissions/{commission_id}")
async def one(request: Request, commission_id: UUID, person: Director, commissioning: Commissioning) -> HTMLResponse:
    """One commission."""
    return await page(request, commission_id, person, commissioning, Form())


@router.post("/manager/commissions/{commission_id}/questions/{question_id}")
async def answer(
    request: Request, commission_id: UUID, question_id: UUID, person: Manager, commissioning: Commissioning
) -> Response:
    """Answer a question, for everyone to read."""
    form, _ = await Form.read(request), speech(request)
    field = f"answer_{question_id}"
    form.require([field], _("Write the answer."))
    if form.is_valid:
        done = await send(
            request,
            form,
            lambda key: commissioning.answer_question(question_id, form.value(field), key),
            {"/answer": field},
        )
        if done is not None:
            flash(request, _("Answered. Every provider can read it."))
            return RedirectResponse(f"/manager/commissions/{commission_id}#questions", status_code=303)
    return await page(request, commission_id, person, commissioning, form, 422)


# --- assessing


@router.get("/manager/applications/{application_id}/assess")
async def assess_form(
    request: Request, application_id: UUID, person: Manager, commissioning: Commissioning
) -> HTMLResponse:
    """An application beside the requirements, in the order in which they are looked at."""
    application = await commissioning.application(application_id)
    form = Form()
    for each in application.decision.judgements if application.decision else ():
        form.values[f"met_{each.code}"] = "yes" if each.met else "no"
        form.values[f"ground_{each.code}"] = each.ground or ""
    return await _assessing(request, application, commissioning, form)


@router.post("/manager/applications/{application_id}/assess")
async def assess(request: Request, application_id: UUID, person: Manager, commissioning: Commissioning) -> Response:
    """Judge every requirement of the steps that are reached."""
    form, _ = await Form.read(request), speech(request)
    application = await commissioning.application(application_id)
    commission: Commission = (await commissioning.commission(application.commission_id)).data
    judgements = _judgements(form, commission, _)
    if form.is_valid:
        codes = [each.code for each in judgements]
        fields = {f"/judgements/{place}": f"ground_{code}" for place, code in enumerate(codes)}
        done = await send(
            request, form, lambda key: commissioning.assess_application(application_id, judgements, key), fields
        )
        if done is not None:
            known = await names(request, commissioning)
            told = (
                _("Judged: %(name)s meets every requirement.")
                if done.decision and done.decision.admitted
                else _("Judged: %(name)s does not meet every requirement.")
            )
            flash(request, told % {"name": known.provider(application.provider)})
            return RedirectResponse(f"/manager/commissions/{commission.commission_id}#applications", status_code=303)
    return await _assessing(request, application, commissioning, form, 422)


def _judgements(form: Form, commission: Commission, _: Speech) -> list[Judgement]:
    """Step by step; what comes after a step that is not met in full is left out (tender standard, article 5.3)."""
    found: list[Judgement] = []
    for step in Step:
        met = True
        for each in commission.requirements:
            if each.step is not step:
                continue
            said, ground = form.value(f"met_{each.code}"), form.value(f"ground_{each.code}")
            if said not in ("yes", "no"):
                form.wrong(f"met_{each.code}", _("Say whether this is met: %(text)s", text=each.text))
                continue
            if said == "no" and not ground:
                form.wrong(f"ground_{each.code}", _("Write why. The provider is entitled to the reason."))
                continue
            met = met and said == "yes"
            try:
                found.append(Judgement(code=each.code, met=said == "yes", ground=ground or None))
            except ValidationError:
                form.wrong(f"ground_{each.code}", _("The reason is one sentence of at most 200 characters."))
        if not met or not form.is_valid:
            break
    return found


async def _assessing(
    request: Request, application: ApplicationView, commissioning: CommissioningClient, form: Form, status: int = 200
) -> HTMLResponse:
    _ = speech(request)
    found, known = await asyncio.gather(
        commissioning.commission(application.commission_id), names(request, commissioning)
    )
    commission: Commission = found.data
    answers = {each.code: each.text for each in application.answers}
    steps: list[tuple[str, list[dict[str, Any]]]] = [
        (
            _(STEPS[step]),
            [
                {"code": each.code, "text": each.text, "answer": answers.get(each.code)}
                for each in commission.requirements
                if each.step is step
            ],
        )
        for step in Step
    ]
    products = {product.product_code: product.name for product in commission.products}
    return render(
        request,
        "pages/contract_manager/assess.html",
        status=status,
        commission=commission,
        application=application,
        provider=known.provider(application.provider),
        asked=[products.get(code, code) for code in application.products],
        steps=[(title, requirements) for title, requirements in steps if requirements],
        form=with_key(form),
    )


# --- announcing, agreements, withdrawing


@router.get("/manager/commissions/{commission_id}/announce")
async def ask_announce(
    request: Request, commission_id: UUID, person: Manager, commissioning: Commissioning
) -> HTMLResponse:
    """Ask before everybody is told."""
    return await _announcing(request, commission_id, commissioning, Form())


@router.post("/manager/commissions/{commission_id}/announce")
async def announce(request: Request, commission_id: UUID, person: Manager, commissioning: Commissioning) -> Response:
    """Tell every applicant; the standstill begins."""
    form, _ = await Form.read(request), speech(request)
    done = await send(request, form, lambda key: commissioning.announce_assessment(commission_id, key))
    if done is None:
        return await _announcing(request, commission_id, commissioning, form, 422)
    flash(request, _("Every provider knows the result. The standstill has begun."))
    return RedirectResponse(f"/manager/commissions/{commission_id}", status_code=303)


async def _announcing(
    request: Request, commission_id: UUID, commissioning: CommissioningClient, form: Form, status: int = 200
) -> HTMLResponse:
    _ = speech(request)
    commission: Commission = (await commissioning.commission(commission_id)).data
    return render(
        request,
        "pages/contract_manager/confirm.html",
        status=status,
        title=_("Announce the results?"),
        text=_("Every provider that applied gets its result, with the reasons. This cannot be undone."),
        consequences=[
            _.ngettext(
                "Then a standstill of %(num)s calendar day begins, in which they can object.",
                "Then a standstill of %(num)s calendar days begins, in which they can object.",
                commission.terms.standstill_days,
            ),
            _("After that you draft an agreement with whoever was admitted."),
        ],
        form=with_key(form),
        label=_("Announce"),
        action=f"/manager/commissions/{commission_id}/announce",
        cancel=f"/manager/commissions/{commission_id}",
    )


@router.get("/manager/applications/{application_id}/agreement")
async def agreement_form(
    request: Request, application_id: UUID, person: Manager, commissioning: Commissioning
) -> HTMLResponse:
    """What an agreement adds to its commission."""
    return await _drafting(request, application_id, commissioning, Form())


@router.post("/manager/applications/{application_id}/agreement")
async def draft_agreement(
    request: Request, application_id: UUID, person: Manager, commissioning: Commissioning
) -> Response:
    """Lay it before both sides."""
    form, _ = await Form.read(request), speech(request)
    ceiling = cents(form, "ceiling", _) if form.value("ceiling") else None
    begins, ends = day(form, "valid_from", _), day(form, "valid_until", _, optional=True)
    if form.is_valid:
        fields = {"/ceilingCents": "ceiling", "/validFrom": "valid_from", "/validUntil": "valid_until"}
        drafted = await send(
            request,
            form,
            lambda key: commissioning.draft_agreement(
                application_id, key, ceiling_cents=ceiling, valid_from=begins, valid_until=ends
            ),
            fields,
        )
        if drafted is not None:
            flash(request, _("The agreement lies before both sides. Read it, and sign."))
            return RedirectResponse(f"/manager/agreements/{drafted.agreement_id}", status_code=303)
    return await _drafting(request, application_id, commissioning, form, 422)


async def _drafting(
    request: Request, application_id: UUID, commissioning: CommissioningClient, form: Form, status: int = 200
) -> HTMLResponse:
    application = await commissioning.application(application_id)
    found, known = await asyncio.gather(
        commissioning.commission(application.commission_id), names(request, commissioning)
    )
    commission: Commission = found.data
    form.values.setdefault("valid_from", commission.valid_from.isoformat())
    form.values.setdefault("valid_until", commission.valid_until.isoformat() if commission.valid_until else "")
    return render(
        request,
        "pages/contract_manager/draft_agreement.html",
        status=status,
        commission=commission,
        application=application,
        provider=known.provider(application.provider),
        form=with_key(form),
    )


@router.get("/manager/commissions/{commission_id}/withdraw")
async def withdraw_form(
    request: Request, commission_id: UUID, person: Manager, commissioning: Commissioning
) -> HTMLResponse:
    """Ask for the reason: this cannot be undone."""
    return await _withdrawing(request, commission_id, commissioning, Form())


@router.post("/manager/commissions/{commission_id}/withdraw")
async def withdraw(request: Request, commission_id: UUID, person: Manager, commissioning: Commissioning) -> Response:
    """Take it back."""
    form, _ = await Form.read(request), speech(request)
    form.require(["reason"], _("Write why. Providers read it too."))
    if form.is_valid:
        done = await send(
            request,
            form,
            lambda key: commissioning.withdraw_commission(commission_id, form.value("reason"), key),
            {"/reason": "reason"},
        )
        if done is not None:
            flash(request, _("Withdrawn. Every provider can read why."))
            return RedirectResponse(f"/manager/commissions/{commission_id}", status_code=303)
    return await _withdrawing(request, commission_id, commissioning, form, 422)


async def _withdrawing(
    request: Request, commission_id: UUID, commissioning: CommissioningClient, form: Form, status: int = 200
) -> HTMLResponse:
    _ = speech(request)
    commission: Commission = (await commissioning.commission(commission_id)).data
    return render(
        request,
        "pages/contract_manager/withdraw.html",
        status=status,
        commission=commission,
        back=Action(_("Back"), f"/manager/commissions/{commission_id}"),
        form=with_key(form),
    )
