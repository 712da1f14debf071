"""Who is asking: the person, the party they act for and what they may do there."""

from dataclasses import dataclass, field
from typing import Self

from contracts.values import SYSTEM_PARTY, PartyId, PartyKind, Role, party_code, party_kind


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of one request or the author of one change.

    ``person`` is the opaque subject of the access token (never a name); ``party`` is the tenant whose rows
    the caller may see; ``roles`` is what the caller may do inside that party.
    """

    person: str
    party: PartyId
    roles: frozenset[Role] = field(default_factory=frozenset)

    @classmethod
    def system(cls) -> Self:
        """Samenspel itself: the relay, consumers, workflow activities and the demo driver."""
        return cls(person="system", party=SYSTEM_PARTY, roles=frozenset({Role.SYSTEM}))

    @property
    def is_system(self) -> bool:
        """Whether Samenspel itself asks, which sees the rows of every party."""
        return Role.SYSTEM in self.roles

    @property
    def kind(self) -> PartyKind:
        """The kind of party: municipality, council, provider, region, partner or system."""
        return party_kind(self.party)

    @property
    def code(self) -> str:
        """The party without its kind: CBS code, AGB code or name."""
        return party_code(self.party)

    def has(self, *roles: Role) -> bool:
        """Whether the caller has at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)
