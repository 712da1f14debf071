"""Who may deliver what, where and when: the read model of commissioning that decisions lean on."""

from collections.abc import Collection
from datetime import date

import asyncpg

from services.kit.unit import Connection
from services.referral.domain.candidates import Candidate, ranked
from services.referral.store import queries


async def candidates(conn: Connection, municipality: str, product_code: str, on: date) -> list[Candidate]:
    """The providers that may deliver ``product_code`` in ``municipality`` on a day, shortest wait first."""
    rows = queries.candidates(conn, municipality=municipality, product_code=product_code, on=on)
    return ranked([Candidate(**{**row, "locations": tuple(row["locations"])}) async for row in rows])


async def agreed(
    conn: Connection, municipality: str, provider: str, product_code: str, on: date
) -> asyncpg.Record | None:
    """What was agreed about a product on a day: category, law, unit, name; ``None`` without an agreement."""
    row: asyncpg.Record | None = await queries.agreed_product(
        conn, municipality=municipality, provider=provider, product_code=product_code, on=on
    )
    return row


async def names_of(conn: Connection, providers: Collection[str]) -> dict[str, str]:
    """What these providers are called, as far as they registered."""
    rows = queries.names_of_providers(conn, providers=list(providers))
    return {row["provider"]: row["name"] async for row in rows}
