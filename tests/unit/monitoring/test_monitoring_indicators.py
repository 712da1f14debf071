import pytest

from services.monitoring.catalogue import catalogue
from services.monitoring.domain.indicators import Audience, Catalogue, Frequency


def test_the_catalogue_has_the_first_set_of_indicators() -> None:
    assert [indicator.number for indicator in catalogue().all] == list(range(1, 32))


def test_what_is_computed_and_what_is_public() -> None:
    assert [indicator.number for indicator in catalogue().computed] == [5, 6, 7, 8, 9, 11, 12, 22, 23, 25, 27, 28]
    assert [indicator.number for indicator in catalogue().published] == [5, 6, 8, 9, 11, 12]


def test_only_what_is_for_the_council_is_public() -> None:
    assert all(Audience.COUNCIL in indicator.audiences for indicator in catalogue().published)


def test_an_indicator_without_figures_says_why() -> None:
    for indicator in catalogue().all:
        assert (indicator.computation is None) == (indicator.unavailable is not None)


def test_frequencies_bound_the_age_of_a_figure() -> None:
    assert [frequency.days for frequency in Frequency] == [31, 92, 184, 366]


def _row(**changes: object) -> dict[str, object]:
    words = {"nl": "a", "en": "b"}
    row: dict[str, object] = {
        "number": 99, "code": "x", "name": words, "definition": words, "numerator": words, "denominator": words,
        "unit": "percent", "good": "up", "frequency": "month", "source": "305", "audiences": ["council"],
        "computation": {"kind": "share", "numerator": "ended", "denominator": "starts", "streams": ["starts"],
                        "expected": ["starts"], "reported": ["starts"], "minimum": 30},
    }  # fmt: skip
    return row | changes


def test_a_new_indicator_is_a_row_of_data() -> None:
    assert Catalogue([_row()]).get(99) is not None


@pytest.mark.parametrize(
    "row",
    [
        _row(surplus=1),
        _row(unavailable={"nl": "a", "en": "b"}),
        _row(computation=None),
        _row(computation={"kind": "share", "numerator": "ended", "streams": [], "expected": [], "reported": [],
                          "minimum": 1}),
        _row(computation={"kind": "stock", "numerator": "ended", "streams": [], "expected": [], "reported": [],
                          "minimum": 1}),
        _row(computation={"kind": "mean", "numerator": "ended", "denominator": "starts", "asked": "ended",
                          "streams": [], "expected": [], "reported": [], "minimum": 1}),
        _row(computation={"kind": "share", "numerator": "delivered_minutes", "denominator": "allocated_minutes",
                          "cases": "granted_lines", "streams": [], "expected": [], "reported": [], "minimum": 1}),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="error"):
        Catalogue([row])


def test_a_number_is_used_once() -> None:
    with pytest.raises(ValueError, match="same number"):
        Catalogue([_row(), _row(code="y")])
