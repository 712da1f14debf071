"""What the demonstration showed, as a person reads it in a terminal."""

from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from contracts.events.monitoring import PublishedFigure, Trust
from deploy.cli.output import Output
from deploy.demo.council_story import CouncilFigures
from deploy.demo.loop import Evidence
from deploy.demo.play import Played

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WIDTH = 130
"""Columns where there is no terminal to ask, such as a log."""

_UNITS = {"days": "dagen", "percent": "%", "score": "van 10", "clients": "cliënten"}
_TRUST = {Trust.TRUSTED: "betrouwbaar", Trust.CAUTION: "let op", Trust.NOT_YET: "nog niet bruikbaar"}


def show(played: Played, output: Output, *, seconds: float | None = None) -> None:
    """Print the loop link by link, the figures before each council with their labels, and what does not hold."""
    if output.as_json:
        output.fact(played.as_json)
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    console.print(_loop(played.links))
    console.print(_figures(played.figures))
    console.print(_euros(played.euros, played.spent))
    console.print(f"{played.requests} hulpvragen, {played.messages} berichten ontvangen.")
    console.print("; ".join(f"{part}: {spent:.0f} s" for part, spent in played.seconds.items()), style="dim")
    if seconds is not None:
        console.print(f"In {seconds:.0f} seconden.")
    for problem in played.problems:
        console.print(problem, style="red")
    if not played.problems:
        console.print("Elke schakel van de lus houdt.", style="green")


def _loop(links: list[Evidence]) -> Table:
    table = _table("De lus", "Stap", "Gebeurtenis", "Aantal", "Workflow", "Voor het eerst")
    for one in links:
        moment = one.first_at.astimezone(AMSTERDAM).strftime("%d-%m-%Y %H:%M") if one.first_at else "ontbreekt"
        workflow = f"{one.link.workflow}/… ({one.workflows})" if one.link.workflow else ""
        event = one.link.event.type.removeprefix("nl.samenspel.")
        table.add_row(one.link.step, event, str(one.events), workflow, moment, style="red" if one.missing else "")
    return table


def _figures(councils: list[CouncilFigures]) -> Table:
    indicators = sorted({figure.indicator for council in councils for figure in council.figures})
    headings = (f"nr. {number}" for number in indicators)
    table = _table("Cijfers voor de raden, over twaalf maanden", "Gemeente", *headings)
    for council in councils:
        by_number = {figure.indicator: figure for figure in council.figures}
        cells = (_figure(by_number[number]) if number in by_number else "" for number in indicators)
        table.add_row(council.name, *cells)
    return table


def _figure(figure: PublishedFigure) -> str:
    if figure.value is None:
        return "te klein om te tonen"
    value = f"{figure.value:g}".replace(".", ",")
    return f"{value} {_UNITS.get(figure.unit, figure.unit)}\n{_TRUST[figure.label.trust]}"


def _euros(committed: dict[str, int], spent: dict[str, int]) -> Table:
    table = _table("Euro's in 2026 (fictief)", "Aanbieder", "Toegezegd", "Besteed")
    for column in table.columns[1:]:
        column.justify = "right"
    for provider, cents in committed.items():
        table.add_row(provider, _euro(cents), _euro(spent.get(provider, 0)))
    return table


def _euro(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for heading in headings:
        table.add_column(heading)
    return table
