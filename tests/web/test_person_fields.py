"""The fields about a person, as one form after another asks for them: what they give, and what does not go together."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from services.portal.care.persons import born, check_person, contact_of, person_of
from services.portal.forms import Form
from services.referral.client import ClientView, Person

WHOLE = {"bsn": "999900006", "last_name": "Sterrenwoud", "phone": "0612345678"}


@pytest.fixture
def request_now(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Request:
    monkeypatch.setattr(app.state, "now", lambda: datetime(2026, 8, 14, 10, tzinfo=UTC), raising=False)
    return Request({"type": "http", "app": app, "headers": [], "session": {}})


def _errors(request: Request, values: dict[str, str], *, whole: bool = True) -> dict[str, str]:
    form = Form.of(values)
    check_person(request, form, whole=whole)
    return form.errors


@pytest.mark.parametrize(
    ("filled", "given"),
    [
        ({"birth_date": "1985-06-17"}, {"birthDate": "1985-06-17"}),
        ({"birth_year": "1985"}, {"birthDate": "1985-01-01", "unknownBirthPart": "2"}),
        ({"birth_year": "1985", "birth_month": "6"}, {"birthDate": "1985-06-01", "unknownBirthPart": "1"}),
        ({"birth_unknown": "yes"}, {"birthDate": "1900-01-01", "unknownBirthPart": "3"}),
    ],
)
def test_what_is_known_of_a_birth_date_is_given(
    request_now: Request, filled: dict[str, str], given: dict[str, str]
) -> None:
    assert _errors(request_now, {**WHOLE, **filled}) == {}
    body = person_of(Form.of(filled))
    assert body == given
    assert Person.model_validate(body).birth_date == date.fromisoformat(given["birthDate"])


@pytest.mark.parametrize(
    ("filled", "field", "said"),
    [
        ({}, "birth_date", "Vul de geboortedatum in, of hieronder wat u ervan weet."),
        ({"birth_date": "1985-06-17", "birth_year": "1985"}, "birth_date", "Niet allebei."),
        ({"birth_year": "1985", "birth_unknown": "yes"}, "birth_unknown", "haal dit vinkje weg"),
        ({"birth_month": "6"}, "birth_year", "Vul ook het geboortejaar in."),
        ({"birth_year": "85"}, "birth_year", "met vier cijfers, zoals 1985"),
        ({"birth_year": "1985", "birth_month": "6", "birth_date": "1985-06-17"}, "birth_date", "Niet allebei."),
        ({"birth_year": "2027"}, "birth_year", "in de toekomst"),
        ({"birth_year": "2026", "birth_month": "9"}, "birth_year", "in de toekomst"),
        ({"birth_date": "2026-08-15"}, "birth_date", "in de toekomst"),
        ({"birth_year": "1906"}, "birth_year", "meer dan 120 jaar geleden"),
        ({"birth_date": "1906-08-13"}, "birth_date", "meer dan 120 jaar geleden"),
    ],
)
def test_what_cannot_be_a_birth_date_is_told_at_its_field(
    request_now: Request, filled: dict[str, str], field: str, said: str
) -> None:
    errors = _errors(request_now, {**WHOLE, **filled})
    assert list(errors) == [field]
    assert said in errors[field]


@pytest.mark.parametrize(
    ("filled", "field", "said"),
    [
        ({"partner_prefix": "de"}, "partner_last_name", "Vul ook de achternaam van de partner in."),
        ({"name_usage": "2"}, "partner_last_name", "of kies voor de eigen naam"),
        ({"address_kind": "03"}, "postcode", "Vul het adres in waarvan u zegt"),
        ({"phone": ""}, "postcode", "Vul een adres of telefoonnummer in"),
    ],
)
def test_what_does_not_go_together_is_told_at_its_field(
    request_now: Request, filled: dict[str, str], field: str, said: str
) -> None:
    errors = _errors(request_now, {**WHOLE, "birth_date": "1985-06-17", **filled})
    assert list(errors) == [field]
    assert said in errors[field]


def test_a_dossier_that_is_completed_need_not_say_everything(request_now: Request) -> None:
    assert _errors(request_now, {}, whole=False) == {}
    assert _errors(request_now, {"name_usage": "1", "address_kind": "01"}, whole=False) == {}
    assert set(_errors(request_now, {"birth_month": "3", "partner_prefix": "de"}, whole=False)) == {
        "birth_year",
        "partner_last_name",
    }


def test_a_partner_and_the_kind_of_an_address_are_given() -> None:
    filled = {"partner_prefix": "de", "partner_last_name": "Maanlicht", "name_usage": "3", "address_kind": "02"}
    given: dict[str, Any] = {"partnerPrefix": "de", "partnerLastName": "Maanlicht", "nameUsage": "3"}
    assert person_of(Form.of(filled)) == given, "without an address there is no kind of it"
    lived = {"postcode": "6511AB", "house_number": "5"}
    assert person_of(Form.of({**filled, **lived}))["address"] == {
        "postcode": "6511AB",
        "houseNumber": 5,
        "kind": "02",
    }


@pytest.mark.parametrize(
    ("unknown", "dutch", "english"),
    [
        (None, "17 juni 1985", "17 June 1985"),
        ("1", "juni 1985 (dag onbekend)", "June 1985 (day unknown)"),
        ("2", "1985 (dag en maand onbekend)", "1985 (day and month unknown)"),
        ("3", "Onbekend", "Unknown"),
    ],
)
def test_a_birth_date_is_shown_no_more_certain_than_it_is(
    request_now: Request, unknown: str | None, dutch: str, english: str
) -> None:
    person = Person(birth_date=date(1985, 6, 17), unknown_birth_part=unknown)
    assert born(request_now, person) == dutch
    request_now.scope["session"]["language"] = "en"
    assert born(request_now, person) == english
    assert born(request_now, Person()) is None


def test_who_goes_by_another_name_is_shown_with_their_own(request_now: Request) -> None:
    person = Person.model_validate(
        {
            "lastName": "Wolkenveld",
            "prefix": "van",
            "partnerLastName": "Maanlicht",
            "nameUsage": "2",
            "birthDate": "1985-01-01",
            "unknownBirthPart": "2",
            "address": {"postcode": "6511AB", "houseNumber": 5, "kind": "03"},
        }
    )
    assert contact_of(request_now, ClientView.of(UUID(int=1), person, None)) == [
        ("Naam", "Maanlicht"),
        ("Eigen achternaam", "van Wolkenveld"),
        ("Geboortedatum", "1985 (dag en maand onbekend)"),
        ("Verblijfadres", "5, 6511AB"),
    ]
