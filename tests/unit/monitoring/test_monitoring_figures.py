from datetime import UTC, datetime, timedelta

import pytest

from contracts.events.monitoring import PeriodKind, Trust, Withheld
from services.monitoring.catalogue import catalogue
from services.monitoring.domain.figures import AreaInput, Provenance, Totals, basis, live, median, release
from services.monitoring.domain.indicators import Indicator
from services.monitoring.domain.labels import Quality, explain, parts_of
from services.monitoring.domain.measures import Measure
from services.monitoring.domain.periods import Month, Period

AT = datetime(2026, 8, 14, 10, 0, tzinfo=UTC)
YEAR = Period(PeriodKind.ROLLING_YEAR, Month(2026, 7))
GOOD = Provenance(events=120, last_event_at=AT - timedelta(days=3), expected=8, reported=8, goals=2)
REGION = "region:rijk-van-nijmegen"


def indicator(number: int) -> Indicator:
    found = catalogue().get(number)
    assert found is not None
    return found


def starts(total: int, within: int) -> Totals:
    return Totals({Measure.STARTS: total, Measure.STARTS_WITHIN_NORM: within}, {10: total})


@pytest.mark.parametrize(
    ("histogram", "expected"),
    [({}, None), ({4: 1}, 4), ({4: 1, 9: 1}, 6.5), ({1: 2, 50: 1}, 1), ({1: 2, 50: 2}, 25.5), ({3: 0}, None)],
)
def test_the_median_of_a_histogram(histogram: dict[int, int], expected: float | None) -> None:
    assert median(histogram) == expected


def test_exact_figures() -> None:
    assert basis(indicator(6), starts(80, 61)).value == 76.2
    assert basis(indicator(5), starts(80, 61)).value == 10
    assert basis(indicator(7), Totals({Measure.WAITING: 12})).value == 12
    scores = Totals({Measure.USEFULNESS_SCORES: 296, Measure.USEFULNESS_ANSWERS: 40, Measure.OUTCOMES_DUE: 50})
    assert basis(indicator(11), scores).value == 7.4
    assert basis(indicator(11), Totals()).value is None
    with pytest.raises(ValueError, match="not computed"):
        basis(indicator(1), Totals())


def test_a_good_figure_is_trusted() -> None:
    figure = live(indicator(6), starts(80, 61), GOOD, AT)
    assert figure.label.trust is Trust.TRUSTED
    assert all(part.kept for part in parts_of(figure.label).values())


@pytest.mark.parametrize(
    ("provenance", "totals", "broken"),
    [
        (Provenance(120, AT, 8, 7, 2), starts(80, 61), Quality.COMPLETE),
        (Provenance(120, AT - timedelta(days=32), 8, 8, 2), starts(80, 61), Quality.CURRENT),
        (Provenance(120, AT, 8, 8, 2), starts(29, 20), Quality.SUBSTANTIATED),
        (Provenance(120, AT, 8, 8, 0), starts(80, 61), Quality.RELEVANT),
    ],
)
def test_each_part_of_the_label_can_break_alone(provenance: Provenance, totals: Totals, broken: Quality) -> None:
    label = live(indicator(6), totals, provenance, AT).label
    assert label.trust is Trust.CAUTION
    assert [name for name, part in parts_of(label).items() if not part.kept] == [broken]


def test_two_broken_parts_or_no_value_are_not_yet_usable() -> None:
    assert live(indicator(6), starts(29, 20), Provenance(9, AT, 8, 7, 2), AT).label.trust is Trust.NOT_YET
    assert live(indicator(6), Totals(), GOOD, AT).label.trust is Trust.NOT_YET


