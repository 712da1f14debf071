"""Finding a client, what a municipality records of who stands around them, and whether messages may be sent.

See ``commands`` about personal data in a command: all that is said here is personal.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.kit.commands import Command
from services.referral.domain.person import ONE_LINE, Details, Name
from services.referral.domain.relations import Relation

RelationNumber = Annotated[int, Field(ge=1, le=999_999)]
TypedNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=ONE_LINE)]
"""A citizen number, an own reference or the number of an allocation, as somebody typed it."""


class FindClient(Command):
    """Find a client by citizen number or own reference: of the own municipality, or whom the own organisation helps."""

    number: TypedNumber = Field(exclude=True, repr=False)
    number_mark: str


class ChangeClient(Command):
    """Correct who a client is and how to reach them; ``version`` is the one that was read."""

    client: UUID
    version: int
    person: Details = Field(exclude=True, repr=False)
    person_mark: str


class AddRelation(Command):
    """Record somebody around a client who has authority or is needed for contact; they get a number for ever."""

    client: UUID
    relation: Relation = Field(exclude=True, repr=False)
    relation_mark: str


class ChangeRelation(Command):
    """Replace what is known of somebody; the number stays (OP071)."""

    client: UUID
    number: RelationNumber
    relation: Relation = Field(exclude=True, repr=False)
    relation_mark: str


class EndRelation(Command):
    """They stand around the client no longer; the number is not given again."""

    client: UUID
    number: RelationNumber


class SetAuthority(Command):
    """Whether a client has legal authority over themselves, from sixteen years on (OP001)."""

    client: UUID
    own: bool = Field(exclude=True, repr=False)
    own_mark: str


class SetMessages(Command):
    """Whether messages about a client may be sent (OP003). ``judged_by`` says who judged that they may not."""

    client: UUID
    allowed: bool = Field(exclude=True, repr=False)
    judged_by: Name | None = Field(default=None, exclude=True, repr=False)
    mark: str
