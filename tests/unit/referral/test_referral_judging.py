"""Level 2: what a message says by itself, rule by rule."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from services.referral.domain.identity import fictional_bsn
from services.referral.handlers.judging import judge_content
from services.referral.istandaarden import (
    ClientDetails,
    Extent,
    MessageHeader,
    PersonName,
    ReferrerDetails,
    RequestedProduct,
    RequestForAllocation,
    Standard,
    StartedProduct,
    StartOfCare,
    StopOfCare,
    StoppedProduct,
)
from services.referral.istandaarden.codes import Submission

DATED = date(2026, 8, 14)
HEADER = MessageHeader(Standard.IJW, "0252", "73730001", "A1", DATED)
CLIENT = ClientDetails(fictional_bsn(0), PersonName("Wolkenveld"), date(2012, 3, 4))
REQUESTED = RequestedProduct(
    reference="R1",
    starts_on=date(2026, 9, 1),
    ends_on=date(2027, 2, 28),
    referrer=ReferrerDetails(Referrer.NONE),
    category="45",
    code="45A04",
    extent=Extent(3, Unit.HOUR, Frequency.WEEK),
)
STARTED = StartedProduct(date(2026, 8, 3), 1, "45", "45A04")
STOPPED = StoppedProduct(date(2026, 8, 3), date(2026, 8, 10), StopReason.AS_PLANNED, 1, "45", "45A04")


def request(*products: RequestedProduct) -> RequestForAllocation:
    return RequestForAllocation(HEADER, CLIENT, products)


@pytest.mark.parametrize(
    "content",
    [
        request(REQUESTED, replace(REQUESTED, reference="R2")),
        StartOfCare(HEADER, CLIENT, (STARTED, replace(STARTED, allocation_number=2))),
        StopOfCare(HEADER, CLIENT, (STOPPED, replace(STOPPED, submission=Submission.REMOVED, allocation_number=2))),
    ],
)
def test_what_is_right_stays_right(content: Any) -> None:
    verdict = judge_content(content)
    assert verdict.right
    assert verdict.return_codes == ()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (replace(request(REQUESTED), client=replace(CLIENT, birth_date=date(2026, 8, 15))), "TR134"),
        (request(REQUESTED, REQUESTED), "TR383"),
        (request(replace(REQUESTED, ends_on=date(2026, 8, 31))), "CS003"),
        (request(replace(REQUESTED, extent=None)), "CD041"),
        (StartOfCare(HEADER, CLIENT, (STARTED, STARTED)), "TR101"),
        (StartOfCare(HEADER, CLIENT, (replace(STARTED, submission=Submission.CHANGED),)), "CS058"),
        (StartOfCare(HEADER, CLIENT, (replace(STARTED, starts_on=date(2026, 8, 15)),)), "TR134"),
        (StopOfCare(HEADER, CLIENT, (replace(STOPPED, ends_on=date(2026, 8, 2)),)), "TR018"),
    ],
)
def test_what_is_wrong_is_told_with_its_rule(content: Any, rule: str) -> None:
    verdict = judge_content(content)
    assert (verdict.level, verdict.return_codes) == ("2", ("0001",))
    assert rule in {each for finding in verdict.findings for each in finding["rules"]}
    assert all(finding["wrongNl"] and finding["wrongEn"] for finding in verdict.findings)
