"""``samenspel run``: start everything, play the demonstration once, and serve until Ctrl-C."""

import asyncio

import typer

from deploy.cli.output import Json, Output
from deploy.local.supervisor import Stack

app = typer.Typer(help="Start everything, play the demonstration once, and serve.")


@app.command()
def run(as_json: Json = False) -> None:
    """Start the stack, load the demo region the first time, print the addresses and serve until Ctrl-C.

    Where loading was cut short, nothing of that is kept.
    """
    from deploy.demo.once import Demonstration
    from deploy.demo.table import show
    from deploy.local.serve import serve
    from deploy.local.state import State, default_directory

    output, state = Output(as_json), State(default_directory())
    demonstration = Demonstration(state)
    if demonstration.half_loaded and not state.is_locked():
        output.progress("demo", "loading it was cut short before: what there was is thrown away, and it begins anew")
        demonstration.throw_away()

    async def when_ready(stack: Stack) -> None:
        if not demonstration.loaded:
            show(await demonstration.load(stack, output.progress), output)
        _tell(output, stack)

    asyncio.run(serve(Stack(state.directory, report=output.progress), when_ready))


def _tell(output: Output, stack: Stack) -> None:
    portal = stack.url("portal")
    output.fact({"portal": portal, "temporal": stack.temporal_ui_url}, f"\n[bold]Samenspel: {portal}[/bold]")
    output.say("Sign in as, for example: contract-manager-nijmegen, access-worker-heumen, planner-de-zilveren-reiger,")
    output.say(f"council-member-heumen, regional-officer-rijk-van-nijmegen. Temporal: {stack.temporal_ui_url}")
    output.say("Stop with Ctrl-C.")
