"""Every component of the portal on one page, with invented data; exists in tests only."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from services.kit.problems import NotFound
from services.portal.chart_specs import Band, Point
from services.portal.charts import charts
from services.portal.components import (
    Action,
    Change,
    Column,
    Figure,
    Moment,
    Quality,
    QualityPart,
    Row,
    Spending,
    Step,
    Tab,
    Table,
    Task,
    calendar,
)
from services.portal.drawings import Stage, sparkline
from services.portal.exports import export
from services.portal.forms import Form
from services.portal.lists import ListQuery, Pages
from services.portal.live import event_stream, message
from services.portal.people import Visitor
from services.portal.views import flash, render, views

NOW = datetime(2026, 8, 14, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

router = APIRouter()

GOOD = QualityPart(True, "27 van de 28 aanbieders hebben gemeld.")
QUALITY = Quality(
    "attention",
    GOOD,
    QualityPart(True, "Laatste melding: 12 augustus 2026."),
    QualityPart(False, "Voor 3 van de 28 aanbieders is de meting nog niet nagelopen."),
    QualityPart(True, "De raad vroeg hierom in het kader Jeugd 2026."),
)
RELIABLE = Quality("reliable", GOOD, GOOD, GOOD, GOOD)

TASKS = [
    Task(
        "De Zilveren Reiger komt boven 70 % van het budget: spreek elkaar.",
        Action("Plan gesprek", "/gallery"),
        TODAY + timedelta(days=14),
        "Overeenkomst Ambulante begeleiding, artikel 7.2",
        "/gallery",
        warning=True,
    ),
    Task(
        "Geef antwoord op de vraag van raadslid Jansen.", Action("Beantwoord", "/gallery"), TODAY, "Reglement van orde"
    ),
    Task(
        "Beoordeel 4 inschrijvingen voor dagbesteding.",
        Action("Beoordeel", "/gallery", primary=False),
        TODAY + timedelta(days=3),
        "Opdracht Dagbesteding 2027",
    ),
    Task(
        "Teken het addendum met Stichting Waalboog.",
        Action("Teken", "/gallery", post=True, fields={"addendum": "1"}, primary=False),
        TODAY - timedelta(days=2),
        "Overeenkomst Waalboog",
    ),
]

COLUMNS = [
    Column("provider", "Aanbieder", sort="provider", main=True),
    Column("room", "Budgetruimte", kind="raw"),
    Column("wait", "Wachttijd (dagen)", kind="number", sort="wait"),
    Column("within", "Binnen de norm", kind="percent", sort="within"),
    Column("dropout", "Voortijdig gestopt", kind="percent"),
    Column("due", "Volgende termijn", kind="deadline", sort="due"),
]
AGREEMENTS = Table(
    "Overeenkomsten",
    COLUMNS,
    [
        Row(
            {
                "provider": "De Zilveren Reiger",
                "room": Spending(260000000, 131000000, 182000000, 294000000),
                "wait": 23,
                "within": 0.71,
                "dropout": 0.12,
                "due": TODAY + timedelta(days=14),
            },
            url="/gallery",
            warning=True,
        ),
        Row(
            {
                "provider": "Stichting Waalboog",
                "room": Spending(180000000, 80000000, 110000000, 165000000),
                "wait": 11,
                "within": 0.88,
                "dropout": 0.07,
                "due": TODAY + timedelta(days=47),
            },
            url="/gallery",
        ),
        Row(
            {
                "provider": "Thuis in de Wijk",
                "room": Spending(64000000, None, 30000000, 52000000),
                "wait": 35,
                "within": 0.52,
                "dropout": None,
                "due": TODAY + timedelta(days=5),
            },
            url="/gallery",
        ),
    ],
    {"CSV": "/gallery/agreements.csv", "XLSX": "/gallery/agreements.xlsx"},
    caption_hidden=True,
)


def _months_table() -> Table:
    rows = [Row({"month": month, "value": 0.6 + index * 0.02}) for index, month in enumerate(MONTHS[:8])]
    return Table(
        "Aandeel per maand", [Column("month", "Maand", main=True), Column("value", "Aandeel", "percent")], rows
    )


async def drawn(request: Request) -> dict[str, Any]:
    """The four kinds of charts."""
    fmt, studio = views(request).formats_for(request), charts(request)
    values = [0.64, 0.66, 0.63, 0.68, 0.71, 0.70, 0.73, 0.74]
    points = [Point(month, value) for month, value in zip(MONTHS, values, strict=False)]
    band = Band(0.7, 0.8, "Bandbreedte 70–80 %")
    names = ("Nijmegen", "Wijchen", "Heumen", "Beuningen", "Druten", "Berg en Dal")
    trend = await studio.trend(
        fmt,
        title="Gezinnen die na een jaar zonder hulp verder kunnen",
        description="Steeg van 64 % in januari naar 74 % in augustus, en is sinds mei binnen de bandbreedte.",
        points=points,
        unit="percent",
        band=band,
    )
    return {
        "trend": trend.with_table(
            _months_table(), {"CSV": "/gallery/x.csv", "XLSX": "/gallery/x.xlsx", "PNG": "/gallery/trend.png"}
        ),
        "multiples": await studio.small_multiples(
            fmt,
            title="Hetzelfde per gemeente",
            description="Heumen ligt binnen de bandbreedte; Beuningen en Druten blijven er net onder.",
            series={
                name: [Point(month, value - 0.04 + 0.02 * order) for month, value in zip(MONTHS, values, strict=False)]
                for order, name in enumerate(names)
            },
            unit="percent",
            band=band,
            own="Heumen",
        ),
        "run_rate": await studio.run_rate(
            fmt,
            title="Uitgaven tot nu toe",
            description="€ 1,82 mln. van € 2,60 mln. is besteed of toegezegd; verwacht wordt € 2,94 mln.",
            spent=[(month, 22750000 * (index + 1)) for index, month in enumerate(MONTHS[:8])],
            forecast=[("sep", 210000000), ("okt", 238000000), ("nov", 266000000), ("dec", 294000000)],
            ceiling=260000000,
        ),
        "flow": await studio.flow(
            title="Van hulpvraag tot resultaat",
            description="Van 120 hulpvragen zijn er 104 toegewezen en 91 gestart; 31 zijn afgerond.",
            stages=[
                Stage("Gevraagd", 120, "120", ("ingetrokken", 16, "16")),
                Stage("Toegewezen", 104, "104", ("wacht nog", 13, "13")),
                Stage("Gestart", 91, "91", ("loopt nog", 60, "60")),
                Stage("Afgerond", 31, "31"),
            ],
        ),
    }


@router.get("/gallery")
async def gallery(request: Request, person: Visitor, party: str | None = None) -> HTMLResponse:
    """All components, without errors."""
    query = ListQuery.of(request, filters=("product",), sorts=("provider", "wait", "within", "due"), default="due")
    spark = sparkline([0.64, 0.66, 0.63, 0.68, 0.71, 0.70, 0.73, 0.74], "Van 64 % naar 74 %", (0.7, 0.8))
    figures = [
        Figure(
            "Gezinnen die na een jaar zonder hulp verder kunnen",
            "74 %",
            RELIABLE,
            "Gaat beter: 10 procentpunt meer dan in januari",
            "Doel: eigen kracht",
            "augustus 2026",
            spark,
            compare_url="/gallery",
            ask_url="/gallery",
            improving=True,
        ),
        Figure(
            "Wachttijd tot de hulp begint",
            "23 dagen",
            QUALITY,
            "Gaat slechter: 4 dagen langer dan vorig kwartaal",
            "Doel: op tijd",
            "juli 2026",
            sparkline([19, 18, 20, 19, 21, 23], "Van 19 naar 23 dagen", (14, 20)),
            improving=False,
        ),
        Figure(
            "Jongeren die voortijdig stopten",
            None,
            None,
            goal="Doel: volhouden",
            withheld="Het gaat om minder dan 10 jongeren.",
            instead="Regio: 9 %",
        ),
    ]
    form = Form.of({"reason": "Vier uur extra", "hours": "4", "kind": "more"})
    if "errors" in request.query_params:
        form = Form.of({"hours": "veel"})
        form.wrong("reason", "Schrijf in één zin waarom.")
        form.wrong("hours", "Vul een heel getal in, bijvoorbeeld 4.")
        form.wrong("kind", "Kies wat er verandert.")
    moments = [
        Moment(date(2026, 8, 14), "Zienswijze Jeugd", ours=True, url="/gallery"),
        Moment(date(2026, 10, 1), "Begroting", ours=True),
        Moment(date(2026, 10, 22), "Voortgang"),
        Moment(date(2027, 2, 3), "Kader 2028", ours=True),
        Moment(date(2027, 6, 10), "Jaarcijfers"),
    ]
    return render(
        request,
        "gallery.html",
        fragment="table",
        party=party,
        query=query,
        pages=Pages(query, 412),
        tasks=TASKS,
        table=AGREEMENTS,
        figures=figures,
        spending=Spending(260000000, 131000000, 182000000, 294000000),
        calm=Spending(180000000, 80000000, 110000000, 165000000),
        form=form,
        months=calendar(moments, TODAY),
        steps=[
            Step("Gepubliceerd", date(2026, 3, 2), state="done"),
            Step("Vragen beantwoord", date(2026, 4, 1), "12 vragen, alle antwoorden staan op het platform.", "done"),
            Step("Beoordeling", date(2026, 8, 14), "4 inschrijvingen", "now"),
            Step("Voornemen tot gunning", date(2026, 9, 4)),
            Step("Bezwaartermijn van 20 dagen", date(2026, 9, 24)),
        ],
        changes=[
            Change(NOW - timedelta(minutes=12), "Waalboog meldde de start van hulp in Heumen."),
            Change(NOW - timedelta(hours=2), "Raadslid Jansen stelde een vraag over wachttijden.", "/gallery"),
            Change(NOW - timedelta(hours=3), "Declaratie van Thuis in de Wijk goedgekeurd: € 12.480,00."),
        ],
        tabs=[
            Tab("Nieuw", "/gallery", True, 4),
            Tab("Te starten", "/gallery?tab=2", False, 11),
            Tab("Afgekeurd", "/gallery?tab=3", False, 0),
        ],
        drawn=await drawn(request),
    )


@router.post("/gallery")
async def posted(request: Request, person: Visitor) -> HTMLResponse:
    """Takes the form and says what was filled in."""
    form = await Form.read(request)
    flash(request, f"Bewaard: {form.value('reason')}")
    return render(request, "gallery.html", fragment="table")


@router.get("/gallery/agreements.{form}")
async def file(request: Request, form: str, person: Visitor) -> Response:
    """The table as a file."""
    return export(AGREEMENTS, form, "overeenkomsten")


@router.get("/gallery/live")
async def live(request: Request) -> StreamingResponse:
    """One change, and then silence."""

    async def messages() -> Any:
        yield message(
            "change",
            '<li class="sp-change" id="arrived"><time class="sp-change__when">09:31</time>Er is nieuws.</li>',
        )
        await asyncio.Event().wait()

    return event_stream(request, messages())


@router.get("/gallery/missing")
async def missing() -> None:
    """Fails as a service would."""
    raise NotFound()


@router.get("/gallery/broken")
async def broken() -> None:
    """Fails as nobody expects."""
    raise RuntimeError("999900006 should never be shown")
