"""Values that several parts of commissioning share, beside those of the kit."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.events.commissioning import Product, Variant
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

    @model_validator(mode="after")
    def _only_a_result_has_a_moment(self) -> Self:
        if self.declared_when is not None and self.variant is not Variant.OUTPUT:
            raise ValueError("a moment to declare belongs with a product that is paid for by its result")
        return self
