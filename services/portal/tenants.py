"""Whose portal is this: the name, the text mark and the theme of each party.

Names and themes come from ``tenants.json`` or from the file in ``TENANTS_FILE``, which goes before it; other names
from the registry of commissioning (see :mod:`services.portal.names`). A council carries the name and the look of its
municipality.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.portal.themes import DEFAULT

OURS = Path(__file__).parent / "tenants.json"


@dataclass(frozen=True, slots=True)
class Tenant:
    """How a party presents itself: full name, name in running text, theme."""

    party: str
    name: str
    short: str
    theme: str = DEFAULT

    @property
    def sign(self) -> str:
        """One letter for the text mark."""
        return self.short[:1].upper()


SAMENSPEL = Tenant("system:samenspel", "Samenspel", "Samenspel")


class Tenants:
    """Looks up how a party presents itself; an unknown party gets its identifier and the theme of Samenspel."""

    def __init__(self, known: Mapping[str, Tenant]) -> None:
        self._given = dict(known)
        self._known = dict(known)

    def learn(self, tenants: Iterable[Tenant]) -> None:
        """Take over names from the registry; what our own files say goes before it."""
        self._known |= {tenant.party: tenant for tenant in tenants} | self._given

    @classmethod
    def load(cls, file: Path | None = None) -> "Tenants":
        """Read our own file and then ``file``. Raises ``OSError`` or ``ValueError`` when it cannot be read."""
        known: dict[str, Tenant] = {}
        for path in (OURS, file):
            if path is not None:
                entries = json.loads(path.read_text(encoding="utf-8"))
                known |= {
                    party: Tenant(party, entry["name"], entry.get("short", entry["name"]), entry.get("theme", DEFAULT))
                    for party, entry in entries.items()
                }
        return cls(known)

    def of(self, party: str | None) -> Tenant:
        """The presentation of a party; Samenspel itself when there is none."""
        if party is None or party == SAMENSPEL.party:
            return SAMENSPEL
        if party in self._known:
            return self._known[party]
        kind, _, code = party.partition(":")
        if kind == "council" and (municipality := self._known.get(f"municipality:{code}")):
            return Tenant(party, f"Raad van {municipality.short}", municipality.short, municipality.theme)
        return Tenant(party, code, code)
