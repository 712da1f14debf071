"""``samenspel messages exchange DIR``: a fresh municipality and its providers process the messages of a directory."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.output import Json, Output
from deploy.exchange.directory import Directory


def exchange(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Messages; answers go to DIR/out.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Throw away what DIR/out holds of other messages.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a fresh municipality and its providers process messages in order of name, on the day each is dated.

    Exit status 1 when one was not accepted. The same command again leaves the answers as they are.
    """
    output, given = Output(as_json), Directory(directory)
    if not asyncio.run(_exchange(output, given, overwrite)):
        raise typer.Exit(1)


async def _exchange(output: Output, directory: Directory, overwrite: bool) -> bool:
    # Only here, so that the commands that need no service start at once.
    from deploy.exchange.municipality import fresh_municipality
    from deploy.exchange.processing import process

    logging.getLogger("yoyo").setLevel(logging.WARNING)
    accepted = True
    with directory.claimed(overwrite=overwrite):
        async with fresh_municipality(directory.remember_scratch, output.progress) as fresh:
            async for line in process(directory, fresh):
                accepted = accepted and bool(line["accepted"])
                output.fact(line, _told(line))
    return accepted


def _told(line: dict[str, Any]) -> str:
    name = f"{Path(line['file']).name}: {line['message'] or 'no message'}"
    written = "".join(f"\n    → {Path(each).name}" for each in line["replies"])
    if line["accepted"]:
        return f"{name} [green]accepted[/green]{written}"
    codes = f" ({', '.join([*line['return_codes'], *line['rules']])})" if line["return_codes"] or line["rules"] else ""
    if line["accepted"] is None:
        return f"{name} [yellow]kept for a person[/yellow]: {line['error']}{written}"
    level = f" at level {line['level']}" if line["level"] else ""
    return f"{name} [red]not accepted[/red]{level}{codes}: {line['error']}{written}"
