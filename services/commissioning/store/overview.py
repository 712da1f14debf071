"""The contract manager's overview: one row per agreement, as a person needs it."""

from datetime import date
from typing import Any
from uuid import UUID

from services.commissioning.domain.spending import forecast
from services.commissioning.store import queries
from services.commissioning.views import Reconciliation, ReconciliationLine, SpendingRoom
from services.kit.unit import Connection


async def spending_rooms(
    conn: Connection,
    year: int,
    today: date,
    *,
    agreement_id: UUID | None = None,
    municipality: str | None = None,
) -> list[SpendingRoom]:
    """The spending room of the concluded agreements that hold in ``year`` and that the caller may see."""
    found = queries.spending_rooms(conn, year=year, agreement_id=agreement_id, municipality=municipality)
    return [_room(dict(row), year, today) async for row in found]


async def reconciliation(conn: Connection, agreement_id: UUID, year: int, today: date) -> Reconciliation | None:
    """An agreement in a year to the cent; ``None`` when the caller may not see it, or it does not hold then."""
    rooms = await spending_rooms(conn, year, today, agreement_id=agreement_id)
    if not rooms:
        return None
    found = queries.reconciliation(conn, agreement_id=agreement_id, year=year)
    lines = tuple([ReconciliationLine(**dict(row)) async for row in found])
    reserved = [line.reserved_cents for line in lines if line.reserved_cents is not None]
    return Reconciliation(
        agreement_id=agreement_id,
        year=year,
        ceiling_cents=rooms[0].ceiling_cents,
        reserved_cents=sum(reserved) if reserved else None,
        committed_cents=rooms[0].committed_cents,
        spent_cents=rooms[0].spent_cents,
        spent_through=rooms[0].spent_through,
        lines=lines,
    )


def _room(row: dict[str, Any], year: int, today: date) -> SpendingRoom:
    this_month = f"{today:%Y-%m}"
    to_date = sum(month["committedCents"] for month in row["months"] if month["month"] <= this_month)
    ahead = forecast(to_date, year, today) if year <= today.year else None
    ceiling = row["ceiling_cents"]
    return SpendingRoom(
        **row,
        year=year,
        forecast_cents=ahead,
        share=row["committed_cents"] / ceiling if ceiling else None,
        forecast_share=ahead / ceiling if ceiling and ahead is not None else None,
    )
