"""Who stands around a client, who has legal authority, and whether messages about the client may be sent at all.

Everything here is personal data, sealed with the key of the client. Source: iWmo/iJw 3.2 OP001, OP002, OP003, OP071,
OP076 and IV045; COD472 for the kinds; legal authority (*gezag*) as in book 1 of the Burgerlijk Wetboek.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator, Field, StringConstraints

from contracts.events.commissioning import Law
from services.kit.problems import FieldError, Text
from services.referral.domain.person import Individual, Name, Sealed, bare

OF_AGE_FOR_AUTHORITY: Final = 16
"""From this age a young client can have authority over themselves in youth care (OP001)."""


class RelationKind(StrEnum):
    """What somebody is to a client (COD472)."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    FOSTER_PARENT = "foster_parent"
    PARTNER = "partner"
    CHILD = "child"
    HOUSEHOLD_MEMBER = "household_member"
    RELATIVE = "relative"
    FRIEND = "friend"
    NEIGHBOUR = "neighbour"
    MENTOR = "mentor"
    ADMINISTRATOR = "administrator"
    CURATOR = "curator"
    FINANCIAL_PROXY = "financial_proxy"
    FINANCIAL_SUPERVISOR = "financial_supervisor"
    CLIENT_SUPPORTER = "client_supporter"
    NEIGHBOURHOOD_COACH = "neighbourhood_coach"
    GENERAL_PRACTITIONER = "general_practitioner"
    SPECIALIST = "specialist"
    CARE_WORKER = "care_worker"
    LIVING_GROUP = "living_group"
    EMPLOYER = "employer"
    HEIRS = "heirs"
    OTHER = "other"


Initials = Annotated[str, BeforeValidator(bare), StringConstraints(pattern=r"^[A-Za-zÀ-ỳ]{1,6}$")]
"""Letters only, as a message has them (LDT_Voorletters)."""


class Relation(Individual):
    """Somebody around a client: a person, or an ``organisation`` with guardianship or another task.

    ``authority``: has legal authority over the client. ``contact``: is needed to reach the client or to arrange the
    care; ``order`` then says who comes first (1 before 2).
    """

    kind: RelationKind
    authority: bool = False
    contact: bool = False
    order: Annotated[int, Field(ge=1, le=99)] | None = None
    organisation: Name | None = None
    initials: Initials | None = None

    @property
    def display_name(self) -> str:
        """What they are called: the organisation, or ``J. van den Berg``."""
        return self.organisation or super().display_name

    def named_in(self, law: Law, *, own_authority: bool, authority_known: bool) -> bool:
        """Whether an allocation (301) names them: who is needed for contact (OP076), and under the Jeugdwet who has
        authority (OP002) unless the provider knows already (OP002x1) or it is the client (OP002x2)."""
        has_authority = self.authority and law is Law.YOUTH and not own_authority and not authority_known
        return self.contact or has_authority


class Circumstances(Sealed):
    """What else holds for a client.

    ``own_authority``: the client has authority over themselves. ``silent_since``: no messages about the client since
    then, since sharing data is a serious risk to their safety in the judgement of ``judged_by`` (OP003).
    """

    own_authority: bool = False
    silent_since: datetime | None = None
    judged_by: Name | None = None

    @property
    def silent(self) -> bool:
        """Whether no message about the client may be sent."""
        return self.silent_since is not None


class Around(NamedTuple):
    """What a message about a client to one provider depends on, besides who the client is."""

    circumstances: Circumstances
    relations: tuple[tuple[int, Relation], ...] = ()
    authority_known: bool = False

    def named_in(self, law: Law) -> list[tuple[int, Relation]]:
        """Whom an allocation names, with their numbers; who is called first comes first."""
        own = self.circumstances.own_authority
        named = [
            (number, each)
            for number, each in self.relations
            if each.named_in(law, own_authority=own, authority_known=self.authority_known)
        ]
        return sorted(named, key=lambda pair: (pair[1].order or 100, pair[0]))


def lacking(relation: Relation) -> list[FieldError]:
    """Everything that stands in the way of recording ``relation``, field by field; no value is repeated."""
    errors: list[FieldError] = []

    def wrong(field: str, nl: str, en: str, code: str) -> None:
        errors.append(FieldError(f"/relation/{field}", Text(nl, en), code))

    if relation.organisation is None and relation.last_name is None:
        wrong("lastName", "Vul een achternaam in.", "Give a surname.", "missing")
    if relation.organisation is not None and _personal(relation):
        wrong(
            "organisation",
            "Dit is een organisatie of een persoon, niet allebei. Vul alleen de naam van de organisatie in.",
            "This is an organisation or a person, not both. Give only the name of the organisation.",
            "person-and-organisation",
        )
    if relation.organisation is not None and relation.authority and relation.kind is not RelationKind.GUARDIAN:
        wrong(
            "kind",
            "Een organisatie met gezag is een voogd (iStandaarden IV045). Kies 'voogd'.",
            "An organisation with authority is a guardian (iStandaarden IV045). Choose 'guardian'.",
            "not-a-guardian",
        )
    if not relation.authority and not relation.contact:
        wrong(
            "contact",
            "Leg alleen iemand vast die gezag heeft of die nodig is voor contact (iStandaarden OP076).",
            "Record only somebody who has authority or is needed for contact (iStandaarden OP076).",
            "not-needed",
        )
    if relation.order is not None and not relation.contact:
        wrong(
            "order",
            "Een volgorde hoort alleen bij iemand die nodig is voor contact.",
            "An order goes only with somebody who is needed for contact.",
            "not-for-contact",
        )
    if relation.address is None and relation.phone is None:
        wrong(
            "address",
            "Vul een adres of een telefoonnummer in. Een toewijzing kan niet zonder.",
            "Give an address or a phone number. An allocation cannot do without.",
            "missing",
        )
    return errors


def _personal(relation: Relation) -> bool:
    fields: Iterable[object] = (
        relation.last_name,
        relation.prefix,
        relation.initials,
        relation.first_names,
        relation.partner_last_name,
        relation.birth_date,
    )
    return any(field is not None for field in fields) or relation.gender != "0"
