"""The messages of a directory, one by one: judged on their own day, answered in ``out/``, told in a line each."""

import traceback
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from contracts.values import PartyId, municipality, provider
from deploy.exchange.agreements import as_received, read_agreements
from deploy.exchange.directory import Directory
from deploy.exchange.municipality import FreshMunicipality
from services.kit.problems import Problem
from services.kit.working_days import AMSTERDAM
from services.referral.istandaarden import MAX_BYTES, InvalidStructure, Message, Standard, TechnicalError, UnusableValue
from services.referral.istandaarden.envelope import read_either
from services.referral.views import MessageFinding, MessageView

STANDARDS = {Standard.IJW: "ijw", Standard.IWMO: "iwmo"}
_NOON = time(12, 0, tzinfo=AMSTERDAM)
_FIRST_DAY = date(2000, 1, 1)

Line = dict[str, Any]


async def process(directory: Directory, fresh: FreshMunicipality) -> AsyncIterator[Line]:
    """Process every message; gives the line of each, as ``messages exchange --json`` prints it.

    Raises LocalError when ``out/`` holds another answer than a message gets now, or ``agreements.json`` is wrong.
    """
    agreed = directory.agreements
    if agreed is not None:
        parties = (_parties_of(_read(file).message) for file in directory.messages)
        await fresh.agree(as_received(read_agreements(agreed), [code for code, _ in parties if code]))
    clock = datetime.combine(_FIRST_DAY, _NOON)
    for file in directory.messages:
        found = _read(file)
        line = _line(file, found.message)
        if found.message is None:
            yield line | {"level": "technical", "error": found.error}
            continue
        clock = max(clock + timedelta(seconds=1), _noon(found.message) or clock)
        await fresh.set_clock(clock)
        yield line | await _received(directory, fresh, file, found.message, found.original)


async def _received(
    directory: Directory, fresh: FreshMunicipality, file: Path, message: Message, original: bytes
) -> Line:
    try:
        outcome = await fresh.receive(original, _sender(message), file.name)
    except Problem as problem:
        return {"error": problem.detail.en}
    except Exception as error:
        # The next messages are not this one's fault. Its text may hold personal data, so only the place is told.
        last = traceback.extract_tb(error.__traceback__)[-1]
        return {"error": f"Samenspel failed on this message: {type(error).__name__} at {last.filename}:{last.lineno}."}
    places = directory.answer(file, [each.kind for each in outcome.replies])
    for place, reply in zip(places, outcome.replies, strict=True):
        directory.write(place, reply.content)
    return {
        **_verdict(outcome.view, is_retour=message.is_retour),
        "effects": list(outcome.effects),
        "replies": [str(each) for each in places],
    }


def _line(file: Path, message: Message | None) -> Line:
    return {
        "file": str(file),
        "message": message.kind if message else None,
        "standard": STANDARDS[message.standard] if message else None,
        "accepted": False,
        "level": None,
        "return_codes": [],
        "rules": [],
        "error": None,
        "effects": [],
        "replies": [],
    }


def _verdict(view: MessageView, *, is_retour: bool) -> Line:
    """``accepted`` is null when a person must deal with it, and false when part of a declaration is rejected.

    A retour is itself right, whatever it says of another message.
    """
    level = int(view.level) if view.level and view.level.isdigit() else view.level
    if is_retour and level is None:
        return {"accepted": True}
    return {
        "accepted": view.accepted and level is None,
        "level": level,
        "return_codes": list(view.return_codes),
        "rules": sorted({rule for each in view.findings for rule in each.rules}),
        "error": None if view.accepted and level is None else "; ".join(_told(each) for each in view.findings) or None,
    }


def _told(finding: MessageFinding) -> str:
    place = f"{finding.path}: " if finding.path else ""
    right = f" Right is: {finding.right_en}" if finding.right_en and not finding.rules else ""
    return f"{place}{finding.wrong_en}{right}"


class _Found(NamedTuple):
    """What is in a file: a message, or ``error``, what is wrong with it."""

    original: bytes
    message: Message | None
    error: str | None = None


def _read(file: Path) -> _Found:
    try:
        if file.stat().st_size > 2 * MAX_BYTES:
            return _Found(b"", None, f"{file} is larger than any message may be.")
        original = file.read_bytes()
        return _Found(original, read_either(original)[0])
    except TechnicalError as error:
        return _Found(b"", None, error.en)
    except OSError as error:
        return _Found(b"", None, f"{file} cannot be read: {error.strerror}.")


def _parties_of(message: Message | None) -> tuple[str | None, str | None]:
    """Municipality and provider in the header, where it can be read."""
    if message is None:
        return None, None
    try:
        return message.header.municipality, message.header.provider
    except InvalidStructure:
        return None, None


def _sender(message: Message) -> PartyId | None:
    """Whoever sends by its header; a retour keeps that of the message it answers, so there the receiver sends."""
    code, agb = _parties_of(message)
    if code is None or agb is None:
        return None
    from_municipality = message.description.from_municipality != message.is_retour
    return municipality(code) if from_municipality else provider(agb)


def _noon(message: Message) -> datetime | None:
    """Noon on the date of the message."""
    try:
        return datetime.combine(message.header.dated, _NOON)
    except (InvalidStructure, UnusableValue):
        return None
