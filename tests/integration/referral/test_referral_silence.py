"""What was answered while no messages about a client might go: told by 319 when they may again, once, if it stands."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.reasons import Answer, RefusalReason
from services.referral.istandaarden import AnswerToRequest, DesiredProduct, Extent, answer_319, read
from services.referral.istandaarden.rules import check_content
from tests.integration.referral.referral_world import ADMINISTRATOR, PLANNER, WORKER, World
from tests.integration.referral.test_referral_changes import a_317, latest_301, undecided
from tests.integration.referral.test_referral_messages import a_315, header, requested
from tests.integration.referral.test_referral_relations import client_of, messages


async def stop(world: World, about: str) -> None:
    state = await world.post(WORKER, f"/clients/{about}/exchange", {"allowed": False, "judgedBy": "Arts Maanlicht"})
    assert state["changed"]


async def resume(world: World, about: str) -> tuple[int, int]:
    """Let messages go again: how many were written then, and how many could not be."""
    state = await world.post(WORKER, f"/clients/{about}/exchange", {"allowed": True})
    return state["messagesWritten"], state["messagesImpossible"]


async def asked(world: World, ordinal: int = 0) -> tuple[UUID, str]:
    """A request by message, of which the reference has that number, about a client of whom no messages may go."""
    message = a_315(f"A{ordinal}", ordinal, requested(f"R{ordinal}"))
    [referral_id] = (await world.send(ADMINISTRATOR, message))["referralIds"]
    about = await client_of(world, referral_id)
    await stop(world, about)
    return UUID(referral_id), about


async def asked_to_change(world: World) -> tuple[str, str]:
    """The path of a request for change about such a client, and the client."""
    about = await client_of(world, await world.granted())
    longer = DesiredProduct(starts_on=date(2026, 9, 1), allocation_number=1, ends_on=date(2027, 6, 30),
                            extent=Extent(3, Unit.HOUR, Frequency.WEEK))  # fmt: skip
    await world.send(ADMINISTRATOR, a_317("V1", longer))
    await stop(world, about)
    return f"/chain-requests/{(await undecided(world))['requestId']}", about


async def decide(world: World, path: str, decision: str, **rest: Any) -> None:
    await world.post(WORKER, f"{path}/decisions", {"decision": decision, **rest})


async def answers(world: World) -> list[AnswerToRequest]:
    """What 319s say to the provider, latest first; each keeps every rule that a message keeps by itself."""
    found = []
    for each in await messages(world, "JW319"):
        assert each["answerKind"] == "JW320"
        text = (await world.call(ADMINISTRATOR, "GET", f"/messages/{each['messageId']}/content")).content
        assert check_content(read(text)) == []
        found.append(AnswerToRequest.from_message(read(text)))
    return found


async def test_a_refusal_in_silence_is_told_once_when_messages_go_again(world: World) -> None:
    referral_id, about = await asked(world)
    await decide(world, f"/referrals/{referral_id}", "refuse", reason="residence_principle",
                 responsibleMunicipality="0268")  # fmt: skip
    assert await answers(world) == []
    assert await resume(world, about) == (1, 0)
    [told] = await answers(world)
    assert (told.reference, told.answer, told.reason) == ("R0", Answer.REJECTED, RefusalReason.RESIDENCE_PRINCIPLE)
    assert told.responsible_municipality == "0268"
    [message] = await messages(world, "JW319")
    assert message["referralIds"] == [str(referral_id)]
    assert await resume(world, about) == (0, 0)
    await stop(world, about)
    assert await resume(world, about) == (0, 0)
    assert len(await answers(world)) == 1


async def test_an_investigation_in_silence_is_told_and_so_is_what_follows(world: World) -> None:
    path, about = await asked_to_change(world)
    await decide(world, path, "investigate")
    assert await resume(world, about) == (1, 0)
    [told] = await answers(world)
    assert (told.reference, told.answer) == ("V1", Answer.UNDER_INVESTIGATION)
    await stop(world, about)
    await decide(world, path, "refuse", reason="outside_budget")
    assert await resume(world, about) == (1, 0)
    assert [each.answer for each in await answers(world)] == [Answer.REJECTED, Answer.UNDER_INVESTIGATION]


async def test_of_an_investigation_that_is_over_only_the_decision_is_told(world: World) -> None:
    path, about = await asked_to_change(world)
    await decide(world, path, "investigate")
    await decide(world, path, "refuse", reason="outside_budget")
    assert await resume(world, about) == (1, 0)
    [told] = await answers(world)
    assert (told.answer, told.reason) == (Answer.REJECTED, RefusalReason.OUTSIDE_BUDGET)
    assert (await world.get(PLANNER, path))["answers"] == ["under_investigation", "rejected"]


async def test_what_was_granted_in_silence_is_told_by_a_301_and_not_by_a_319(world: World) -> None:
    path, about = await asked_to_change(world)
    await decide(world, path, "investigate")
    await decide(world, path, "grant")
    assert await resume(world, about) == (1, 0)
    [product] = (await latest_301(world)).products
    assert (product.number, product.ends_on, product.reference) == (1, date(2027, 6, 30), "V1")
    assert await answers(world) == []
    await stop(world, about)
    assert await resume(world, about) == (0, 0)


async def test_a_granted_change_has_a_301_of_its_own_beside_what_else_was_decided(world: World) -> None:
    path, about = await asked_to_change(world)
    await decide(world, path, "grant")
    await world.granted(desiredStart="2027-07-01", desiredEnd="2027-08-31")
    before = len(await messages(world))
    assert await resume(world, about) == (2, 0)
    assert len(await messages(world)) == before + 2
    # TR379: beside a product with the reference of a request for change every other has it too.
    told = (await latest_301(world)).products
    assert {(each.number, each.reference) for each in told} == {(1, "V1"), (2, "V1")}


async def test_a_residence_that_is_looked_into_is_told_unless_the_request_was_taken_back(world: World) -> None:
    (kept, about), (gone, other) = await asked(world, 0), await asked(world, 1)
    for each in (kept, gone):
        await world.post(WORKER, f"/referrals/{each}/residence-investigations")
    await world.post(WORKER, f"/referrals/{gone}/withdrawals", {"reason": "mistake"})
    assert [await resume(world, each) for each in (about, other)] == [(1, 0), (0, 0)]
    [told] = await answers(world)
    assert (told.reference, told.answer) == ("R0", Answer.UNDER_INVESTIGATION)


async def test_what_another_system_answered_meanwhile_is_not_answered_again(world: World) -> None:
    referral_id, about = await asked(world)
    await world.post(WORKER, f"/referrals/{referral_id}/investigations")
    assert (await world.send(WORKER, answer_319(header("T1"), "R0", Answer.REJECTED, RefusalReason.STACKING)))[
        "accepted"
    ]
    assert await resume(world, about) == (0, 0)


async def test_a_refusal_at_the_moment_that_messages_go_again_is_told_once(world: World) -> None:
    for ordinal in range(4):
        referral_id, about = await asked(world, ordinal)
        done = await asyncio.gather(
            world.call(WORKER, "POST", f"/clients/{about}/exchange", {"allowed": True}),
            world.call(
                WORKER, "POST", f"/referrals/{referral_id}/decisions", {"decision": "refuse", "reason": "stacking"}
            ),
        )
        assert [each.status_code for each in done] == [201, 201]
        assert [each.reference for each in await answers(world)].count(f"R{ordinal}") == 1


async def test_an_answer_that_no_message_can_carry_is_said(world: World) -> None:
    referral_id, about = await asked(world)
    await decide(world, f"/referrals/{referral_id}", "refuse", reason="residence_principle",
                 responsibleMunicipality="0268")  # fmt: skip
    await world.as_admin("update chain_request set untold = jsonb_set(untold, '{responsible}', '\"Nijmegen\"')")
    assert await resume(world, about) == (0, 1)
    assert await answers(world) == []
