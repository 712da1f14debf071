"""The HTTP interface of monitoring: what anyone may read, what parties see of themselves, and what they report."""

from fastapi import APIRouter

from services.monitoring.api import deadlines, figures, indicators, mirrors, outcomes, published, rounds

ROUTERS: tuple[APIRouter, ...] = (
    indicators.router,
    published.router,
    figures.router,
    mirrors.router,
    rounds.router,
    outcomes.router,
    deadlines.router,
)
"""Every router of the service, in the order of the documentation."""
