"""Who a client is: asked on every form that needs a person, and shown on their pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import Request

from services.portal.care.addresses import REGISTERED, addresses_of
from services.portal.care.forms import compact, number, require, today
from services.portal.care.words import options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import translate, views
from services.referral.client import ClientView, Individual, partly_known

_FIELDS: Final = {
    "initials": "initials",
    "prefix": "prefix",
    "lastName": "last_name",
    "firstNames": "first_names",
    "partnerPrefix": "partner_prefix",
    "partnerLastName": "partner_last_name",
    "nameUsage": "name_usage",
    "birthDate": "birth_date",
    "gender": "gender",
    "address": "postcode",
    "address/postcode": "postcode",
    "address/houseNumber": "house_number",
    "address/addition": "addition",
    "address/kind": "address_kind",
    "phone": "phone",
    "email": "email",
}
_WORDS: Final = {
    "address/postcode": N_("A postcode is written as 6511 AB."),
    "address/houseNumber": N_("Give only the number; letters go into the addition."),
    "phone": N_("Give the phone number in digits only."),
    "email": N_("Give an e-mail address as name@example.nl."),
    "initials": N_("Give at most six initials, without dots."),
}


def fields_at(place: str) -> dict[str, str]:
    """Where the service finds what is filled in about somebody at ``place`` in a body, and the name of our field."""
    return {f"{place}/{pointer}": name for pointer, name in _FIELDS.items()}


def words_at(place: str) -> dict[str, str]:
    """What is said better here of what is wrong there."""
    return {f"{place}/{pointer}": words for pointer, words in _WORDS.items()}


PERSON_FIELDS: Final = {"/person/bsn": "bsn", **fields_at("/person")}
"""Where the service finds what is filled in about a client, and the name of our field."""
PERSON_WORDS: Final = {
    **words_at("/person"),
    "/person/bsn": N_("This is not a citizen number (BSN). It has nine digits; check them."),
    "/person/birthDate": N_("Give the day, month and year of birth."),
}
_NEEDED: Final = (
    ("bsn", N_("Give the citizen number (BSN). An allocation cannot do without.")),
    ("last_name", N_("Give the surname.")),
)
_OLDEST: Final = 120
"""The most years since a birth (iStandaarden TR002)."""
_OWN = "1"
_DAY_UNKNOWN, _MONTH_UNKNOWN, _UNKNOWN = "1", "2", "3"

_GENDERS: Final = {"2": N_("Female"), "1": N_("Male"), "0": N_("Unknown or not said")}
"""COD046."""
_NAME_USAGES: Final = {
    _OWN: N_("Their own name"),
    "2": N_("The partner's name"),
    "3": N_("The partner's name, then their own"),
    "4": N_("Their own name, then the partner's"),
}
"""How somebody wants to be called (COD700)."""
_ADDRESS_KINDS: Final = {
    REGISTERED: N_("Where the resident is registered"),
    "03": N_("Where the resident stays, but is not registered"),
    "02": N_("A postal address; the resident is registered nowhere else"),
}
"""What kind of address it is (COD757), as far as one address says enough (IV047)."""
_UNUSUAL: Final = {
    "name": ("partner_prefix", "partner_last_name", "name_usage"),
    "birth": ("birth_year", "birth_month", "birth_unknown"),
    "contact": ("address_kind",),
}
"""The fields that few need, by the group that they belong to. They are folded away."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose about a person: (code, words)."""

    genders: list[tuple[str, str]]
    name_usages: list[tuple[str, str]]
    months: list[tuple[str, str]]
    address_kinds: list[tuple[str, str]]
    unusual: Mapping[str, tuple[str, ...]]


def person_choices(request: Request) -> Choices:
    """What the fields about a person offer."""
    formats = views(request).formats_for(request)
    return Choices(
        genders=genders(request),
        name_usages=options(request, _NAME_USAGES),
        months=[(str(month), formats.month_name(month)) for month in range(1, 13)],
        address_kinds=options(request, _ADDRESS_KINDS),
        unusual=_UNUSUAL,
    )


def genders(request: Request) -> list[tuple[str, str]]:
    """Choices for the gender (COD046)."""
    return options(request, _GENDERS)


def person_of(form: Form) -> dict[str, Any]:
    """What was filled in about a person, as the service takes it."""
    address = compact(
        {
            "postcode": form.value("postcode"),
            "houseNumber": number(form.value("house_number")),
            "addition": form.value("addition"),
        }
    )
    if address and form.value("address_kind"):
        address["kind"] = form.value("address_kind")
    return compact(
        {
            "bsn": form.value("bsn").replace(" ", "").replace(".", ""),
            "initials": form.value("initials").replace(".", ""),
            "prefix": form.value("prefix"),
            "lastName": form.value("last_name"),
            "firstNames": form.value("first_names"),
            "partnerPrefix": form.value("partner_prefix"),
            "partnerLastName": form.value("partner_last_name"),
            "nameUsage": form.value("name_usage"),
            **_birth(form),
            "gender": form.value("gender"),
            "address": address,
            "phone": form.value("phone").replace("-", ""),
            "email": form.value("email"),
        }
    )


