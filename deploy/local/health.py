"""How each engine and process of a running stack is doing, seen from another process."""

import asyncio
from dataclasses import dataclass
from typing import Any

from deploy.local.engines.broker import answers_as_broker
from deploy.local.engines.postgres import Postgres
from deploy.local.engines.temporal import Temporal
from deploy.local.processes import is_ready
from deploy.local.state import State


@dataclass(frozen=True)
class Health:
    """``healthy`` is whether it did its work just now."""

    name: str
    kind: str
    address: str
    healthy: bool


async def health(state: State) -> list[Health]:
    """The health of everything that the supervisor of this state started; empty when nothing runs."""
    if not state.is_locked():
        return []
    running: dict[str, dict[str, str]] = state.read().get("running", {})
    answers = await asyncio.gather(*(_healthy(state, entry["kind"], entry["address"]) for entry in running.values()))
    return [
        Health(name, entry["kind"], entry["address"], healthy)
        for (name, entry), healthy in zip(running.items(), answers, strict=True)
    ]


async def _healthy(state: State, kind: str, address: str) -> bool:
    port = int(address.rpartition(":")[2])
    program: Any
    match kind:
        case "postgres":
            program = Postgres(state, _nobody)
        case "temporal":
            program = Temporal(state, _nobody)
        case "broker":
            return await asyncio.to_thread(answers_as_broker, address)
        case _:
            return await asyncio.to_thread(is_ready, port)
    program.port = port
    return bool(await program.healthy())


def _nobody(_name: str, _message: str) -> None:
    """A report that nobody reads."""
