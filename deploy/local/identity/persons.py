"""The demo persons, read from ``deploy/local/persons.yaml``."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from contracts.values import PartyId, Role
from deploy.local.errors import LocalError

FILE = Path(__file__).parents[1] / "persons.yaml"


@dataclass(frozen=True)
class Person:
    """A fictional person: an id to sign in by, names in both languages, party and roles."""

    id: str
    name: str
    english: str
    organisation: str
    party: str
    roles: tuple[Role, ...]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    name: str
    english: str
    roles: tuple[Role, ...]


class _Organisation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    party: PartyId
    name: str
    persons: tuple[_Entry, ...]


@cache
def load_persons(file: Path = FILE) -> tuple[Person, ...]:
    """All persons, in the order of the file."""
    organisations = [_Organisation.model_validate(entry) for entry in yaml.safe_load(file.read_text("utf-8"))]
    return tuple(
        Person(entry.id, entry.name, entry.english, organisation.name, organisation.party, entry.roles)
        for organisation in organisations
        for entry in organisation.persons
    )


def find_person(person_id: str, persons: Sequence[Person] | None = None) -> Person:
    """The person with this id. Raises LocalError naming a few that exist."""
    known = {person.id: person for person in (load_persons() if persons is None else persons)}
    if person_id not in known:
        from difflib import get_close_matches

        near = get_close_matches(person_id, known, n=3, cutoff=0.3) or list(known)[:3]
        raise LocalError(f"There is no demo person {person_id!r}; did you mean {' or '.join(near)}?", wrong_use=True)
    return known[person_id]
