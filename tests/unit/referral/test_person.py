"""What is unknown of a birth date is filled in as the standard wants it, and never shown or counted as certain."""

from datetime import date

import pytest

from services.referral.domain.identity import fictional_bsn
from services.referral.domain.person import Address, OtherAddress, Person, in_order, partly_known
from services.referral.handlers.outgoing import client_details
from services.referral.istandaarden.codes import BirthDateUse, NameUsage


@pytest.mark.parametrize(
    ("unknown", "kept", "latest", "told"),
    [
        (None, date(2024, 2, 17), date(2024, 2, 17), None),
        ("1", date(2024, 2, 1), date(2024, 2, 29), BirthDateUse.DAY_UNKNOWN),
        ("2", date(2024, 1, 1), date(2024, 12, 31), BirthDateUse.DAY_AND_MONTH_UNKNOWN),
        ("3", date(1900, 1, 1), None, BirthDateUse.UNKNOWN),
    ],
)
def test_an_unknown_part_is_filled_in_the_fixed_way(
    unknown: str | None, kept: date, latest: date | None, told: BirthDateUse | None
) -> None:
    # IV009, CS139: a part that is not known holds no value of its own, whoever gave one.
    person = Person(
        bsn=fictional_bsn(1), last_name="Wolkenveld", birth_date=date(2024, 2, 17), unknown_birth_part=unknown
    )
    assert (person.birth_date, person.born_at_the_latest) == (kept, latest)
    details = client_details(person)
    assert (details.birth_date, details.birth_date_use) == (kept, told)


def test_a_birth_date_of_which_nothing_is_known_needs_none() -> None:
    assert Person(unknown_birth_part="3").birth_date == date(1900, 1, 1)
    assert Person(unknown_birth_part="2").birth_date is None
    assert Person().born_at_the_latest is None


def test_a_known_birth_date_takes_the_place_of_a_partly_known_one() -> None:
    before = Person.model_validate({"birthDate": "1985-06-01", "unknownBirthPart": "1"})
    whole = Person.model_validate({"birthDate": "1985-06-17"}).completed_by(before)
    assert (whole.birth_date, whole.unknown_birth_part) == (date(1985, 6, 17), None)
    assert Person().completed_by(before) == before


def test_without_a_partner_somebody_is_called_by_their_own_name() -> None:
    person = Person(bsn=fictional_bsn(1), last_name="Wolkenveld", birth_date=date(1985, 1, 1), name_usage="3")
    assert client_details(person).name.usage is None
    married = person.model_copy(update={"partner_last_name": "Maanlicht", "partner_prefix": "de"})
    assert client_details(married).name.usage is NameUsage.PARTNER_OWN
    assert married.display_name == "de Maanlicht-Wolkenveld"


def test_who_goes_by_their_own_name_again_keeps_the_name_of_the_partner() -> None:
    married = Person(last_name="Wolkenveld", partner_last_name="Maanlicht", name_usage="2")
    again = Person(name_usage="1").completed_by(married)
    assert (again.partner_last_name, again.display_name) == ("Maanlicht", "Wolkenveld")


def _place(kind: str | None, number: int = 1) -> Address:
    return Address(house_number=number, postcode="6511AB", kind=kind)


def _other(kind: str, number: int = 1, **period: date) -> OtherAddress:
    return OtherAddress(house_number=number, postcode="6511AB", kind=kind, **period)


def test_of_a_birth_date_no_more_is_filled_in_than_is_unknown() -> None:
    assert partly_known(1985, 6) == (date(1985, 6, 1), "1")
    assert partly_known(1985, None) == (date(1985, 1, 1), "2")
    assert partly_known(None, None) == (date(1900, 1, 1), "3")
    with pytest.raises(ValueError, match="month"):
        partly_known(1985, 13)


def test_the_address_that_says_best_where_somebody_lives_comes_first() -> None:
    assert in_order([]) == (None, ())
    main, others = in_order([_other("02"), _other("04"), _place(None, 5), _other("03")])
    assert (main, [each.kind for each in others]) == (_place(None, 5), ["03", "02", "04"])
    # Who stays somewhere for a while and has nothing else, stays there: that kind may be sent by itself (TR061).
    assert in_order([_other("04", 7, valid_until=date(2026, 9, 1))]) == (_place("03", 7), ())
    # Of one kind the latest counts.
    assert in_order([_place("01", 1), _place(None, 2)]) == (_place(None, 2), ())


def test_an_address_takes_the_place_of_the_one_of_its_kind() -> None:
    before = Person(address=_place("01", 1), other_addresses=(_other("02", 2),))
    assert Person(phone="0612345678").completed_by(before).addresses == before.addresses
    moved = Person(address=_place("01", 9)).completed_by(before)
    assert (moved.address, moved.other_addresses) == (_place("01", 9), (_other("02", 2),))
    post = Person(address=_place("02", 9)).completed_by(before)
    assert (post.address, post.other_addresses) == (_place("01", 1), (_other("02", 9),))
    whole = Person(address=_place("03", 9)).completed_by(before, every_address=True)
    assert whole.addresses == (_place("03", 9),)


def test_a_temporary_stay_alone_is_over_some_day() -> None:
    stay = _other("04", valid_until=date(2026, 9, 1))
    assert [stay.holds_on_or_after(date(2026, 9, day)) for day in (1, 2)] == [True, False]
    assert _place("01").holds_on_or_after(date.max)
    with pytest.raises(ValueError, match="only a temporary stay"):
        _other("03", valid_from=date(2026, 9, 1))
    with pytest.raises(ValueError, match="after it begins"):
        _other("04", valid_from=date(2026, 9, 1), valid_until=date(2026, 8, 31))
