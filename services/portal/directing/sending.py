"""Sending a form to a service: once, however often the button is pressed, with what is wrong beside its fields."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from fastapi import Request

from services.kit.problems import FieldError, Problem
from services.portal.clients import new_key
from services.portal.forms import Form
from services.portal.views import language_of

T = TypeVar("T")
KEY = "idempotency_key"
_ABOUT_THE_INPUT = (400, 409, 413, 415, 422)


def with_key(form: Form) -> Form:
    """The form with an idempotency key of its own."""
    form.values.setdefault(KEY, new_key())
    return form


async def send(
    request: Request,
    form: Form,
    command: Callable[[str], Awaitable[T]],
    fields: Mapping[str, str] | None = None,
) -> T | None:
    """What the service answers; ``None`` when it found the input wrong, which then stands in ``form``.

    ``command`` gets the idempotency key of the form. ``fields`` maps pointers of the service to names of ours; a part
    ``*`` of a pointer stands for a number, which ``{}`` in the name takes over. Other problems are raised.
    """
    try:
        return await command(form.value(KEY) or new_key())
    except Problem as problem:
        if problem.status not in _ABOUT_THE_INPUT:
            raise
        known = {error.pointer: name for error in problem.errors if (name := _field(error, fields or {}))}
        form.take(problem, language_of(request), known)
        # What comes next is another command, not a repetition of this one.
        form.values[KEY] = new_key()
        return None


def _field(error: FieldError, fields: Mapping[str, str]) -> str | None:
    for pattern, name in fields.items():
        expression = re.escape(pattern).replace(r"\*", r"(\d+)") + r"(?:/.*)?"
        if found := re.fullmatch(expression, error.pointer):
            return name.format(*found.groups())
    return None
