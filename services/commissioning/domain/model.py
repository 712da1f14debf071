"""Values that several parts of commissioning share, beside those of the kit."""

from typing import Annotated

from pydantic import Field

from contracts.events.commissioning import Product
from services.kit.model import Line

MAX_TARIFF_CENTS = 100_000_00
TariffCents = Annotated[int, Field(ge=1, le=MAX_TARIFF_CENTS)]
"""A price per unit in cents: from € 0.01 to € 100,000."""

CeilingCents = Annotated[int, Field(ge=1, le=10**14)]
"""Spending room per calendar year in cents."""


class OfferedProduct(Product):
    """A product as people write it down: with a name of one line and a price above zero."""

    name: Line
    tariff_cents: TariffCents
