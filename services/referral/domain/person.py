"""What the vault knows of a person. Every field here is personal data: it is sealed before it is stored, and never
logged, emitted or put into an address."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
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
REGISTERED, CORRESPONDENCE, STAY, TEMPORARY_STAY = "01", "02", "03", "04"
"""What kind of address it is (iStandaarden COD757)."""
_FIRST = (REGISTERED, STAY, CORRESPONDENCE, TEMPORARY_STAY)
"""Which of several addresses says best where somebody lives (IV047)."""
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

    def holds_on_or_after(self, day: date) -> bool:
        """Whether it is not over before ``day``."""
        return True


class OtherAddress(Address):
    """Another place than the first address. ``kind`` may be 04 too, a temporary stay, which alone has a period: from
    its first to its last day, as far as they are known (CD009, CS003)."""

    kind: Annotated[str, StringConstraints(pattern=r"^0[1-4]$")]
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _period(self) -> Self:
        if self.kind != TEMPORARY_STAY and (self.valid_from or self.valid_until):
            raise ValueError("only a temporary stay has a period")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("a period ends after it begins")
        return self

    def holds_on_or_after(self, day: date) -> bool:
        """Whether it is not over before ``day``."""
        return self.valid_until is None or self.valid_until >= day


def in_order(addresses: Iterable[Address]) -> tuple[Address | None, tuple[OtherAddress, ...]]:
    """One address of each kind, the latest given: which one comes first, and the others.

    Who has a temporary address only stays there; by itself its kind may not be sent (TR061).
    """
    by_kind = {each.kind or REGISTERED: each for each in addresses}
    found = sorted(by_kind.values(), key=lambda each: _FIRST.index(each.kind or REGISTERED))
    if not found:
        return None, ()
    main, *others = found
    place = {name: getattr(main, name) for name in Address.model_fields}
    if main.kind == TEMPORARY_STAY:
        place["kind"] = STAY
    return Address.model_construct(**place), tuple(
        each
        if isinstance(each, OtherAddress)
        else OtherAddress.model_construct(**{**dict(each), "kind": each.kind or REGISTERED})
        for each in others
    )


class Individual(Sealed):
    """Somebody as they are known: a client, or a person around one.

    ``gender`` is iStandaarden COD046: 0 unknown, 1 male, 2 female. ``unknown_birth_part`` is COD170, which part of the
    birth date is not known: 1 the day, 2 day and month, 3 all of it; that part of ``birth_date`` is then filled in the
    fixed way of IV009, whatever was given for it. ``name_usage`` is COD700, under which surname
    somebody goes: 1 their own (so too without it), 2 the partner's, 3 the partner's and then their own, 4 the other way
    round.
    """

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

    @field_validator("birth_date")
    @classmethod
    def _fixed(cls, given: date | None, info: ValidationInfo) -> date | None:
        unknown = info.data.get("unknown_birth_part")
        if unknown == WHOLE_DATE:
            return partly_known(None, None)[0]
        if given is None or unknown is None:
            return given
        return partly_known(given.year, given.month if unknown == DAY else None)[0]

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
        dotted = "".join(f"{letter}." for letter in self.initials or "")
        return _words(dotted or self.first_names, surname or own)


class Details(Individual):
    """What the municipality keeps of a client and may correct: who they are, and how to reach them.

    There is one address of each kind at most; ``address`` says best where they live. A 301 needs ``last_name``,
    ``birth_date``, and an address or a phone number (TR006).
    """

    other_addresses: Annotated[tuple[OtherAddress, ...], Field(max_length=3)] = ()

    @field_validator("other_addresses")
    @classmethod
    def _each_kind_once(cls, given: tuple[OtherAddress, ...], info: ValidationInfo) -> tuple[OtherAddress, ...]:
        main = info.data.get("address")
        if given and main is None:
            raise ValueError("there are other addresses only beside a first")
        kinds = [each.kind for each in given] + ([main.kind or REGISTERED] if main else [])
        if len(set(kinds)) < len(kinds):
            raise ValueError("there is one address of each kind")
        return given

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address, the one that says best where they live first."""
        return (self.address, *self.other_addresses) if self.address is not None else ()


class Person(Details):
    """A client: their details, under the numbers by which they are found again."""

    bsn: Bsn | None = None
    reference: Short | None = None
    remark: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=ONE_LINE)] | None = None

    def changed_to(self, details: Details) -> "Person":
        """The same client, of whom these details are known instead."""
        return self.model_copy(update={name: getattr(details, name) for name in Details.model_fields})

    def completed_by(self, other: "Person", *, every_address: bool = False) -> "Person":
        """This person, with what is unknown here taken from ``other``. What says how to read another part goes with
        that part: a birth date or a partner's name that is known here leaves nothing of the one that was. An address
        takes the place of the one of its kind; with ``every_address`` there are no others than those given here.
        """
        known = {name: value for name, value in self if value is not None and not (name == "gender" and value == "0")}
        if self.address is None:
            known.pop("other_addresses")
        elif not every_address:
            known["address"], known["other_addresses"] = in_order((*other.addresses, *self.addresses))
        if self.birth_date is not None:
            known["unknown_birth_part"] = self.unknown_birth_part
        if self.partner_last_name is not None:
            known |= {"partner_prefix": self.partner_prefix, "name_usage": self.name_usage}
        return other.model_copy(update=known)


def partly_known(year: int | None, month: int | None) -> tuple[date, str]:
    """A birth date of which this is known, with the rest filled in the fixed way (iStandaarden IV009), and which part
    is not known. Raises ``ValueError`` for what no calendar has.

    >>> partly_known(1985, 6)[0].isoformat(), partly_known(1985, None)[0].isoformat(), partly_known(None, None)[0].year
    ('1985-06-01', '1985-01-01', 1900)
    """
    if year is None:
        return NO_BIRTH_DATE, WHOLE_DATE
    return date(year, month or 1, 1), DAY if month else DAY_AND_MONTH


def age_on(birth_date: date, day: date) -> int:
    """How old somebody born on ``birth_date`` is on ``day``.

    >>> age_on(date(2010, 8, 15), date(2026, 8, 14)), age_on(date(2010, 8, 15), date(2026, 8, 15))
    (15, 16)
    """
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _words(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
