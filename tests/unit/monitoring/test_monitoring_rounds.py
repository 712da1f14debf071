from datetime import UTC, date, datetime

import pytest

from services.monitoring.domain.periods import Month
from services.monitoring.domain.rounds import (
    AgreementSpan,
    RoundTerms,
    due_instants,
    expected_providers,
    is_over,
    may_correct,
)

OPENED = datetime(2026, 8, 14, 8, 0, tzinfo=UTC)  # a Friday


def test_due_instants_are_counted_in_working_days() -> None:
    due = due_instants(OPENED)
    assert due.remind_at == datetime(2026, 8, 21, 7, 0, tzinfo=UTC)
    assert due.closes_at == datetime(2026, 8, 28, 22, 0, tzinfo=UTC)
    assert due.publish_at == datetime(2026, 9, 4, 7, 0, tzinfo=UTC)


def test_terms_can_be_configured_but_keep_their_order() -> None:
    assert due_instants(OPENED, RoundTerms(1, 2, 3)).closes_at == datetime(2026, 8, 18, 22, 0, tzinfo=UTC)
    for wrong in ((0, 1, 2), (3, 2, 4), (1, 2, 2)):
        with pytest.raises(ValueError, match="closes"):
            RoundTerms(*wrong)


def test_a_month_is_over_when_the_next_began_in_the_netherlands() -> None:
    assert not is_over(Month(2026, 7), datetime(2026, 7, 31, 21, 59, tzinfo=UTC))
    assert is_over(Month(2026, 7), datetime(2026, 7, 31, 22, 0, tzinfo=UTC))


def test_providers_with_an_agreement_in_force_are_expected() -> None:
    here = frozenset({"0268", "0296"})
    agreements = [
        AgreementSpan("73730002", here, date(2026, 1, 1), None),
        AgreementSpan("73730001", here, date(2026, 7, 31), date(2026, 12, 31)),
        AgreementSpan("73730001", here, date(2026, 1, 1), date(2026, 7, 30)),
        AgreementSpan("73730003", here, date(2026, 8, 1), None),
        AgreementSpan("73730004", here, date(2025, 1, 1), date(2026, 6, 30)),
        AgreementSpan("73730005", frozenset({"0363"}), date(2026, 1, 1), None),
    ]
    assert expected_providers(agreements, ["0268"], Month(2026, 7)) == ("73730001", "73730002")


def test_corrections_come_at_most_once_a_calendar_month() -> None:
    published = datetime(2026, 8, 31, 21, 0, tzinfo=UTC)
    assert not may_correct(published, datetime(2026, 8, 31, 21, 59, tzinfo=UTC))
    assert may_correct(published, datetime(2026, 8, 31, 22, 0, tzinfo=UTC))
