"""What somebody means who types a number to look for a client."""

import pytest

from services.referral.domain.identity import fictional_bsn
from services.referral.domain.searching import sought

BSN = fictional_bsn(5)
DIGITS = BSN.digits


@pytest.mark.parametrize(
    "typed",
    [
        DIGITS,
        f" {DIGITS} ",
        f"{DIGITS[:4]} {DIGITS[4:6]} {DIGITS[6:]}",
        f"{DIGITS[:4]}.{DIGITS[4:6]}.{DIGITS[6:]}",
        f"{DIGITS[:3]}\N{NO-BREAK SPACE}{DIGITS[3:]}",
    ],
)
def test_a_citizen_number_is_known_however_it_is_written(typed: str) -> None:
    meant = sought(typed)
    assert (meant.bsn, meant.reference, meant.mistyped) == (BSN, typed.strip(), False)


@pytest.mark.parametrize("typed", ["WMO-2026.0012", "12345678", "1234567890", "A00000001", "٩٩٩٩٠٠٠٠٦"])
def test_anything_else_is_a_reference(typed: str) -> None:
    meant = sought(typed)
    assert (meant.bsn, meant.reference, meant.mistyped) == (None, typed, False)


@pytest.mark.parametrize("typed", ["999900007", "9999.00.007", "000000000"])
def test_nine_digits_that_fail_the_test_may_be_a_reference_or_a_mistake(typed: str) -> None:
    meant = sought(typed)
    assert (meant.bsn, meant.reference, meant.mistyped) == (None, typed, True)


def test_a_stray_log_line_shows_nothing() -> None:
    assert DIGITS not in repr(sought(DIGITS))
    assert "WMO" not in repr(sought("WMO-1"))