def test_outcomes_need_answers_of_enough_of_those_asked() -> None:
    def outcomes(asked: int) -> Totals:
        return Totals({Measure.WITHOUT_HELP: 20, Measure.WITHOUT_HELP_ANSWERS: 40, Measure.OUTCOMES_DUE: asked})

    enough = live(indicator(12), outcomes(80), GOOD, AT).label.substantiated
    assert (enough.kept, enough.found, enough.needed, enough.unit) == (True, 50, 50, "percent_answered")
    too_few = live(indicator(12), outcomes(100), GOOD, AT).label.substantiated
    assert (too_few.kept, too_few.found) == (False, 40)
    assert "40 %" in explain(Quality.SUBSTANTIATED, too_few).nl


def test_every_part_is_explained_in_both_languages() -> None:
    for provenance in (GOOD, Provenance()):
        for totals in (starts(80, 61), Totals()):
            label = live(indicator(6), totals, provenance, AT).label
            for name, part in parts_of(label).items():
                words = explain(name, part)
                assert words.nl.endswith(".")
                assert words.en.endswith(".")
                assert words.nl != words.en


def given(total: int, within: int) -> AreaInput:
    return AreaInput(starts(total, within), GOOD)


def released(*municipalities: tuple[int, int]):  # type: ignore[no-untyped-def]
    whole = given(sum(total for total, _ in municipalities), sum(within for _, within in municipalities))
    areas = {f"municipality:{place:04d}": given(*counts) for place, counts in enumerate(municipalities)}
    return release(indicator(6), YEAR, (REGION, whole), areas, AT)


def test_percentages_come_from_rounded_counts() -> None:
    figure = released((98, 71), (200, 150), (300, 210))["municipality:0000"]
    assert (figure.numerator, figure.denominator, figure.value) == (70, 100, 70.0)
    assert figure.source_events == 120


def test_a_small_municipality_is_withheld_and_shows_the_region() -> None:
    figures = released((18, 12), (60, 40), (300, 210), (400, 280))
    small = figures["municipality:0000"]
    assert small.withheld is Withheld.TOO_SMALL
    assert (small.value, small.numerator, small.denominator, small.source_events, small.last_event_at) == (
        None, None, None, 0, None
    )  # fmt: skip
    assert (small.wider_area, small.wider_value) == (REGION, figures[REGION].value)
    assert small.label.trust is Trust.NOT_YET
    assert small.label.substantiated.found is None
    assert small.label.current.found is None


def test_when_one_is_withheld_the_next_smallest_is_too() -> None:
    figures = released((18, 12), (60, 40), (300, 210), (400, 280))
    assert figures["municipality:0001"].withheld is Withheld.COMPLEMENTARY
    assert figures["municipality:0002"].withheld is None
    assert figures[REGION].withheld is None


def test_a_share_is_withheld_when_few_are_out_of_it() -> None:
    assert released((98, 95), (200, 150), (300, 210))["municipality:0000"].withheld is Withheld.TOO_SMALL


def test_nothing_at_all_is_no_data() -> None:
    assert {figure.withheld for figure in released((0, 0), (0, 0)).values()} == {Withheld.NO_DATA}


def test_a_region_too_small_shows_nothing() -> None:
    figures = released((9, 5), (12, 8))
    assert {figure.withheld for figure in figures.values()} == {Withheld.TOO_SMALL}
    assert all(figure.wider_area is None for figure in figures.values())


def test_means_and_medians_have_no_numerator() -> None:
    totals = Totals(
        {Measure.USEFULNESS_SCORES: 700, Measure.USEFULNESS_ANSWERS: 98, Measure.OUTCOMES_DUE: 120}, {7: 98}
    )
    figure = release(indicator(11), YEAR, (REGION, AreaInput(totals, GOOD)), {}, AT)[REGION]
    assert (figure.value, figure.numerator, figure.denominator) == (7.1, None, 100)


def test_a_stock_is_rounded_itself() -> None:
    figure = release(indicator(7), YEAR, (REGION, AreaInput(Totals({Measure.WAITING: 13}), GOOD)), {}, AT)[REGION]
    assert (figure.value, figure.numerator, figure.denominator) == (15, 15, None)
