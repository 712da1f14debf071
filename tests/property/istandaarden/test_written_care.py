"""Whatever the model, a message of ours is valid: 305, 307 and their retours."""

import pytest

from services.referral.istandaarden import Standard
from tests.property.istandaarden.written import check_many, check_model


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("standard", Standard)
@pytest.mark.parametrize("number", ["305", "307"])
def test_any_model_is_written_valid_and_answered_valid(standard: Standard, number: str) -> None:
    check_many(check_model, standard, number)
