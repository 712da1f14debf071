"""The catalogue of indicators: open to everybody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.kit.auth import public
from services.kit.problems import NotFound
from services.monitoring.catalogue import catalogue
from services.monitoring.explaining import indicator_view
from services.monitoring.views import IndicatorView

router = APIRouter(tags=["indicators"], dependencies=[Depends(public())])


@router.get("/indicators")
async def list_indicators() -> list[IndicatorView]:
    """Every indicator: what it means, for whom it is, and whether there are figures."""
    return [indicator_view(indicator) for indicator in catalogue().all]


@router.get("/indicators/{number}")
async def get_indicator(number: Annotated[int, Path(description="Its number.", ge=1, le=9999)]) -> IndicatorView:
    """One indicator."""
    indicator = catalogue().get(number)
    if indicator is None:
        raise NotFound()
    return indicator_view(indicator)
