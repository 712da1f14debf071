"""The HTTP interface of the council: what everyone may read, and what clerk, members and executive may do."""

from fastapi import APIRouter

from services.council.api import acts, drafts, reading

ROUTERS: tuple[APIRouter, ...] = (reading.router, drafts.router, acts.router)
"""Every router of the service, in the order of the documentation."""
