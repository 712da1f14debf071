"""Closing a month: the provider says that it reported all it had."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.monitoring.client import MonitoringClient
from services.portal.directing.figures import month
from services.portal.directing.people import Monitoring, Reporter
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import speech
from services.portal.forms import Form
from services.portal.views import flash, render

router = APIRouter()


@router.get("/outcomes/rounds/{round_id}")
async def ask(request: Request, round_id: UUID, person: Reporter, monitoring: Monitoring) -> HTMLResponse:
    """Ask before the month is closed; say what is not reported yet."""
    return await _show(request, round_id, monitoring, Form())


@router.post("/outcomes/rounds/{round_id}")
async def declare(request: Request, round_id: UUID, person: Reporter, monitoring: Monitoring) -> Response:
    """All was reported."""
    form, _ = await Form.read(request), speech(request)
    done = await send(request, form, lambda key: monitoring.declare_reported(round_id, idempotency_key=key))
    if done is None:
        return await _show(request, round_id, monitoring, form, 422)
    flash(request, _("Thank you. You reported everything over %(month)s.", month=month(_, done.month)))
    return RedirectResponse("/outcomes", status_code=303)


async def _show(
    request: Request, round_id: UUID, monitoring: MonitoringClient, form: Form, status: int = 200
) -> HTMLResponse:
    _, found = speech(request), await monitoring.round(round_id)
    left, _everything = await asyncio.gather(
        monitoring.count_due_outcomes(first=found.month, last=found.month), monitoring.count_due_outcomes()
    )
    return render(
        request,
        "pages/outcomes/declare.html",
        status=status,
        round=found,
        month=month(_, found.month),
        left=left,
        form=with_key(form),
    )
