"""What the service tells of who stands around a client: to the municipality alone, and every look is recorded."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts.events.commissioning import Law
from services.referral.domain.person import Details, Name
from services.referral.domain.relations import Relation, RelationKind
from services.referral.relation_commands import TypedNumber
from services.referral.views import View


class RelationView(View):
    """Somebody around a client."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True)

    number: int = Field(description="What messages call them by: unique for the client, and never another's (OP071).")
    display_name: str
    relation: Relation
    ended_at: datetime | None

    def __repr__(self) -> str:
        return f"RelationView({self.number})"


class ClientRelations(View):
    """Everybody around a client, who has authority, and whether messages may be sent."""

    client: UUID
    relations: tuple[RelationView, ...]
    own_authority: bool = Field(description="The client has legal authority over themselves (OP001).")
    may_have_authority: bool = Field(description="Whether the client is old enough for that: sixteen or over.")
    silent_since: datetime | None = Field(description="No message about this client is sent since then (OP003).")
    judged_by: str | None = Field(description="Who judged that sharing data is a serious risk to the client.")


class NamedView(View):
    """Somebody around a client as an allocation named them to the provider."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True)

    number: str = Field(description="What messages call them by: unique for the client, and never another's (OP071).")
    kind: RelationKind
    name: str
    phones: tuple[str, ...]
    email: str | None
    street: str | None
    town: str | None
    order: int | None = Field(description="Who is called first: 1 before 2.")
    current: bool = Field(
        description="Whether the latest allocation names them. A later one may leave somebody out who is still there:"
        " because the provider said that it knows who has authority (OP002x1). So ask."
    )
    told_on: date = Field(description="The day of the latest allocation that names them.")

    def __repr__(self) -> str:
        return f"NamedView({self.number})"


class ContactsTold(View):
    """Whom the allocations under one law named to the provider."""

    law: Law
    told_on: date = Field(description="The day of the latest allocation.")
    named: tuple[NamedView, ...]


class ClientState(View):
    """What became of a correction; the answer tells nothing about the person."""

    client: UUID
    version: int
    changed: bool = Field(default=True, description="False when it was so already.")


class RelationState(View):
    """What became of an act on a relation; the answer tells nothing about the person."""

    client: UUID
    number: int
    changed: bool = Field(default=True, description="False when it was so already.")


class CircumstancesState(View):
    """What became of a change in what holds for a client."""

    client: UUID
    messages_written: int = Field(
        default=0, description="Allocations (301) and answers (319) sent now that messages may go again."
    )
    messages_impossible: int = Field(
        default=0,
        description="Messages that could not be written, mostly as the dossier lacks something that a 301 needs.",
    )
    changed: bool = Field(default=True, description="False when it was so already.")


class ClientFound(View):
    """A client that was looked for; the answer tells nothing about the person."""

    client: UUID
    others: tuple[UUID, ...] = Field(
        default=(),
        description="Other people with this number. An allocation number is unique only within one municipality.",
    )


class _Body(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True
    )


class ClientSearchBody(_Body):
    """Whom to look for."""

    number: TypedNumber = Field(
        description=(
            "A citizen number (BSN; spaces and dots are fine), or the own reference of the municipality or"
            " the provider. A provider may also give the number of an allocation."
        )
    )


class DetailsBody(_Body):
    """Who a client is and how to reach them, as a whole: what is left out is known no more."""

    person: Details


class RelationBody(_Body):
    """Somebody around a client."""

    relation: Relation


class AuthorityBody(_Body):
    """Who has authority."""

    own: bool = Field(description="The client has legal authority over themselves.")


class MessagesBody(_Body):
    """Whether messages about a client may be sent."""

    allowed: bool
    judged_by: Name | None = Field(
        default=None, description="Who judged that sharing data is a serious risk to the client; needed to stop."
    )
