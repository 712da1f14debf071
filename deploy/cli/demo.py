"""``samenspel demo``: load the demo region and play the loop."""

import asyncio
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import Json, Output
from deploy.local.errors import LocalError

app = typer.Typer(help="Load the demo region and play the loop.")

RESULT = Path(".samenspel/demo.json")


@app.command()
def demo(
    seed: Annotated[int, typer.Option("--seed", help="Another seed tells the same story with other cases.")] = 2026,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="On temporary state that is thrown away, instead of the stack's own.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Start the stack, play the loop and stop; exit status 0 only when every link held."""
    from deploy.demo.once import Demonstration
    from deploy.demo.play import Played
    from deploy.demo.table import show
    from deploy.local.state import State, default_directory
    from deploy.local.supervisor import Stack

    output = Output(as_json)
    directory = Path(tempfile.mkdtemp(prefix="samenspel-demo-")) if fresh else default_directory()
    demonstration = Demonstration(State(directory))
    if demonstration.loaded or demonstration.half_loaded:
        raise LocalError(
            f"The loop was played on {directory} before, or begun. Say --fresh, or 'samenspel reset' first."
        )
    began = time.monotonic()

    async def run() -> Played:
        async with Stack(directory, report=output.progress) as stack:
            return await demonstration.load(stack, output.progress, seed=seed)

    try:
        played = asyncio.run(run())
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(played.as_json, ensure_ascii=False, indent=1) + "\n")
    finally:
        if fresh:
            shutil.rmtree(directory, ignore_errors=True)
    show(played, output, seconds=time.monotonic() - began)
    if played.problems:
        raise typer.Exit(1)
