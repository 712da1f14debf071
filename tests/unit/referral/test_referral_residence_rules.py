"""The residence principle of the Jeugdwet since 2022."""

import pytest

from services.referral.domain.residence import Ground, Responsible, responsible


@pytest.mark.parametrize(
    ("stays", "registered", "before", "is_in", "expected"),
    [
        (False, "0268", "0252", None, Responsible("0268", Ground.REGISTERED)),
        (True, "0268", "0252", None, Responsible("0252", Ground.REGISTERED_BEFORE_STAY)),
        (True, "0268", None, "0296", Responsible("0296", Ground.REALLY_THERE)),
        (False, None, "0252", "0296", Responsible("0296", Ground.REALLY_THERE)),
        (False, None, None, None, None),
    ],
)
def test_who_is_responsible(
    stays: bool, registered: str | None, before: str | None, is_in: str | None, expected: Responsible | None
) -> None:
    found = responsible(stays=stays, registered_in=registered, registered_before_stay=before, is_in=is_in)
    assert found == expected
