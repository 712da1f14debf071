"""Values that cross a boundary: identifiers and amounts that every service speaks.

Each is parsed once, at the edge, by pydantic; afterwards the type is the proof that it is well-formed.
"""

import re
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import AfterValidator, Field, StringConstraints

MunicipalityCode = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
"""CBS code of a municipality, four digits: ``0268`` is Nijmegen."""

AgbCode = Annotated[str, StringConstraints(pattern=r"^\d{8}$")]
"""AGB code of a care provider, eight digits, without a check digit."""

Cents = Annotated[int, Field(ge=-(10**15), le=10**15)]
"""Money in integer euro cents."""

ProductCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{5}$")]
"""iStandaarden ProductCode: five characters."""

ProductCategory = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2}$")]
"""iStandaarden ProductCategorie: two characters."""

YearMonth = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A calendar month, ``2026-08``."""

Pseudonym = NewType("Pseudonym", str)
"""A random name for a client; says nothing about the person and differs per purpose."""

_PARTY = re.compile(r"^(municipality|council|provider|region|partner|system):[a-z0-9][a-z0-9-]{0,62}$")


def _party(value: str) -> str:
    if not _PARTY.match(value):
        raise ValueError("a party is written as kind:id, for example municipality:0268 or provider:73730001")
    return value


PartyId = Annotated[str, AfterValidator(_party)]
"""A tenant: ``municipality:0268``, ``council:0268``, ``provider:73730001``, ``region:rijk-van-nijmegen``."""

SYSTEM_PARTY = "system:samenspel"


class PartyKind(StrEnum):
    MUNICIPALITY = "municipality"
    COUNCIL = "council"
    PROVIDER = "provider"
    REGION = "region"
    PARTNER = "partner"
    SYSTEM = "system"


class Role(StrEnum):
    """What a person is allowed to do inside their party (see ``docs/access-matrix.csv``)."""

    CONTRACT_MANAGER = "contract_manager"
    ACCESS_WORKER = "access_worker"
    PLANNER = "planner"
    PROFESSIONAL = "professional"
    PROVIDER_ADMINISTRATOR = "provider_administrator"
    COUNCIL_MEMBER = "council_member"
    CLERK = "clerk"
    EXECUTIVE = "executive"
    REGIONAL_OFFICER = "regional_officer"
    OPERATOR = "operator"
    SYSTEM = "system"


def municipality(code: str) -> str:
    """The party of a municipality: ``municipality("0268") == "municipality:0268"``."""
    return f"municipality:{code}"


def council(code: str) -> str:
    """The party of a municipality's council."""
    return f"council:{code}"


def provider(agb: str) -> str:
    """The party of a care provider, by AGB code."""
    return f"provider:{agb}"


def party_kind(party: str) -> PartyKind:
    """``party_kind("council:0268") is PartyKind.COUNCIL``."""
    return PartyKind(party.partition(":")[0])


def party_code(party: str) -> str:
    """The part behind the colon: CBS code, AGB code or name."""
    return party.partition(":")[2]
