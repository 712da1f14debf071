"""Whatever the model, a message of ours is valid: 323, and the 325 that answers it."""

import pytest

from services.referral.istandaarden import Standard
from tests.property.istandaarden.written import check_declaration, check_many


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("standard", Standard)
def test_any_declaration_is_written_valid_and_answered_valid(standard: Standard) -> None:
    check_many(check_declaration, standard, "323")
