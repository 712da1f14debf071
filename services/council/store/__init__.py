"""The tables of the council, as handlers and the API see them. All SQL stands in ``queries/``."""

from pathlib import Path
from typing import Any

from services.kit.queries import load

queries: Any = load(Path(__file__).parent.parent / "queries")
"""Every named query: ``await queries.name(connection, parameter=…)``; many rows are iterated with ``async for``."""
