"""Commands: what somebody wants to happen, done once however often it is asked.

A command and its answer are one transaction: state, events and the answer in ``command_log`` commit together. A
repeated ``Idempotency-Key`` gets the first answer; with another body it gets 409.
"""

import hashlib
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import asyncpg
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.problems import Conflict, Problem, Text
from services.kit.unit import FirstAnswer, Unit


class Command(BaseModel):
    """Base of every command: frozen, closed, imperative. ``camelCase`` in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


Handler = Callable[[Any, Unit], Awaitable[Any]]

KEY_REUSED = Text(
    nl="Deze Idempotency-Key is al gebruikt voor een andere opdracht. Gebruik voor elke opdracht een nieuwe sleutel.",
    en="This Idempotency-Key was used for another command before. Use a new key for every command.",
)
MAX_ATTEMPTS = 4
_TRANSIENT = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler with the type of its answer, so that a stored answer can be given again."""

    handle: Handler
    answer: TypeAdapter[Any]


def _registered(handler: Handler) -> Registered:
    function = inspect.unwrap(getattr(handler, "func", handler))
    hints = get_type_hints(function)
    if "return" not in hints:
        raise TypeError(f"{function.__qualname__} must declare what it returns")
    return Registered(handler, TypeAdapter(hints["return"]))


class CommandBus:
    """Carries out commands of one service, each in one transaction."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[type[Command], Handler],
        *,
        appended: Callable[[], None] | None = None,
    ) -> None:
        """``appended`` is told after each commit that appended events, to wake the relay at once."""
        self._database = database
        self._handlers = {command: _registered(handler) for command, handler in handlers.items()}
        self._appended = appended

    async def execute(
        self, command: Command, *, actor: Actor, idempotency_key: str, traceparent: str | None = None
    ) -> Any:
        """Carry out ``command`` for ``actor`` and give its answer; a repeated key gives the first answer.

        Raises the ``Problem`` of the handler, or ``Conflict`` when the key was used for another command.
        """
        registered = self._handlers[type(command)]
        fingerprint = self._fingerprint(command)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return await self._once(registered, command, actor, idempotency_key, fingerprint, traceparent)
            except _TRANSIENT:
                if attempt == MAX_ATTEMPTS:
                    raise
            except asyncpg.UniqueViolationError as error:
                # The same command ran at the same moment and was first: its answer is now in the log.
                if error.table_name != "command_log" or attempt == MAX_ATTEMPTS:
                    raise
            except Problem:
                # Perhaps refused only because the same command, given at the same moment, had just been carried out.
                if attempt == MAX_ATTEMPTS or not await self._answered(actor, idempotency_key, fingerprint):
                    raise
        raise AssertionError("unreachable")

    async def _answered(self, actor: Actor, key: str, fingerprint: str) -> bool:
        async with self._database.unit(actor, command_key=key) as unit:
            return unit.fingerprint == fingerprint

    async def _once(
        self,
        registered: Registered,
        command: Command,
        actor: Actor,
        key: str,
        fingerprint: str,
        traceparent: str | None,
    ) -> Any:
        async with self._database.unit(actor, command_key=key, traceparent=traceparent) as unit:
            if unit.fingerprint is not None:
                if unit.fingerprint != fingerprint:
                    raise Conflict(KEY_REUSED)
                return registered.answer.validate_python(unit.first_answer)
            answer = await registered.handle(command, unit)
            emitted = bool(unit.emitted)
            given = registered.answer.dump_json(answer, by_alias=True, round_trip=True).decode()
            await unit.append_events(FirstAnswer(key, fingerprint, given))
        if emitted and self._appended is not None:
            self._appended()
        return answer

    @staticmethod
    def _fingerprint(command: Command) -> str:
        body = f"{type(command).__name__}\n{command.model_dump_json()}"
        return hashlib.sha256(body.encode()).hexdigest()
