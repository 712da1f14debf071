"""Where a client lives, stays and gets post: one address of each kind, on the form and in words (COD757, IV047)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from fastapi import Request

from services.portal.care.forms import compact, number, today
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import translate, views
from services.referral.client import Address, Details, OtherAddress

REGISTERED: Final = "01"
_STAY, _TEMPORARY, _POSTAL = "03", "04", "02"
KINDS: Final[Mapping[str, str]] = {
    REGISTERED: N_("Where the resident is registered"),
    _STAY: N_("Where the resident stays, but is not registered"),
    _TEMPORARY: N_("Where the resident stays for a while"),
    _POSTAL: N_("Postal address"),
}
"""Every kind, in the order of the form."""
_LABELS: Final[Mapping[str, str]] = {
    REGISTERED: N_("Address"),
    _STAY: N_("Address of the stay"),
    _TEMPORARY: N_("Temporary stay"),
    _POSTAL: N_("Postal address"),
}
_FIRST: Final = (REGISTERED, _STAY, _POSTAL)
"""Which address is sent first; a temporary stay never is by itself (TR061)."""
_PARTS: Final = {
    "street": "street",
    "houseNumber": "house_number",
    "houseLetter": "house_letter",
    "addition": "addition",
    "postcode": "postcode",
    "town": "town",
    "validFrom": "from",
    "validUntil": "until",
}
"""Where the service keeps what stands in a field of ours, before the kind."""
_WORDS: Final = {
    "postcode": N_("A postcode is written as 6511 AB."),
    "houseNumber": N_("Give only the number; a letter and an addition have fields of their own."),
    "houseLetter": N_("Give one letter."),
    "addition": N_("Give at most four letters or digits."),
}


def kinds(request: Request) -> list[tuple[str, str]]:
    """What kinds of address the form asks for: (code, words)."""
    return [(kind, translate(request, words)) for kind, words in KINDS.items()]


def filled_addresses(person: Details) -> dict[str, Any]:
    """What is known of every address, by field."""
    values: dict[str, Any] = {}
    for each in person.addresses:
        known = each.model_dump(mode="json", by_alias=True)
        kind = each.kind or REGISTERED
        values |= {f"{name}_{kind}": known.get(part) for part, name in _PARTS.items()}
    return values


def addresses_in(form: Form) -> dict[str, Any]:
    """What was filled in, as the service takes it: the first address and the others."""
    found = {kind: _one(form, kind) for kind in (*_FIRST, _TEMPORARY)}
    given = [{**address, "kind": kind} for kind, address in found.items() if address]
    return {"address": given[0], "otherAddresses": given[1:]} if given else {}


def pointers(form: Form) -> tuple[dict[str, str], dict[str, str]]:
    """Where the service finds each address that was filled in, with the name of our field; and better words."""
    places = [kind for kind in (*_FIRST, _TEMPORARY) if _one(form, kind)]
    fields: dict[str, str] = {
        "/person/address": f"postcode_{REGISTERED}",
        "/person/otherAddresses": f"from_{_TEMPORARY}",
    }
    words: dict[str, str] = {}
    for place, kind in enumerate(places):
        at = "/person/address" if place == 0 else f"/person/otherAddresses/{place - 1}"
        fields[at] = f"postcode_{kind}"
        fields |= {f"{at}/{part}": f"{name}_{kind}" for part, name in _PARTS.items()}
        words |= {f"{at}/{part}": said for part, said in _WORDS.items()}
    return fields, words


def check_addresses(request: Request, form: Form) -> None:
    """Put beside its field what does not go together about addresses."""
    present = [kind for kind in KINDS if _one(form, kind)]
    for kind in present:
        form.require([f"postcode_{kind}"], translate(request, N_("Give the postcode of this address too.")))
        form.require([f"house_number_{kind}"], translate(request, N_("Give the house number of this address too.")))
    first, last = form.value(f"from_{_TEMPORARY}"), form.value(f"until_{_TEMPORARY}")
    if first and last and last < first:
        told = N_("The last day lies before the first. Check both.")
        form.wrong(f"until_{_TEMPORARY}", translate(request, told))
    if present == [_TEMPORARY]:
        told = N_("Somebody who stays somewhere for a while lives somewhere else, or gets post there. Give that too.")
        form.wrong(f"postcode_{REGISTERED}", translate(request, told))


def _one(form: Form, kind: str) -> dict[str, Any]:
    values: dict[str, Any] = {part: form.value(f"{name}_{kind}") for part, name in _PARTS.items()}
    return compact({**values, "houseNumber": number(values["houseNumber"])})


def addresses_of(request: Request, person: Details) -> Iterator[tuple[str, str]]:
    """Every address that is not over, in words, with what kind it is."""
    for each in person.addresses:
        if each.holds_on_or_after(today(request)):
            yield translate(request, _LABELS[each.kind or REGISTERED]), _written(request, each)


def _written(request: Request, address: Address) -> str:
    return " ".join(filter(None, (", ".join(address.lines), _period(request, address))))


def _period(request: Request, address: Address) -> str | None:
    if not isinstance(address, OtherAddress):
        return None
    first, last = address.valid_from, address.valid_until
    if first and last:
        told, days = N_("(%(first)s to %(last)s)"), (first, last)
    elif first:
        told, days = N_("(from %(first)s)"), (first, first)
    elif last:
        told, days = N_("(until %(last)s)"), (last, last)
    else:
        return None
    return translate(request, told, first=_day(request, days[0]), last=_day(request, days[1]))


def _day(request: Request, day: date) -> str:
    return views(request).formats_for(request).day_short(day)
