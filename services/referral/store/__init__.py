"""The tables of the referral service, as the handlers and the API see them. All SQL stands in ``queries/``."""

from pathlib import Path

from services.kit.queries import load

queries = load(Path(__file__).parent.parent / "queries")
"""Every named query: ``await queries.name(connection, parameter=…)``; those that give many rows are iterated with
``async for``."""
