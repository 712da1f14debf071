"""The HTTP interface of commissioning: who may do and see what."""

from fastapi import APIRouter

from services.commissioning.api import admissions, agreements, commissions, published, regions, scenarios, spending

ROUTERS: tuple[APIRouter, ...] = (
    regions.router,
    scenarios.router,
    commissions.router,
    admissions.router,
    agreements.router,
    spending.router,
    published.router,
)
"""Every router of the service, in the order of the documentation."""
