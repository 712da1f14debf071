"""What is still due, and whose it is."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.monitoring.api.access import Before, RoundReader, Store
from services.monitoring.store import queries
from services.monitoring.views import DeadlineView

router = APIRouter(tags=["deadlines"])


@router.get("/deadlines")
async def list_deadlines(
    database: Store,
    actor: RoundReader,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most, earliest first.")] = 200,
) -> list[DeadlineView]:
    """Promises that are still open, earliest first."""
    async with database.reading(actor) as unit:
        return [DeadlineView(**dict(row)) async for row in queries.deadlines(unit.conn, before=before, limit=limit)]
