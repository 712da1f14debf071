"""Whom allocations (301) name around a client, so that the provider knows whom to reach.

Personal data, sealed with the key of the client. Source: iWmo/iJw 3.2 OP071 (a number is of one relation of a client
and does not change), OP002 and OP002x1 (who has authority is named, or left out when the provider knows), OP076 and
OP130; COD472 for the kinds.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from services.referral.domain.person import Sealed
from services.referral.domain.relations import Relation, RelationKind


class Named(Sealed):
    """Somebody around a client, with no more than is needed to reach them; level 1 checked the parts.

    ``told_on`` is the day of the latest 301 that named them. Not ``current``: a later 301 named them no more.
    """

    number: str
    kind: RelationKind
    told_on: date
    current: bool = True
    order: int | None = None
    name: str
    phones: tuple[str, ...] = ()
    email: str | None = None
    street: str | None = None
    town: str | None = None


class Moment(NamedTuple):
    """How late a 301 is: by the day on it, then by the latest decision in it (IV013)."""

    dated: date
    decided_at: datetime


class Sealable(Sealed):
    """Everybody named, as it is stored."""

    named: tuple[Named, ...] = ()


def taken_over(before: Iterable[Named], told: Iterable[Named], *, later: bool) -> tuple[Named, ...]:
    """Whom to keep after another 301: by number, what the latest says of each; who is called first comes first.

    A 301 cannot say that a relation ended, and one who has authority may be left out because the provider knows
    (OP002x1): so whom the latest leaves out is neither ended nor current, and stays with the day they were last named.
    A 301 that comes in after a later one adds only whom nobody named yet.
    """
    present, incoming = {each.number: each for each in before}, {each.number: each for each in told}
    if later:
        kept = {number: each.model_copy(update={"current": False}) for number, each in present.items()} | incoming
    else:
        kept = {number: each.model_copy(update={"current": False}) for number, each in incoming.items()} | present
    return tuple(sorted(kept.values(), key=lambda each: (not each.current, each.order or 100, each.number)))


def named(number: int, relation: Relation, told_on: date) -> Named:
    """Somebody as a 301 of our own names them."""
    street, town = relation.address.lines if relation.address else (None, None)
    return Named(
        number=str(number),
        kind=relation.kind,
        told_on=told_on,
        order=relation.order,
        name=relation.display_name,
        phones=(relation.phone,) if relation.phone else (),
        email=relation.email,
        street=street,
        town=town,
    )
