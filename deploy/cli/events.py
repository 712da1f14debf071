"""``samenspel events``: look into the event logs, verify what was made of them, and mend a stream."""

import asyncio
import json
import sys
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any, TypeVar

import typer

from deploy.cli.output import Json, Output
from deploy.cli.reach import SERVICES, Reach, chosen
from deploy.local.errors import LocalError
from services.kit.http import ServiceClient
from services.kit.problems import Problem

T = TypeVar("T")
Event = dict[str, Any]

PAGE = 500
WAIT_SECONDS = 20

app = typer.Typer(
    help="The event logs: look, export, verify read models, publish again, and parked events.",
    no_args_is_help=True,
    add_completion=False,
)
dead = typer.Typer(help="Parked events: those that a service keeps refusing. Without a command: list them.")
app.add_typer(dead, name="dead")

Services = Annotated[
    list[str] | None, typer.Option("--service", help="Of this service; may be repeated. Without it: of all.")
]
Type = Annotated[str | None, typer.Option("--type", help="Only types with this in their name, such as allocations.")]
Subject = Annotated[str | None, typer.Option("--subject", help="Only events about this.")]


@app.command("list")
def list_events(
    service: Services = None,
    type_: Type = None,
    subject: Subject = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """Show the latest events, oldest first."""
    output, reach = Output(as_json), Reach()
    every = type_ is not None or subject is not None

    async def latest(name: str, client: ServiceClient) -> list[tuple[str, Event]]:
        found: deque[tuple[str, Event]] = deque(maxlen=limit)
        async for event in read(client, recent=None if every else limit):
            if _wanted(event, type_, subject):
                found.append((name, event))
        return list(found)

    async def everywhere() -> list[tuple[str, Event]]:
        async with reach.clients(reach.running(service)) as clients:
            found = await asyncio.gather(*(latest(name, client) for name, client in clients.items()))
        return sorted((one for of_service in found for one in of_service), key=lambda one: str(one[1]["time"]))[-limit:]

    for name, event in _run(everywhere()):
        _tell(output, name, event)


@app.command()
def follow(
    service: Services = None,
    type_: Type = None,
    subject: Subject = None,
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the first event there is.")] = False,
    as_json: Json = False,
) -> None:
    """Show events as they happen, until Ctrl-C."""
    output, reach = Output(as_json), Reach()

    async def one(name: str, client: ServiceClient) -> None:
        async for event in read(client, recent=None if from_start else 0, forever=True):
            if _wanted(event, type_, subject):
                _tell(output, name, event)

    async def everywhere() -> None:
        async with reach.clients(reach.running(service)) as clients:
            await asyncio.gather(*(one(name, client) for name, client in clients.items()))

    _run(everywhere())


@app.command()
def export(
    service: Services = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of standard output.")] = None,
    as_json: Json = False,
) -> None:
    """Write every event as a CloudEvent in JSON, one a line; those of a key in order."""
    output, reach = Output(as_json), Reach()

    async def write(stream: IO[str]) -> int:
        count = 0
        async with reach.clients(reach.running(service)) as clients:
            for client in clients.values():
                async for event in read(client):
                    stream.write(json.dumps(event, ensure_ascii=False) + "\n")
                    count += 1
        return count

    if out is None:
        _run(write(sys.stdout))
        return
    with out.open("w", encoding="utf-8") as stream:
        count = _run(write(stream))
    output.fact({"exported": count, "file": str(out)}, f"Wrote {count:,} events to {out}.")


@app.command()
def verify(service: Services = None, as_json: Json = False) -> None:
    """Rebuild every read model from the event logs beside the one in use, and compare; 0 only if identical.

    The services may go on meanwhile.
    """
    from importlib import import_module
    from importlib.util import find_spec

    from services.kit.rebuild import RebuildFailed, Rebuilt, rebuild
    from services.kit.scratch import ScratchInUse

    output, reach = Output(as_json), Reach()
    names = chosen(service)
    urls = {name: reach.database_url(name) for name in SERVICES}
    identical = True
    for name in names:
        if find_spec(f"services.{name}") is None or find_spec(f"services.{name}.projections") is None:
            continue
        projections = [kind() for kind in import_module(f"services.{name}.projections").PROJECTIONS]
        try:
            rebuilt: list[Rebuilt] = _run(rebuild(name, urls[name], projections, urls))
        except (RebuildFailed, ScratchInUse) as error:
            identical = False
            output.fact({"service": name, "identical": False, "error": str(error)}, f"[red]✗[/red] {name}: {error}")
            continue
        for one in rebuilt:
            identical = identical and one.identical
            _tell_rebuilt(output, name, one)
    output.say("[green]Identical.[/green]" if identical else "[red]Not identical.[/red]")
    if not identical:
        raise typer.Exit(1)


@app.command()
def replay(
    service: Annotated[str, typer.Option("--service", help="Whose log.")],
    first: Annotated[int, typer.Option("--from", min=1, help="From this sequence on, in every partition.")] = 1,
    as_json: Json = False,
) -> None:
    """Publish again from the log. Who has applied an event skips it; what Kafka forgot is there again."""
    from services.kit.database import Database
    from services.kit.kafka import BrokerUnavailable
    from services.kit.refills import RefillRequests
    from services.kit.relay import rewind

    output, reach = Output(as_json), Reach()
    [name] = chosen([service])

    async def again() -> int:
        async with await Database.open(reach.database_url(name), name, size=1) as database:
            waiting = await rewind(database, first)
        # A relay that is busy stores its cursor over ours: it is asked as well.
        requests = RefillRequests(reach.kafka)
        for partition in waiting:
            await requests.ask(name, partition, first)
        return sum(waiting.values())

    try:
        count = _run(again())
    except BrokerUnavailable as error:
        raise LocalError("The broker does not answer; the relay publishes again when it is back.") from error
    output.fact({"service": name, "from": first, "events": count}, f"{name} publishes {count:,} events again.")


@dead.callback(invoke_without_command=True)
def dead_default(context: typer.Context) -> None:
    """Parked events."""
    if context.invoked_subcommand is None:
        dead_list()


@dead.command("list")
def dead_list(service: Services = None, as_json: Json = False) -> None:
    """Show the parked events that nobody resolved yet, oldest first."""
    output, reach = Output(as_json), Reach()
    letters = _run(_letters(reach, reach.running(service)))
    for letter in letters:
        event = f"{letter['source']} {letter['partition']}-{letter['sequence']}"
        output.fact(
            letter,
            f"[bold]{letter['id']}[/bold]  {letter['parkedAt']}  {letter['group']}  {event}  {_short(letter['type'])}  "
            f"{letter['key']}\n    {_escaped(letter['error'])}",
        )
    if not letters:
        output.say("No event is parked.")


@dead.command("retry")
def dead_retry(
    letter: Annotated[str, typer.Argument(metavar="ID", help="As 'dead list' shows it.")], as_json: Json = False
) -> None:
    """Apply the parked events of this one's key again, in order; all or nothing."""
    output, reach = Output(as_json), Reach()
    answer = _run(_on_letter(reach, letter, "retries", None))
    output.fact({"id": letter, "applied": answer["applied"]}, f"Applied {answer['applied']} parked events.")


@dead.command("drop")
def dead_drop(
    letter: Annotated[str, typer.Argument(metavar="ID", help="As 'dead list' shows it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it may be given up; kept with it.")],
    as_json: Json = False,
) -> None:
    """Give up a parked event for good. Those behind it wait until they are retried."""
    output, reach = Output(as_json), Reach()
    _run(_on_letter(reach, letter, "drops", {"reason": reason}))
    output.fact({"id": letter, "dropped": True}, f"Gave up {letter}.")


async def read(client: ServiceClient, *, recent: int | None = None, forever: bool = False) -> AsyncIterator[Event]:
    """The events of a service in the order of its log: all, or from ``recent`` places before the end of each partition.

    ``forever`` waits for more at the end.
    """
    after: str | None = None
    while True:
        page = await client.get(
            dict[str, Any],
            "/events",
            after=after,
            recent=recent if after is None else None,
            limit=PAGE,
            wait=WAIT_SECONDS if forever else 0,
        )
        for event in page["items"]:
            yield event
        if not forever and len(page["items"]) < PAGE:
            return
        after = page["next"]


async def _letters(reach: Reach, services: tuple[str, ...]) -> list[dict[str, Any]]:
    """Parked events with an ``id`` that says in which service they are."""
    async with reach.clients(services) as clients:
        found = await asyncio.gather(
            *(client.get(list[dict[str, Any]], "/dead-letters") for client in clients.values())
        )
    letters = [
        {**letter, "id": f"{name}-{letter['id']}"}
        for name, of_service in zip(services, found, strict=True)
        for letter in of_service
    ]
    return sorted(letters, key=lambda letter: str(letter["parkedAt"]))


async def _on_letter(reach: Reach, letter: str, what: str, body: dict[str, str] | None) -> dict[str, Any]:
    from uuid import uuid4

    service, _, number = letter.rpartition("-")
    if service not in SERVICES or not number.isdigit():
        raise LocalError(
            f"{letter!r} is not the id of a parked event; it looks like referral-12. See 'samenspel events dead list'.",
            wrong_use=True,
        )
    async with reach.clients((service,)) as clients:
        answer: dict[str, Any] = await clients[service].post(
            dict[str, Any], f"/dead-letters/{number}/{what}", body, idempotency_key=str(uuid4())
        )
        return answer


def _run(work: Coroutine[Any, Any, T]) -> T:
    with _refusals():
        return asyncio.run(work)


@contextmanager
def _refusals() -> Iterator[None]:
    """What a service or the database refuses is one line for whoever asked."""
    import asyncpg

    try:
        yield
    except Problem as problem:
        raise LocalError(problem.detail.en) from problem
    except (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, ConnectionError) as error:
        raise LocalError(f"The database does not answer ({error}). See 'samenspel status'.") from error


def _wanted(event: Event, type_: str | None, subject: str | None) -> bool:
    return (type_ is None or type_ in event["type"]) and (subject is None or subject == event["subject"])


def _tell(output: Output, service: str, event: Event) -> None:
    output.fact(
        event, f"{event['time']}  {service:<13} {event['id']:<9} {_short(event['type']):<28} {event['subject']}"
    )


def _tell_rebuilt(output: Output, service: str, rebuilt: Any) -> None:
    for table in rebuilt.tables:
        same = table.differing == 0
        sample = [{"key": row.key, "kind": row.kind} for row in table.sample]
        lines = [
            f"{'[green]✓[/green]' if same else '[red]✗[/red]'} {service + '.' + table.table:<36} {table.live:>9,} rows"
            + ("" if same else f", {table.rebuilt:,} rebuilt, [red]{table.differing:,} differ[/red]"),
            *(f"    {row['kind']:<10} {_escaped(row['key'])}" for row in sample),
        ]
        output.fact(
            {
                "service": service,
                "group": rebuilt.group,
                "table": table.table,
                "identical": same,
                "live": table.live,
                "rebuilt": table.rebuilt,
                "differing": table.differing,
                "sample": sample,
                "events": rebuilt.events,
                "leftOut": rebuilt.left_out,
            },
            "\n".join(lines),
        )


def _short(type_: str) -> str:
    """``allocations.granted`` for ``nl.samenspel.allocations.granted.v1``."""
    return type_.removeprefix("nl.samenspel.").removesuffix(".v1")


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
