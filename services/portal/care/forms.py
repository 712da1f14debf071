"""Forms about a referral: reading files and dates, and what a service found wrong put beside our fields."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from fastapi import Request
from starlette.datastructures import UploadFile

from contracts.events.commissioning import Unit
from services.kit.problems import Conflict, Problem
from services.portal.clients import new_key
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import language_of, translate

KEY = "idempotency_key"
T = TypeVar("T")


def today(request: Request) -> date:
    """Today in the Netherlands, by the business clock."""
    return Formats.local(request.app.state.now()).date()


def key_of(form: Form) -> str:
    """The idempotency key that came with the form, so that a second press of the button does nothing twice."""
    return form.value(KEY) or new_key()


async def once(act: Callable[[], Awaitable[T]]) -> T:
    """Carry out an act that has an idempotency key of its own.

    Of two presses at the same moment the second may find the state that the first one made, and a conflict. Asked
    again with the same key the service gives the first answer; a real conflict stays one.
    """
    try:
        return await act()
    except Conflict:
        return await act()


def with_key(form: Form) -> Form:
    """The form with an idempotency key of its own."""
    form.values.setdefault(KEY, new_key())
    return form


def compact(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left empty."""
    return {name: value for name, value in values.items() if value not in (None, "", {})}


def number(text: str) -> int | str | None:
    """A whole number as people write it; other text goes on as it is, so that the service says what is wrong."""
    bare = text.replace(".", "").replace(" ", "")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 12 else text or None


def volume(text: str, unit: Unit | None) -> int | str | None:
    """How much, as people write it. Euros (``1.234,50``) become cents, in which a volume of them counts (IV042).

    Text that is no amount goes on as it is, so that the service says what is wrong.

    >>> volume("1.234,5", Unit.EURO), volume("300", Unit.EURO), volume("3", Unit.HOUR), volume("1,234", Unit.EURO)
    (123450, 30000, 3, '1,234')
    """
    if unit is not Unit.EURO or not text:
        return number(text)
    written = re.fullmatch(r"([0-9][0-9.]{0,9})(?:,([0-9]{1,2}))?", text.replace("€", "").replace(" ", ""))
    return number(f"{written[1]}{written[2] or '':0<2}") if written else text


def volume_text(amount: int, unit: Unit) -> str:
    """A volume as it stands in a field: euros with their cents.

    >>> volume_text(123450, Unit.EURO), volume_text(3, Unit.HOUR)
    ('1234,50', '3')
    """
    return f"{amount // 100},{amount % 100:02d}" if unit is Unit.EURO else str(amount)


def take(
    request: Request,
    form: Form,
    problem: Problem,
    fields: Mapping[str, str],
    better: Mapping[str, str] | None = None,
) -> None:
    """Put what a service found wrong beside our fields, with ``better`` words of ours for some pointers.

    Raises the problem again when it is not about what was filled in.
    """
    if problem.status not in (400, 409, 413, 415, 422):
        raise problem
    for pointer, words in (better or {}).items():
        if any(error.pointer == pointer and error.code != "missing" for error in problem.errors):
            form.wrong(fields.get(pointer, ""), translate(request, words))
    form.take(problem, language_of(request), fields)


def require(request: Request, form: Form, names: Sequence[tuple[str, str]]) -> None:
    """Ask for every field that is empty: (name of the field, marked sentence)."""
    for name, message in names:
        form.require([name], translate(request, message))


async def read_files(request: Request, name: str) -> tuple[Form, list[tuple[str, bytes]]]:
    """The form with the files of one field: (name of the file, content). Nothing is kept on disk afterwards."""
    form, files = Form(), []
    async with request.form() as data:
        for key, value in data.multi_items():
            if isinstance(value, str):
                form.values.setdefault(key, value.strip())
            elif isinstance(value, UploadFile) and key == name and value.filename:
                files.append((value.filename, await value.read()))
    form.values.setdefault(name, "")
    if not files:
        form.wrong(name, translate(request, N_("Choose a file.")))
    return form, files
