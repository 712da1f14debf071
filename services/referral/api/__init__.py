"""The HTTP interface of referral: what people, partners and the workflow may do and see, and who may."""

from fastapi import APIRouter

from services.referral.api import (
    acts,
    allocations,
    batches,
    chain_requests,
    clients,
    declarations,
    imports,
    lists,
    messages,
    personal_budgets,
    places,
    promises,
    relations,
)

ROUTERS: tuple[APIRouter, ...] = (
    lists.router,
    acts.router,
    chain_requests.router,
    allocations.router,
    places.router,
    promises.router,
    clients.router,
    relations.router,
    personal_budgets.router,
    messages.router,
    batches.router,
    declarations.router,
    imports.router,
)
"""Every router of the service, in the order of the documentation."""
