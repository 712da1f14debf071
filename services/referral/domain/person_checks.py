"""What does not go together in what is recorded of somebody, field by field; no value is repeated."""

from datetime import date
from typing import Final

from services.kit.problems import FieldError, Text
from services.referral.domain.person import OWN, WHOLE_DATE, Details, Individual, Person, age_on

_OLDEST: Final = 120
"""The most years between a birth and today (iStandaarden TR002)."""


def at_odds(someone: Individual, today: date, place: str) -> list[FieldError]:
    """A birth that cannot be, and a partner's name that is not there (CS050). ``place`` points at ``someone``."""
    errors: list[FieldError] = []
    born = someone.birth_date
    known = born is not None and someone.unknown_birth_part != WHOLE_DATE
    if born is not None and known and not 0 <= age_on(born, today) <= _OLDEST:
        errors.append(
            FieldError(
                f"{place}/birthDate",
                Text(
                    "Deze geboortedatum kan niet kloppen: zij ligt in de toekomst of te lang geleden.",
                    "This birth date cannot be right: it is in the future or too long ago.",
                ),
                "impossible",
            )
        )
    partner = someone.partner_prefix is not None or (someone.name_usage or OWN) != OWN
    if partner and someone.partner_last_name is None:
        errors.append(
            FieldError(
                f"{place}/partnerLastName",
                Text(
                    "Vul de achternaam van de partner in, of kies voor de eigen naam.",
                    "Give the partner's surname, or choose their own name.",
                ),
                "missing",
            )
        )
    return errors


def emptied(before: Person, after: Details, place: str) -> list[FieldError]:
    """What an allocation (301) needs, is known and would be known no more."""
    asked = (
        ("lastName", before.last_name, after.last_name, "Vul de achternaam in.", "Give the surname."),
        ("birthDate", before.birth_date, after.birth_date, "Vul de geboortedatum in.", "Give the date of birth."),
        (
            "address",
            before.address or before.phone,
            after.address or after.phone,
            "Vul een adres of een telefoonnummer in. Een toewijzing kan niet zonder.",
            "Give an address or a phone number. An allocation cannot do without.",
        ),
    )
    return [
        FieldError(f"{place}/{field}", Text(nl, en), "missing")
        for field, was, stays, nl, en in asked
        if was is not None and stays is None
    ]
