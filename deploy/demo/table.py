"""What the demonstration showed, as a person reads it in a terminal."""

from zoneinfo import ZoneInfo

from deploy.cli.output import Output
from deploy.demo.play import Played

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def show(played: Played, output: Output, *, seconds: float | None = None) -> None:
    """Print the loop link by link, the figures before each council with their labels, and what does not hold."""
    if output.as_json:
        output.fact(played.as_json)
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    loop = Table(title="De lus", title_justify="left", header_style="bold")
    for heading in ("Stap", "Gebeurtenis", "Aantal", "Workflow", "Voor het eerst"):
        loop.add_column(heading, justify="right" if heading == "Aantal" else "left")
    for one in played.links:
        moment = one.first_at.astimezone(AMSTERDAM).strftime("%d-%m-%Y %H:%M") if one.first_at else "ontbreekt"
        workflow = f"{one.link.workflow}/… ({one.workflows})" if one.link.workflow else ""
        event = one.link.event.type.removeprefix("nl.samenspel.")
        style = "red" if one.missing else ""
        loop.add_row(one.link.step, event, str(one.events), workflow, moment, style=style)
    console.print(loop)
    figures = Table(title="Cijfers voor de raden, over twaalf maanden", title_justify="left", header_style="bold")
    for heading in ("Gemeente", "Indicator", "Waarde", "Betrouwbaarheid"):
        figures.add_column(heading, justify="right" if heading == "Waarde" else "left")
    for council in played.figures:
        for figure in council.figures:
            value = (
                f"{figure.value:g} {figure.unit}" if figure.value is not None else f"niet getoond ({figure.withheld})"
            )
            figures.add_row(council.name, str(figure.indicator), value, figure.label.trust)
    console.print(figures)
    euros = Table(title="Toegezegd in 2026 (fictief)", title_justify="left", header_style="bold")
    euros.add_column("Aanbieder")
    euros.add_column("Euro", justify="right")
    for provider, cents in played.euros.items():
        euros.add_row(provider, f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,")))
    console.print(euros)
    console.print(
        f"{played.requests} hulpvragen, {played.messages} berichten ontvangen. "
        + ", ".join(f"{part} {spent:.0f} s" for part, spent in played.seconds.items())
    )
    if seconds is not None:
        console.print(f"In {seconds:.0f} seconden.")
    for problem in played.problems:
        console.print(f"[red]{problem}[/red]")
    if not played.problems:
        console.print("[green]Elke schakel van de lus houdt.[/green]")
