"""Apply for a commission, and ask the commissioner something."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.commissioning.client import views
from services.kit.problems import Problem
from services.portal.care.clients import Administrator, Commissioning
from services.portal.care.forms import key_of, require, take
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.provider.commissions import show
from services.portal.views import flash, translate

router = APIRouter()

PREFIX: Final = "answer-"


@router.post("/provider/commissions/{commission_id}/apply")
async def apply(request: Request, commission_id: UUID, person: Administrator, commissioning: Commissioning) -> Response:
    """Send the application, or replace the one that was sent."""
    form = await Form.read(request)
    asked = [name for name in form.values if name.startswith(PREFIX)]
    if not form.chosen("products"):
        form.wrong("products", translate(request, N_("Choose at least one product.")))
    require(request, form, [(name, N_("Tell how you meet this requirement.")) for name in asked])
    if form.is_valid:
        answers = [{"code": name.removeprefix(PREFIX), "text": form.value(name)} for name in asked]
        body: dict[str, Any] = {"products": form.chosen("products"), "answers": answers}
        fields = {f"/answers/{index}/text": name for index, name in enumerate(asked)}
        fields |= {f"/products/{index}": "products" for index in range(len(form.chosen("products")))}
        try:
            await commissioning.post(
                views.ApplicationView,
                f"/commissions/{commission_id}/applications",
                body,
                idempotency_key=key_of(form),
            )
        except Problem as problem:
            take(request, form, problem, fields)
        else:
            told = N_("Your application is in, and sealed. Until the last day you may change it.")
            flash(request, translate(request, told))
            return RedirectResponse(f"/provider/commissions/{commission_id}", status_code=303)
    return await show(request, person, commissioning, commission_id, form=form, status=422)


@router.post("/provider/commissions/{commission_id}/questions")
async def ask(request: Request, commission_id: UUID, person: Administrator, commissioning: Commissioning) -> Response:
    """Ask a question; nobody is told who asked."""
    form = await Form.read(request)
    require(request, form, [("question", N_("Write your question."))])
    if form.is_valid:
        try:
            await commissioning.ask_question(commission_id, form.value("question"), key_of(form))
        except Problem as problem:
            take(request, form, problem, {"/question": "question"})
        else:
            flash(request, translate(request, N_("Your question was sent. The answer appears here, for everybody.")))
            return RedirectResponse(f"/provider/commissions/{commission_id}#questions", status_code=303)
    return await show(request, person, commissioning, commission_id, question=form, status=422)
