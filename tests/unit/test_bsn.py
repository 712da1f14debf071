"""A BSN passes the 11-test, never shows itself, and comes from the fictional range in tests."""

import pickle

import pytest
from pydantic import BaseModel, ValidationError

from services.referral.domain.identity import Bsn, fictional_bsn, fictional_numbers, passes_eleven_test


class _Person(BaseModel, hide_input_in_errors=True):
    bsn: Bsn


@pytest.mark.parametrize("digits", ["999900006", "999999990", "111222333"])
def test_valid_numbers(digits: str) -> None:
    assert passes_eleven_test(digits) == (Bsn(digits).digits == digits)


@pytest.mark.parametrize("digits", ["", "99990000", "9999000060", "999900007", "000000000", "99990000a", "٩٩٩٩٠٠٠٠٦"])
def test_invalid_numbers_are_refused_without_being_repeated(digits: str) -> None:
    with pytest.raises(ValueError, match="11-test") as error:
        Bsn(digits)
    assert not digits or digits not in str(error.value)


def test_never_shown() -> None:
    bsn = Bsn("999900006")
    assert "9999" not in f"{bsn} {bsn!r} {[bsn]}"
    with pytest.raises(AttributeError):
        bsn._digits = "999999990"


def test_equality_and_copies() -> None:
    bsn = Bsn("999900006")
    assert pickle.loads(pickle.dumps(bsn)) == bsn
    assert len({bsn, Bsn("999900006"), Bsn("999999990")}) == 2


def test_field_of_a_model() -> None:
    person = _Person.model_validate_json('{"bsn": "999900006"}')
    assert person.bsn == Bsn("999900006")
    assert person.model_dump_json() == '{"bsn":"999900006"}'
    with pytest.raises(ValidationError) as error:
        _Person(bsn="999900007")
    assert "999900007" not in str(error.value)


def test_fictional_range() -> None:
    numbers = fictional_numbers()
    assert len(set(numbers)) == 9091
    assert all(map(passes_eleven_test, numbers))
    assert (numbers[0], numbers[-1]) == ("999900006", "999999990")
    assert fictional_bsn(0).is_fictional
    assert not Bsn("111222333").is_fictional
    assert fictional_bsn(9091) == fictional_bsn(0)
