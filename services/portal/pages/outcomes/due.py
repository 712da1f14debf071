"""Results to report: the list of help that ended, and the two questions about one of them."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.events.monitoring import WithoutHelp
from services.monitoring.client import DueOutcomeView, MonitoringClient, RoundStatus, RoundView
from services.portal.components import Column, Row, Table
from services.portal.directing.figures import month
from services.portal.directing.names import Names, names
from services.portal.directing.people import Commissioning, Monitoring, Reporter
from services.portal.directing.sending import send, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.directing.terms import last_moment
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.lists import ListQuery
from services.portal.pages.outcomes.tabs import tabs
from services.portal.people import Person
from services.portal.views import flash, render

router = APIRouter()

SHOWN = 50
ANSWERS = {
    WithoutHelp.NO_HELP_NEEDED: N_("No more help is needed"),
    WithoutHelp.LESS_HELP_NEEDED: N_("Less help is needed"),
    WithoutHelp.SAME_HELP_NEEDED: N_("The same help is needed"),
    WithoutHelp.WORSE: N_("It has become worse"),
}


@router.get("/outcomes")
async def listing(
    request: Request,
    person: Reporter,
    commissioning: Commissioning,
    monitoring: Monitoring,
    after: str | None = None,
) -> HTMLResponse:
    """What is still to report, longest ago first; and the rounds that wait for it."""
    _, query = speech(request), ListQuery.of(request, filters=("municipality",))
    place = query.filters.get("municipality")
    known, found, count, rounds = await asyncio.gather(
        names(request, commissioning),
        monitoring.due_outcomes(municipality=place, limit=SHOWN, after=after),
        monitoring.count_due_outcomes(),
        monitoring.rounds(is_open=True, limit=12),
    )
    waiting = [each for each in rounds.items if each.status is RoundStatus.OPEN and not _is_declared(each, person)]
    return render(
        request,
        "pages/outcomes/due.html",
        tabs=tabs(_, "/outcomes", count),
        table=_table(_, found.items, known),
        count=count,
        query=query,
        members=sorted(known.municipalities.items(), key=lambda item: item[1]),
        following=query.url(after=found.next) if found.next else None,
        rounds=await asyncio.gather(*(_waiting(_, each, monitoring) for each in waiting)),
    )


def _is_declared(each: RoundView, person: Person) -> bool:
    return any(one.provider == person.code and one.reported_at for one in each.providers)


async def _waiting(_: Speech, each: RoundView, monitoring: MonitoringClient) -> dict[str, object]:
    left = await monitoring.count_due_outcomes(first=each.month, last=each.month)
    return {
        "id": each.round_id,
        "month": month(_, each.month),
        "due": last_moment(each.closes_at),
        "left": left,
    }


def _table(_: Speech, items: list[DueOutcomeView], known: Names) -> Table:
    columns = [
        Column("number", _("Allocation number"), main=True),
        Column("municipality", _("Municipality")),
        Column("ended", _("Ended on"), "day"),
        Column("action", _("Result"), "raw"),
    ]
    rows = [
        Row(
            {
                "number": str(each.allocation_number),
                "municipality": known.municipality(each.municipality),
                "ended": each.ended_on,
                "action": f"/outcomes/{each.referral_id}",
            }
        )
        for each in items
    ]
    return Table(_("Results to report"), columns, rows, caption_hidden=True)


@router.get("/outcomes/reported")
async def reported(
    request: Request,
    person: Reporter,
    commissioning: Commissioning,
    monitoring: Monitoring,
    after: str | None = None,
) -> HTMLResponse:
    """What was reported, of the help that ended last first; it can still be corrected."""
    _ = speech(request)
    known, found, count = await asyncio.gather(
        names(request, commissioning),
        monitoring.outcomes(limit=SHOWN, after=after),
        monitoring.count_due_outcomes(),
    )
    columns = [
        Column("ended", _("Ended on"), "day", main=True),
        Column("municipality", _("Municipality")),
        Column("usefulness", _("Usefulness"), "number"),
        Column("answer", _("On without help")),
        Column("reported", _("Reported on"), "day"),
    ]
    rows = [
        Row(
            {
                "ended": each.ended_on,
                "municipality": known.municipality(each.municipality),
                "usefulness": each.usefulness,
                "answer": _(ANSWERS[each.without_help]) if each.without_help else None,
                "reported": each.reported_at,
            },
            f"/outcomes/{each.referral_id}",
        )
        for each in found.items
    ]
    return render(
        request,
        "pages/outcomes/reported.html",
        tabs=tabs(_, "/outcomes/reported", count),
        table=Table(_("Reported results"), columns, rows, caption_hidden=True),
        following=f"/outcomes/reported?after={found.next}" if found.next else None,
    )


@router.get("/outcomes/{referral_id}")
async def one(
    request: Request, referral_id: UUID, person: Reporter, commissioning: Commissioning, monitoring: Monitoring
) -> HTMLResponse:
    """The two questions about one trajectory."""
    return await _form(request, referral_id, commissioning, monitoring, Form())


@router.post("/outcomes/{referral_id}")
async def report(
    request: Request, referral_id: UUID, person: Reporter, commissioning: Commissioning, monitoring: Monitoring
) -> Response:
    """Report it, and go on with the next when asked."""
    form, _ = await Form.read(request), speech(request)
    score, answer = form.value("usefulness"), form.value("without_help")
    if not score and not answer:
        form.wrong("usefulness", _("Answer at least one of the two questions."))
    if score and score not in map(str, range(1, 11)):
        form.wrong("usefulness", _("Choose a mark from 1 to 10."))
    if answer and answer not in set(WithoutHelp):
        form.wrong("without_help", _("Choose one of the answers."))
    if form.is_valid:
        done = await send(
            request,
            form,
            lambda key: monitoring.report_outcome(
                referral_id,
                usefulness=int(score) if score else None,
                without_help=WithoutHelp(answer) if answer else None,
                idempotency_key=key,
            ),
            {"/usefulness": "usefulness", "/withoutHelp": "without_help"},
        )
        if done is not None:
            flash(request, _("Reported. Thank you: it counts in the figures of the next round."))
            return RedirectResponse(await _after(form, monitoring), status_code=303)
    return await _form(request, referral_id, commissioning, monitoring, form, 422)


async def _after(form: Form, monitoring: MonitoringClient) -> str:
    if form.value("then") == "next":
        following = await monitoring.due_outcomes(limit=1)
        if following.items:
            return f"/outcomes/{following.items[0].referral_id}"
    return "/outcomes"


async def _form(
    request: Request,
    referral_id: UUID,
    commissioning: Commissioning,
    monitoring: Monitoring,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    _ = speech(request)
    known, found = await asyncio.gather(names(request, commissioning), _find(monitoring, referral_id))
    return render(
        request,
        "pages/outcomes/report.html",
        status=status,
        referral_id=referral_id,
        due=found,
        place=known.municipality(found.municipality) if found else None,
        marks=[(str(mark), str(mark), None) for mark in range(1, 11)],
        answers=[(kind.value, _(label), None) for kind, label in ANSWERS.items()],
        form=with_key(form),
    )


async def _find(monitoring: MonitoringClient, referral_id: UUID) -> DueOutcomeView | None:
    """What is known of it, when it is still to report."""
    after: str | None = None
    for _look in range(5):
        page = await monitoring.due_outcomes(limit=200, after=after)
        for each in page.items:
            if each.referral_id == referral_id:
                return each
        after = page.next
        if after is None:
            break
    return None
