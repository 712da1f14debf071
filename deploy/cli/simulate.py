"""``samenspel simulate``: realistic load on the running stack, through the services' public interfaces."""

import asyncio
from typing import Annotated

import typer

from deploy.cli.output import Json, Output

app = typer.Typer(help="Put realistic load on the running stack and measure it.")


@app.command()
def simulate(
    municipalities: Annotated[int, typer.Option("--municipalities", min=1, help="How many municipalities take part.")],
    clients: Annotated[int, typer.Option("--clients", min=1, help="How many clients ask for support, once each.")],
    months: Annotated[int, typer.Option("--months", min=1, max=36, help="Over how many months back care starts.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same journeys.")],
    rate: Annotated[float | None, typer.Option("--rate", min=0.1, help="Commands a second at most.")] = None,
    as_json: Json = False,
) -> None:
    """Play journeys from request to stop by form and by message, and declare the care; exit status 0 only when all
    went as meant.

    A service that dies is waited for. The business clock is not moved.
    """
    from deploy.local.state import State, default_directory
    from deploy.simulate.simulation import Simulation, Size

    output = Output(as_json)
    size = Size(municipalities, clients, months, seed, rate)

    async def run() -> Simulation:
        async with Simulation.on(State(default_directory()), size) as simulation:
            output.progress("simulate", f"{clients} clients in {municipalities} municipalities")
            await simulation.run()
            return simulation

    done = asyncio.run(run())
    found = done.as_json
    declared = found["declared"]
    command, visible = found["commandMilliseconds"], found["visibleMilliseconds"]
    output.fact(
        found,
        f"{found['begun']} journeys begun, {found['finished']} finished as meant;"
        f" {found['commands']} commands in {found['seconds']} s, {found['ratePerSecond']} a second\n"
        f"{declared['declarations']} declarations with {declared['lines']} lines: {declared['rejectedLines']} rejected,"
        f" {declared['credits']} taken back\n"
        f"command   p50 {command['p50']} ms, p95 {command['p95']} ms, p99 {command['p99']} ms\n"
        f"visible in monitoring   p50 {visible['p50']} ms, p95 {visible['p95']} ms, p99 {visible['p99']} ms"
        f" ({found['visibleSamples']} samples)\n"
        f"asked again {found['retries']} times; refused: {found['refused'] or 'nothing'}",
    )
    if not done.whole:
        raise typer.Exit(1)