def filled(person: Individual) -> dict[str, Any]:
    """What is known of somebody, by field; the address is for the page to lay out."""
    born, unknown = person.birth_date, person.unknown_birth_part
    partly = born if unknown in (_DAY_UNKNOWN, _MONTH_UNKNOWN) else None
    return {
        "initials": person.initials,
        "prefix": person.prefix,
        "last_name": person.last_name,
        "first_names": person.first_names,
        "partner_prefix": person.partner_prefix,
        "partner_last_name": person.partner_last_name,
        "name_usage": person.name_usage,
        "birth_date": None if unknown else born,
        "birth_year": partly.year if partly else None,
        "birth_month": partly.month if partly and unknown == _DAY_UNKNOWN else None,
        "birth_unknown": "yes" if unknown == _UNKNOWN else None,
        "gender": None if person.gender == "0" else person.gender,
        "phone": person.phone,
        "email": person.email,
    }


def _birth(form: Form) -> dict[str, str]:
    """The birth date, or what is known of it."""
    year, month = form.value("birth_year"), form.value("birth_month")
    if not year and not form.value("birth_unknown"):
        return {"birthDate": form.value("birth_date")}
    try:
        born, unknown = partly_known(*(None, None) if not year else (int(year), int(month) if month else None))
    except ValueError:
        return {"birthDate": f"{year}-{month}"}  # No part of the calendar: the service says so.
    return {"birthDate": born.isoformat(), "unknownBirthPart": unknown}


def check_person(request: Request, form: Form, *, whole: bool = False) -> None:
    """Put beside its field what does not go together about a person; with ``whole`` also what a 301 needs."""
    if whole:
        require(request, form, _NEEDED)
    _check_birth(request, form, whole)
    partner = form.value("partner_last_name")
    if not partner and form.value("partner_prefix"):
        form.wrong("partner_last_name", translate(request, N_("Give the partner's surname too.")))
    elif not partner and form.value("name_usage") not in ("", _OWN):
        told = N_("Give the partner's surname, or choose their own name.")
        form.wrong("partner_last_name", translate(request, told))
    lived = form.value("postcode") and form.value("house_number")
    if whole and not lived and not form.value("phone"):
        told = N_("Give an address or a phone number, so that the client is found.")
        form.wrong("postcode", translate(request, told))
    elif not lived and form.value("address_kind") not in ("", REGISTERED):
        form.wrong("postcode", translate(request, N_("Give the address of which you say what kind it is.")))


def _check_birth(request: Request, form: Form, needed: bool) -> None:
    whole, year, month = form.value("birth_date"), form.value("birth_year"), form.value("birth_month")
    nothing = form.value("birth_unknown")
    if whole and (year or month or nothing):
        told = N_("Give the whole date of birth, or below only what is known of it. Not both.")
        form.wrong("birth_date", translate(request, told))
    elif nothing and (year or month):
        told = N_("You gave a year or a month too. Empty those, or untick this.")
        form.wrong("birth_unknown", translate(request, told))
    elif month and not year:
        form.wrong("birth_year", translate(request, N_("Give the year of birth too.")))
    elif year and not (year.isascii() and year.isdigit() and len(year) == 4):
        form.wrong("birth_year", translate(request, N_("Write the year of birth in four digits, such as 1985.")))
    elif whole or year:
        _check_age(request, form, "birth_date" if whole else "birth_year")
    elif needed and not nothing:
        told = N_("Give the date of birth, or below what is known of it.")
        form.wrong("birth_date", translate(request, told))


def _check_age(request: Request, form: Form, field: str) -> None:
    try:
        born = date.fromisoformat(_birth(form)["birthDate"])
    except ValueError:
        return  # No day of the calendar: the service says so.
    now = today(request)
    if born > now:
        form.wrong(field, translate(request, N_("This date of birth lies in the future. Check it.")))
    elif (born.year + _OLDEST, born.month, born.day) < (now.year, now.month, now.day):
        told = N_("This date of birth is more than 120 years ago. Check it, or say that it is unknown.")
        form.wrong(field, translate(request, told))


def born(request: Request, person: Individual) -> str | None:
    """The birth date in words, no more certain than it is known: ``1985 (day and month unknown)``."""
    if person.birth_date is None:
        return None
    formats = views(request).formats_for(request)
    if person.unknown_birth_part == _UNKNOWN:
        return translate(request, N_("Unknown"))
    if person.unknown_birth_part == _MONTH_UNKNOWN:
        return translate(request, N_("%(year)s (day and month unknown)"), year=person.birth_date.year)
    if person.unknown_birth_part == _DAY_UNKNOWN:
        return translate(request, N_("%(month)s (day unknown)"), month=formats.month(person.birth_date))
    return formats.day(person.birth_date)


def contact_of(request: Request, client: ClientView) -> list[tuple[str, Any]]:
    """How to know and reach the client, as pairs of words."""
    person = client.person
    found = [
        (N_("Name"), client.display_name),
        (N_("Own surname"), own_surname(person)),
        (N_("Date of birth"), born(request, person)),
    ]
    reach = [(N_("Phone"), person.phone), (N_("E-mail"), person.email)]
    return [
        *((translate(request, name), value) for name, value in found if value),
        *addresses_of(request, person),
        *((translate(request, name), value) for name, value in reach if value),
    ]


def own_surname(person: Individual) -> str | None:
    """The surname that somebody has and does not go by."""
    called_otherwise = person.partner_last_name and person.name_usage not in (None, _OWN)
    return " ".join(filter(None, (person.prefix, person.last_name))) if called_otherwise else None
