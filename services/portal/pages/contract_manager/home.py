"""Home of who directs: what has to be done now, how the agreements go, what changed, and where the money goes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from services.commissioning.client import AgreementView, CommissioningClient, SpendingRoom
from services.council.client import CouncilClient
from services.kit.http import ServiceClient
from services.portal.charts import charts
from services.portal.clients import service
from services.portal.components import Task
from services.portal.directing import news, overview, tasks
from services.portal.directing.budget import run_rate
from services.portal.directing.names import Names, names
from services.portal.directing.other_tasks import council_questions, round_to_open
from services.portal.directing.people import Commissioning, Director, Monitoring, called
from services.portal.directing.sayings import Knowledge
from services.portal.directing.speech import Speech, speech
from services.portal.exports import download, export
from services.portal.formats import AMSTERDAM, Formats
from services.portal.lists import ListQuery
from services.portal.live import event_stream, message
from services.portal.pages.contract_manager.agreement_page import asked_year
from services.portal.people import Person
from services.portal.views import render, views

router = APIRouter()

SHOWN_TASKS = 5
SHOWN_CHANGES = 8
MOST_AGREEMENTS = 200
"""How many agreements the news calls by the name of their provider, the newest first."""
_NOON, _EVENING = 12, 18

Councils = Annotated[CouncilClient, Depends(service(CouncilClient, "council"))]
Referral = Annotated[ServiceClient, Depends(service(ServiceClient, "referral"))]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the news comes from."""

    commissioning: Commissioning
    monitoring: Monitoring
    council: Councils
    referral: Referral


async def _sources(
    commissioning: Commissioning, monitoring: Monitoring, council: Councils, referral: Referral
) -> Sources:
    return Sources(commissioning, monitoring, council, referral)


NewsSources = Annotated[Sources, Depends(_sources)]


def query_of(request: Request) -> ListQuery:
    """Which agreements the visitor wants to see, in which order."""
    return ListQuery.of(request, filters=overview.FILTERS, sorts=overview.SORTS, default="due")


def files_of(request: Request) -> dict[str, str]:
    """Where the list that is shown can be had as a file."""
    query = f"?{request.url.query}" if request.url.query else ""
    return {form.upper(): f"/manager/agreements.{form}{query}" for form in ("csv", "xlsx")}


@router.get("/manager/home")
async def home(request: Request, person: Director, sources: NewsSources, task_list: str = "") -> HTMLResponse:
    """Everything at a glance."""
    _, now = speech(request), request.app.state.now()
    today, commissioning, query = Formats.local(now).date(), sources.commissioning, query_of(request)
    known, rooms, agreements, warnings, deadlines = await asyncio.gather(
        names(request, commissioning),
        commissioning.spending_rooms(year=asked_year(request, today)),
        commissioning.agreements(limit=MOST_AGREEMENTS),
        commissioning.spending_warnings(),
        commissioning.deadlines(),
    )
    told = _news(sources, _, known, agreements.items)
    begin = datetime.combine(today - timedelta(days=1), time(), AMSTERDAM)
    (commissions, questions, applications, drafted), (changes, cursors), asked, round_, chart = await asyncio.gather(
        tasks.progress(commissioning, deadlines),
        told.since(begin, SHOWN_CHANGES),
        council_questions(_, person, sources.council),
        round_to_open(_, person, sources.monitoring, today),
        run_rate(
            request, _, rooms.items, rooms.year, today,
            title=_("Budget of %(name)s in %(year)s", name=_whose(known, person), year=rooms.year),
            base="/manager/run-rate",
        ),
    )  # fmt: skip
    by_id = {room.agreement_id: room for room in rooms.items}
    desk = tasks.Desk(person, _, known, now, by_id, warnings, deadlines, commissions, drafted, questions, applications)
    todo = desk.tasks([*asked, *round_])
    shown = overview.chosen(rooms.items, query, known)
    return render(
        request,
        "pages/contract_manager/home.html",
        greeting=_greeting(_, person, now),
        lead=_lead(_, todo, now),
        tasks=todo if task_list == "all" else todo[:SHOWN_TASKS],
        total=len(todo),
        table=overview.Overview(_, known, now).table(shown),
        query=query,
        found=len(shown),
        rooms=len(rooms.items),
        members=known.members(person.party),
        files=files_of(request),
        changes=changes,
        today=today,
        news_url="/manager/news?" + urlencode(cursors),
        chart=chart,
    )


