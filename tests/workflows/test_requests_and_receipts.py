"""The timers of a request as a whole, of a message that waits for its retour, and of the end of care."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from contracts.events.referral import CareStarted, DeliveryCorrected
from tests.workflows.test_procedure_and_round import ID, started
from workflows.care import workflow as care
from workflows.ends import workflow as ends
from workflows.receipts import workflow as receipts
from workflows.requests import workflow as requests
from workflows.routes import ROUTES

DAY = timedelta(days=1)


def whole_request(environment):
    begun = {"remindAt": 3 * DAY, "decisionDue": 7 * DAY}
    return started(
        environment, requests.RequestDecision.run, requests.Request(ID), "referral", requests.RECEIVED, {}, **begun
    )


async def test_who_is_to_decide_is_reminded_and_then_overdue(time_skipping):
    async with whole_request(time_skipping) as (handle, facts, recorder, began):
        await time_skipping.sleep(4 * DAY)
        assert [step.detail for _, step, _ in recorder.steps] == [{"overdue": "no"}]
        await time_skipping.sleep(4 * DAY)
        assert [step.detail["overdue"] for _, step, _ in recorder.steps] == ["no", "yes"]
        assert recorder.steps[1][2] - began >= 7 * DAY
        await facts.send(requests.ANSWERED, answer="rejected")
        assert await handle.result() == "rejected"


async def test_an_investigation_begins_a_term_of_its_own(time_skipping):
    async with whole_request(time_skipping) as (handle, facts, recorder, began):
        term = {"remindAt": (began + 54 * DAY).isoformat(), "decisionDue": (began + 56 * DAY).isoformat()}
        await facts.send(requests.ANSWERED, answer="under_investigation", **term)
        await time_skipping.sleep(57 * DAY)
        assert [step.key.rsplit("/", 1)[1] for _, step, _ in recorder.steps] == ["2", "2-overdue"]
        assert recorder.steps[0][2] - began >= 54 * DAY
        await facts.send(requests.ANSWERED, answer="granted")
        assert await handle.result() == "granted"
        assert len(recorder.steps) == 2


def receipt(environment):
    return started(
        environment,
        receipts.MessageReceipt.run,
        receipts.Receipt(ID),
        "referral",
        receipts.WRITTEN,
        {},
        receiptDue=3 * DAY,
    )


async def test_a_confirmed_message_is_not_missed(time_skipping):
    async with receipt(time_skipping) as (handle, facts, recorder, _):
        await facts.send(receipts.RECEIVED)
        assert await handle.result() == "confirmed"
        assert recorder.steps == []


async def test_a_message_that_nobody_confirms_is_missed_after_its_term(time_skipping):
    async with receipt(time_skipping) as (handle, _, recorder, began):
        assert await handle.result() == "missed"
        assert recorder.names == ["miss_receipt"]
        assert recorder.steps[0][2] - began >= 3 * DAY


def end_of_care(environment):
    return started(
        environment,
        care.EndOfCare.run,
        care.Care(ID),
        "referral",
        care.STARTED,
        {},
        remindStopAt=30 * DAY,
        stopDue=37 * DAY,
    )


async def test_an_end_that_is_not_told_is_reminded_of_and_followed_up(time_skipping):
    async with end_of_care(time_skipping) as (handle, facts, recorder, began):
        await time_skipping.sleep(38 * DAY)
        assert [(name, step.detail["promise"]) for name, step, _ in recorder.steps] == [
            ("remind", "stop"),
            ("escalate", "stop"),
        ]
        assert recorder.steps[0][2] - began >= 30 * DAY
        assert recorder.steps[1][2] - began >= 37 * DAY
        await facts.send(care.STOPPED, reason="as_planned")
        assert await handle.result() == "ended"


async def test_another_end_has_another_term_and_an_interruption_ends_none(time_skipping):
    async with end_of_care(time_skipping) as (handle, facts, recorder, began):
        later = {"remindStopAt": (began + 60 * DAY).isoformat(), "stopDue": (began + 67 * DAY).isoformat()}
        await facts.send(care.CHANGED, removed=False, **later)
        await facts.send(care.STOPPED, reason="temporary")
        await time_skipping.sleep(50 * DAY)
        assert recorder.steps == []
        await time_skipping.sleep(11 * DAY)
        assert recorder.names == ["remind"]
        await facts.send(care.CHANGED, removed=True)
        assert await handle.result() == "ended"


async def test_imported_care_under_way_has_a_term_for_its_end(time_skipping):
    begun = {"remindStopAt": 3 * DAY, "stopDue": 10 * DAY}
    spell = started(time_skipping, care.EndOfCare.run, care.Care(ID), "referral", care.IMPORTED, {}, **begun)
    async with spell as (handle, facts, recorder, _):
        await time_skipping.sleep(11 * DAY)
        assert recorder.names == ["remind", "escalate"]
        await facts.send(care.STOPPED, reason="as_planned")
        assert await handle.result() == "ended"


async def test_an_end_that_is_taken_back_opens_a_spell_with_its_term(time_skipping):
    begun = {"remindStopAt": 3 * DAY, "stopDue": 10 * DAY}
    opening = {"startedOn": "2026-09-01", "stoppedOn": None, "reason": None, "spell": 2}
    spell = started(time_skipping, care.EndOfCare.run, care.Care(ID), "referral", care.CORRECTED, opening, **begun)
    async with spell as (handle, facts, recorder, began):
        term = {"remindStopAt": (began + 3 * DAY).isoformat(), "stopDue": (began + 10 * DAY).isoformat()}
        await facts.send(care.CORRECTED, **opening, **term)
        await time_skipping.sleep(4 * DAY)
        assert [step.key.rsplit("/", 1)[1] for _, step, _ in recorder.steps] == ["stop-1"], "the same term"
        await facts.send(care.STOPPED, reason="as_planned")
        assert await handle.result() == "ended"


def test_each_spell_of_care_has_a_workflow_of_its_own():
    now = datetime(2026, 9, 2, 9, tzinfo=UTC)
    journey = UUID(ID)
    common = {"referral_id": journey, "municipality": "0252", "provider": "73730001", "client": UUID(int=1)}
    again = {**common, "product_code": "45A04", "stop_due": now, "spell": 2}
    started_anew = CareStarted(**again, started_on=now.date(), reported_at=now, remind_stop_at=now)
    taken_back = DeliveryCorrected(**again, started_on=now.date(), corrected_at=now, remind_stop_at=now)
    corrected = DeliveryCorrected(**again | {"spell": 1}, corrected_at=now)

    def found(event):
        routes = [route for route in ROUTES[type(event)] if route.prefix == "care" and route.only_if(event)]
        return [(route.workflow_id(event), route.opens is not None) for route in routes]

    assert found(started_anew) == found(taken_back) == [(f"care/{ID}/2", True)]
    assert found(corrected) == [(f"care/{ID}", False)]


async def test_later_ends_of_imported_care_are_promised_as_they_come_near(time_skipping):
    plan = started(time_skipping, ends.LaterEnds.run, ends.Ends(ID), "referral", ends.PLANNED, {}, nextAt=200 * DAY)
    async with plan as (handle, facts, recorder, began):
        await time_skipping.sleep(199 * DAY)
        assert recorder.steps == []
        await time_skipping.sleep(2 * DAY)
        assert recorder.names == ["promise_ends"]
        await facts.send(ends.PLANNED, nextAt=(began + 220 * DAY).isoformat())
        await time_skipping.sleep(25 * DAY)
        assert recorder.names == ["promise_ends"] * 2
        assert len({step.key for _, step, _ in recorder.steps}) == 2
        assert recorder.steps[1][2] - began >= 220 * DAY
        await facts.send(ends.PLANNED, nextAt=None)
        assert await handle.result() == "promised"


async def test_an_end_that_came_near_has_a_term(time_skipping):
    begun = {"remindStopAt": 92 * DAY, "stopDue": 99 * DAY}
    spell = started(time_skipping, care.EndOfCare.run, care.Care(ID), "referral", care.PROMISED, {}, **begun)
    async with spell as (handle, facts, recorder, _):
        await time_skipping.sleep(100 * DAY)
        assert recorder.names == ["remind", "escalate"]
        await facts.send(care.STOPPED, reason="as_planned")
        assert await handle.result() == "ended"
