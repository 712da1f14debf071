"""What the vault knows of a person. Every field here is personal data: it is sealed before it is stored, and never
logged, emitted or put into an address."""

from calendar import monthrange
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from services.referral.domain.identity import Bsn


def bare(value: object) -> object:
    """A code or number as people write it, without spaces and in capitals."""
    return value.replace(" ", "").upper() if isinstance(value, str) else value


ONE_LINE = r"^[^\x00-\x1f\x7f\ufffe\uffff]*$"
"""What a message may carry: one line of text, without control characters."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24, pattern=ONE_LINE)]
Prefix = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10, pattern=ONE_LINE)]
Town = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=ONE_LINE)]
Postcode = Annotated[str, BeforeValidator(bare), StringConstraints(pattern=r"^[1-9][0-9]{3}[A-Z]{2}$")]
Phone = Annotated[str, BeforeValidator(bare), StringConstraints(pattern=r"^[0-9]{3,15}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$", max_length=80)]


class Sealed(BaseModel):
    """Personal data. ``repr`` shows no value, so that a stray log line shows none either."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True
    )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


OWN, PARTNER, PARTNER_OWN, OWN_PARTNER = "1", "2", "3", "4"
"""Under which surname somebody goes (iStandaarden COD700)."""
DAY, DAY_AND_MONTH, WHOLE_DATE = "1", "2", "3"
"""Which part of a birth date is not known (iStandaarden COD170)."""
NO_BIRTH_DATE = date(1900, 1, 1)
"""What stands for a birth date of which nothing is known (iStandaarden IV009)."""


class Address(Sealed):
    """Where somebody lives: house number and postcode are enough for the post. Without a kind it is the registered one.

    ``kind`` is iStandaarden COD757: 01 registered, 02 correspondence, 03 stay.
    """

    street: Name | None = None
    house_number: Annotated[int, Field(ge=1, le=99999)]
    house_letter: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]$")] | None = None
    addition: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,4}$")] | None = None
    postcode: Postcode
    town: Town | None = None
    kind: Annotated[str, StringConstraints(pattern=r"^0[1-3]$")] | None = None

    @property
    def lines(self) -> tuple[str, str]:
        """As on an envelope: the street (where it is known) with the house number, and the postcode with the town."""
        house = f"{self.house_number}{self.house_letter or ''}{'-' + self.addition if self.addition else ''}"
        return " ".join(filter(None, (self.street, house))), " ".join(filter(None, (self.postcode, self.town)))


class Person(Sealed):
    """A client: who somebody is, and how to reach them.

    ``gender`` is iStandaarden COD046: 0 unknown, 1 male, 2 female. ``unknown_birth_part`` is COD170, which part of the
    birth date is not known: 1 the day, 2 day and month, 3 all of it; that part of ``birth_date`` is then filled in the
    fixed way of IV009, whatever was given for it. ``name_usage`` is COD700, under which surname
    somebody goes: 1 their own (so too without it), 2 the partner's, 3 the partner's and then their own, 4 the other way
    round. A 301 needs ``last_name``, ``initials``, ``birth_date``, and an address or a phone number (TR006).
    """

    bsn: Bsn | None = None
    reference: Short | None = None
    last_name: Name | None = None
    prefix: Prefix | None = None
    initials: (
        Annotated[str, BeforeValidator(bare), StringConstraints(pattern=r"^[^\s.\x00-\x1f\x7f\ufffe\uffff]{1,6}$")]
        | None
    ) = None
    first_names: Name | None = None
    partner_last_name: Name | None = None
    partner_prefix: Prefix | None = None
    name_usage: Annotated[str, StringConstraints(pattern=r"^[1-4]$")] | None = None
    unknown_birth_part: Annotated[str, StringConstraints(pattern=r"^[1-3]$")] | None = None
    birth_date: date | None = Field(default=None, validate_default=True)
    gender: Annotated[str, StringConstraints(pattern=r"^[012]$")] = "0"
    address: Address | None = None
    phone: Phone | None = None
    email: Email | None = None
    remark: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=ONE_LINE)] | None = None

    @field_validator("birth_date")
    @classmethod
    def _fixed(cls, given: date | None, info: ValidationInfo) -> date | None:
        unknown = info.data.get("unknown_birth_part")
        if unknown == WHOLE_DATE:
            return NO_BIRTH_DATE
        if given is None or unknown is None:
            return given
        return given.replace(day=1) if unknown == DAY else given.replace(month=1, day=1)

    def completed_by(self, other: "Person") -> "Person":
        """This person, with what is unknown here taken from ``other``. What says how to read another part goes with
        that part: a birth date or a partner's name that is known here leaves nothing of the one that was.
        """
        known = {name: value for name, value in self if value is not None and not (name == "gender" and value == "0")}
        if self.birth_date is not None:
            known["unknown_birth_part"] = self.unknown_birth_part
        if self.partner_last_name is not None:
            known |= {"partner_prefix": self.partner_prefix, "name_usage": self.name_usage}
        return other.model_copy(update=known)

    @property
    def born_at_the_latest(self) -> date | None:
        """The last day on which they may have been born; ``None`` when nothing of it is known."""
        born = self.birth_date
        if born is None or self.unknown_birth_part == WHOLE_DATE:
            return None
        if self.unknown_birth_part == DAY:
            return born.replace(day=monthrange(born.year, born.month)[1])
        return born.replace(month=12, day=31) if self.unknown_birth_part == DAY_AND_MONTH else born

    @property
    def display_name(self) -> str:
        """``J. van den Berg``, under the surname they go by (IV007); empty when nothing is known."""
        own, partner = _words(self.prefix, self.last_name), _words(self.partner_prefix, self.partner_last_name)
        surnames = {PARTNER: (partner,), PARTNER_OWN: (partner, own), OWN_PARTNER: (own, partner)}
        surname = "-".join(each for each in surnames.get(self.name_usage or OWN, (own,)) if each)
        return display_name(self.initials, self.first_names, None, surname or own)


def display_name(initials: str | None, first_names: str | None, prefix: str | None, surname: str | None) -> str:
    """``J. van den Berg``; without initials the first names; empty when nothing is known."""
    dotted = "".join(f"{letter}." for letter in initials or "")
    return _words(dotted or first_names, prefix, surname)


def _words(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