def _whose(known: Names, person: Person) -> str:
    region = known.region_of(person.party)
    return region.name if region else known.party(person.party)


def _greeting(_: Speech, person: Person, now: datetime) -> str:
    hour, name = Formats.local(now).hour, called(person)
    if hour < _NOON:
        return _("Good morning, %(name)s", name=name)
    return _("Good afternoon, %(name)s", name=name) if hour < _EVENING else _("Good evening, %(name)s", name=name)


def _lead(_: Speech, todo: Sequence[Task], now: datetime) -> str:
    if not todo:
        return _("Nothing waits for you. You see below how the agreements go.")
    waiting = _.ngettext("%(num)s thing waits for you.", "%(num)s things wait for you.", len(todo))
    dues = [task.due for task in todo if task.due is not None]
    if not dues:
        return waiting
    first = _.fmt.deadline(min(dues, key=str), now)
    return " ".join((waiting, _("The first term: %(when)s.", when=first.text)))


def _news(sources: Sources, _: Speech, known: Names, found: Sequence[AgreementView]) -> news.News:
    clients: dict[str, ServiceClient] = {
        "commissioning": sources.commissioning,
        "monitoring": sources.monitoring,
        "council": sources.council,
        "referral": sources.referral,
    }
    agreements = {str(each.agreement_id): each.provider for each in found}
    return news.News(clients, news.Teller(_, Knowledge(known, agreements)))


@router.get("/manager/news")
async def live(request: Request, person: Director, sources: NewsSources) -> StreamingResponse:
    """What happens from now on, one line each, for as long as the page is open."""
    known, agreements = await asyncio.gather(
        names(request, sources.commissioning), sources.commissioning.agreements(limit=MOST_AGREEMENTS)
    )
    told = _news(sources, speech(request), known, agreements.items)
    # A browser that comes back says how far it was; the address only knows where the page began.
    seen = request.headers.get("last-event-id") or request.url.query
    cursors = {name: cursor for name, cursor in parse_qsl(seen) if name in told.clients}

    async def messages() -> AsyncIterator[str]:
        async for change, places in told.follow(cursors):
            context = {"change": change, "today": Formats.local(request.app.state.now()).date()}
            html = views(request).text(request, "pages/contract_manager/change.html", context)
            yield message("change", html, urlencode(places))

    return event_stream(request, messages())


@router.get("/manager/agreements.{form}")
async def file(request: Request, form: str, person: Director, commissioning: Commissioning) -> Response:
    """The agreements that the list shows, as a file."""
    _ = speech(request)
    known, shown, year = await _listed(request, commissioning)
    name = _("agreements")
    table = overview.Overview(_, known, request.app.state.now()).file(shown)
    return export(table, form if form in ("csv", "xlsx") else "csv", f"{name}-{year}")


async def _listed(request: Request, commissioning: CommissioningClient) -> tuple[Names, list[SpendingRoom], int]:
    query, today = query_of(request), Formats.local(request.app.state.now()).date()
    known, rooms = await asyncio.gather(
        names(request, commissioning), commissioning.spending_rooms(year=asked_year(request, today))
    )
    return known, overview.chosen(rooms.items, query, known), rooms.year


@router.get("/manager/run-rate.{form}")
async def picture(request: Request, form: str, person: Director, commissioning: Commissioning) -> Response:
    """The budget of the year as a file: CSV, XLSX or PNG."""
    _, today = speech(request), Formats.local(request.app.state.now()).date()
    known, rooms = await asyncio.gather(names(request, commissioning), commissioning.spending_rooms())
    title = _("Budget of %(name)s in %(year)s", name=_whose(known, person), year=rooms.year)
    chart = await run_rate(request, _, rooms.items, rooms.year, today, title=title, base="/manager/run-rate")
    if chart is None or chart.table is None:
        return Response(status_code=204)
    name = "-".join((_("budget"), str(rooms.year)))
    if form == "png":
        return download(await charts(request).png(chart), "image/png", f"{name}.png")
    return export(chart.table, form if form in ("csv", "xlsx") else "csv", name)
