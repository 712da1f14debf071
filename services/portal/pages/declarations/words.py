"""The words on screen for a declaration and its lines, and who may see them."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Request

from contracts.events.commissioning import Unit
from contracts.values import Role
from services.portal.care.words import FREQUENCIES, amount_of_care
from services.portal.components import BadgeTone
from services.portal.i18n import N_
from services.portal.people import Person, require
from services.portal.views import language_of, translate, views
from services.referral.client import DeclarationLine, DeclarationStatus, RejectionReason

READERS: Final = (Role.PROVIDER_ADMINISTRATOR, Role.PLANNER, Role.CONTRACT_MANAGER, Role.ACCESS_WORKER)
Reader = Annotated[Person, Depends(require(*READERS))]

STATUS: Final[Mapping[DeclarationStatus, tuple[str, BadgeTone]]] = {
    DeclarationStatus.GRANTED: (N_("Wholly granted"), "good"),
    DeclarationStatus.PARTLY_GRANTED: (N_("Partly granted"), "attention"),
    DeclarationStatus.REJECTED: (N_("Nothing granted"), "bad"),
}

ELSEWHERE: Final = N_("by the municipality itself")
"""Beside the result of a declaration that a municipality with another system answered."""


def reason(request: Request, found: RejectionReason) -> tuple[str, str | None]:
    """Why something was rejected and what is right, in the language of the reader."""
    if language_of(request) == "nl":
        return found.wrong_nl, found.right_nl
    return found.wrong_en, found.right_en


def delivered(request: Request, line: DeclarationLine) -> str:
    """How much was declared; pieces of effort (84) are told from pieces of output (82)."""
    said = amount_of_care(request, line.volume, line.unit)
    if line.unit is Unit.PIECE and line.by_effort:
        return translate(request, N_("%(amount)s (by effort)"), amount=said)
    return said


def product(line: DeclarationLine) -> str:
    """The product of a line with its code."""
    return f"{line.product_name} ({line.product_code})" if line.product_name else line.product_code


def allocated(request: Request, line: DeclarationLine) -> str | None:
    """What the allocation of a line gives: ``20 uur per maand``, or a budget."""
    room = line.room
    if room is None:
        return None
    if room.volume is not None and room.unit is not None and room.frequency is not None:
        said = amount_of_care(request, room.volume, room.unit)
        return f"{said} {translate(request, FREQUENCIES[room.frequency])}"
    if room.budget_cents is not None:
        budget = views(request).formats_for(request).euros(room.budget_cents)
        return translate(request, N_("A budget of %(amount)s"), amount=budget)
    return None


def left(request: Request, line: DeclarationLine) -> str | None:
    """What is left on the allocation of a line after all that was granted so far."""
    room = line.room
    if room is None or room.removed:
        return None
    formats = views(request).formats_for(request)
    if room.left_cents is not None and room.budget_cents is not None:
        return translate(
            request,
            N_("%(left)s of %(total)s"),
            left=formats.euros(room.left_cents),
            total=formats.euros(room.budget_cents),
        )
    if room.left is not None and room.total is not None and room.counted_in is not None:
        return translate(
            request,
            N_("%(left)s of %(total)s"),
            left=amount_of_care(request, room.left, room.counted_in),
            total=amount_of_care(request, room.total, room.counted_in),
        )
    return None
