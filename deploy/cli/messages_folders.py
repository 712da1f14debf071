"""``samenspel messages watch`` and ``fetch``: folders instead of a screen, for software that writes and reads files."""

import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.output import Json, Output
from deploy.local.errors import LocalError

As = Annotated[str, typer.Option("--as", help="Who exchanges: municipality:0268 or provider:73730001.")]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", help="A file with an access token of that party, read anew for each call."),
]


def watch(
    incoming: Annotated[Path, typer.Argument(metavar="IN", help="Messages to send; done/ and refused/ come in it.")],
    outgoing: Annotated[Path, typer.Argument(metavar="OUT", help="Where the answers go.")],
    party: As,
    token_file: TokenFile = None,
    every: Annotated[float, typer.Option("--every", min=0.1, help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Send what is there, and end.")] = False,
    as_json: Json = False,
) -> None:
    """Send what is put in a folder and put the answers in another, until Ctrl-C.

    A file is taken when it did not change between two looks. It is moved after its answer stands in OUT. Whatever is
    killed, start again: nothing is sent or answered twice.
    """
    from deploy.exchange.folder import Folder
    from deploy.exchange.party import acting_as, exchanging_party
    from services.kit.problems import Unauthorized, Unavailable

    output, acts_as = Output(as_json), exchanging_party(party)
    if not incoming.is_dir():
        raise LocalError(f"There is no directory {incoming}. Name one that messages are put in.", wrong_use=True)

    async def run() -> bool:
        folder, right, waiting = Folder(incoming, outgoing), True, ""
        async with acting_as(acts_as, token_file) as client:
            folder.ready()
            while True:
                await asyncio.sleep(every)
                try:
                    async for line in folder.send_ready(client):
                        right = right and bool(line["accepted"])
                        output.fact(line, _sent(line))
                    waiting = ""
                except (Unavailable, Unauthorized) as problem:
                    if once:
                        raise LocalError(problem.detail.en) from None
                    if waiting != problem.detail.en:
                        waiting = problem.detail.en
                        output.progress("waiting", waiting)
                if once:
                    return right

    with contextlib.suppress(KeyboardInterrupt):
        if not asyncio.run(run()):
            raise typer.Exit(1)


def fetch(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the messages go.")],
    party: As,
    since: Annotated[
        datetime | None,
        typer.Option("--since", help="From this moment on (UTC). Without it: from where the last time ended."),
    ] = None,
    others: Annotated[
        bool, typer.Option("--others", help="Also what other parties sent you through Samenspel and was approved.")
    ] = False,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Fetch every message that was written for a party since the last time, each once."""
    from deploy.exchange.fetching import Fetched
    from deploy.exchange.fetching import fetch as fetch_new
    from deploy.exchange.party import acting_as, exchanging_party
    from services.kit.problems import Problem

    output, acts_as = Output(as_json), exchanging_party(party)

    async def run() -> None:
        moment = since.replace(tzinfo=UTC) if since is not None and since.tzinfo is None else since
        fetched = Fetched(directory, moment)
        try:
            async with acting_as(acts_as, token_file) as client:
                async for line in fetch_new(client, fetched, others=others):
                    output.fact(line, f"{Path(line['file']).name}")
        except Problem as problem:
            raise LocalError(problem.detail.en) from None

    asyncio.run(run())


def _sent(line: dict[str, Any]) -> str:
    name = f"{Path(line['file']).name}: {line['message'] or 'no message'}"
    if line["accepted"]:
        return f"{name} [green]accepted[/green]"
    if line["accepted"] is None:
        return f"{name} [yellow]kept[/yellow]: {line['error']}"
    return f"{name} [red]not accepted[/red]: {line['error']}"
