"""The timers of a request that is decided on as a whole, and of a message that waits for its retour."""

from datetime import timedelta

from tests.workflows.test_procedure_and_round import ID, started
from workflows.receipts import workflow as receipts
from workflows.requests import workflow as requests

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
