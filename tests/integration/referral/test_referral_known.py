"""What a message is judged against comes out of the database: earlier messages, journeys, and who is known."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.events.referral import StopReason
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.reasons import ChangeRequestReason
from services.referral.istandaarden import (
    DesiredProduct,
    Retour,
    read,
    request_for_change_317,
)
from services.referral.istandaarden.codes import Submission
from services.referral.istandaarden.rules import check_content
from tests.integration.referral.referral_world import ADMINISTRATOR, WORKER, World
from tests.integration.referral.test_referral_messages import a_305, a_307, a_315, answer, header, requested

LATE_SEPTEMBER = datetime(2026, 10, 2, 9, tzinfo=UTC)


def a_317(identification: str = "W1", ordinal: int = 0, reference: str = "V1") -> bytes:
    wish = DesiredProduct(starts_on=date(2026, 9, 1), category="54", budget_cents=100_000, ends_on=date(2026, 12, 31))
    reason = ChangeRequestReason.CARE_PLAN
    return request_for_change_317(
        header(identification), fictional_bsn(ordinal), reference, reason, unchanged=[1], new=[wish]
    )


async def test_a_317_that_is_right_awaits_a_decision(world: World) -> None:
    await world.granted()
    received = await world.send(ADMINISTRATOR, a_317())
    assert (received["kind"], received["accepted"], received["answerKind"]) == ("JW317", True, "JW318")


async def test_a_317_names_every_allocation_that_runs(world: World) -> None:
    await world.granted()
    await world.send(ADMINISTRATOR, a_315("A1"))
    wish = DesiredProduct(starts_on=date(2026, 9, 1), category="54", budget_cents=100_000, ends_on=date(2026, 12, 31))
    lacking = request_for_change_317(
        header("W1"), fictional_bsn(0), "V1", ChangeRequestReason.CARE_PLAN, unchanged=[99], new=[wish]
    )
    assert (await world.send(ADMINISTRATOR, lacking))["returnCodes"] == ["9349", "9350", "9374"]


async def test_a_317_for_somebody_unknown_is_refused(world: World) -> None:
    received = await world.send(ADMINISTRATOR, a_317())
    assert (received["accepted"], received["level"], received["answerKind"]) == (False, "3", "JW318")
    assert Retour.from_message(await answer(world, received)).codes == {"Bericht/Client": ("8187",)}
    assert received["findings"][0]["rules"] == ["TR304"]


async def test_a_317_waits_for_the_decision_on_a_315_and_has_its_own_reference(world: World) -> None:
    await world.send(ADMINISTRATOR, a_315())
    received = await world.send(ADMINISTRATOR, a_317(reference="R1"))
    assert received["returnCodes"] == ["9347", "9350", "9374"]


@pytest.mark.parametrize("second", [a_317("W1", reference="V2"), a_305(1, identification="W1")], ids=["same", "other"])
async def test_an_identification_is_used_once_per_kind(world: World, second: bytes) -> None:
    await world.granted()
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    assert (await world.send(ADMINISTRATOR, a_317("W1")))["accepted"]
    received = await world.send(ADMINISTRATOR, second)
    assert received["returnCodes"] == (["9056"] if received["kind"] == "JW317" else [])


async def test_a_removal_under_a_used_identification_is_refused(world: World) -> None:
    await world.granted()
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    await world.send(ADMINISTRATOR, a_305(1))
    removal = await world.send(ADMINISTRATOR, a_305(1, submission=Submission.REMOVED))
    assert (removal["accepted"], removal["returnCodes"]) == (False, ["9056"])


async def test_a_report_may_leave_the_product_to_the_allocation(world: World) -> None:
    await world.granted()
    await world.move_clock_to(LATE_SEPTEMBER)
    without: dict[str, Any] = {"category": None, "code": None}
    assert (await world.send(ADMINISTRATOR, a_305(1, **without)))["accepted"]
    stop = a_307(1, date(2026, 9, 20), StopReason.AS_PLANNED, identification="T1", **without)
    assert (await world.send(ADMINISTRATOR, stop))["accepted"]


async def test_the_same_start_after_its_stop_is_no_new_start(world: World) -> None:
    await world.granted()
    await world.move_clock_to(LATE_SEPTEMBER)
    await world.send(ADMINISTRATOR, a_305(1))
    await world.send(ADMINISTRATOR, a_307(1, date(2026, 9, 1), StopReason.AS_PLANNED, identification="T1"))
    again = await world.send(ADMINISTRATOR, a_305(1, identification="S2"))
    assert again["returnCodes"] == ["9074"]
    early = await world.send(ADMINISTRATOR, a_307(1, date(2026, 9, 1), StopReason.AS_PLANNED, identification="T2"))
    assert early["returnCodes"] == ["9074"]
    assert (await world.send(ADMINISTRATOR, a_305(1, identification="S3", starts_on=date(2026, 9, 2))))["accepted"]


async def test_a_request_without_a_product_is_decided_on_as_such(world: World) -> None:
    generic = requested(category=None, code=None, extent=None, budget_cents=100_000)
    received = await world.send(ADMINISTRATOR, a_315("A1", 0, generic))
    assert (received["accepted"], received["referralIds"]) == (True, [])
    [(kind, event)] = [each for each in await world.events() if each[0] == "requests.received"]
    assert (kind, event["change"]) == ("requests.received", False)


async def test_what_the_municipality_writes_keeps_the_rules_too(world: World) -> None:
    await world.granted()
    [referral_id] = (await world.send(ADMINISTRATOR, a_315("A1", 1)))["referralIds"]
    await world.post(WORKER, f"/referrals/{referral_id}/decisions", {"decision": "refuse", "reason": "stacking"})
    written = (await world.get(WORKER, "/messages", direction="written"))["items"]
    assert sorted(each["kind"] for each in written) == ["JW301", "JW302", "JW316", "JW319", "JW320"]
    for each in written:
        if each["kind"] in ("JW301", "JW319"):
            text = await world.call(WORKER, "GET", f"/messages/{each['messageId']}/content")
            assert [violation.rule.code for violation in check_content(read(text.content))] == []
