"""Who points the way, what goes with each, and what the municipality then may and may not do."""

from uuid import UUID

import pytest

from tests.integration.referral.referral_world import PEOPLE, PLANNER, WORKER, World, request_body

NAME = "Huisartsenpraktijk De Wolkenkijker"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"referrer": "general_practitioner"}, "missing"),
        ({"referrer": "youth_doctor"}, "missing"),
        ({"referrer": "specialist", "referrerName": NAME, "referrerCode": "01010101"}, "name-beside-code"),
        ({"referrer": "court", "referrerCode": "01010101"}, "no-code-here"),
        ({"referrer": "none", "referrerCode": "01010101"}, "no-code-here"),
        ({"referrer": "municipality", "orderedOn": "2026-08-10"}, "no-order-here"),
        ({"referrer": "court", "orderedOn": "2026-08-15"}, "no-order-here"),
    ],
)
async def test_a_referrer_is_named_as_the_standard_wants(world: World, given: dict[str, str], code: str) -> None:
    answer = await world.call(WORKER, "POST", "/referrals", request_body(**given))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    assert NAME not in answer.text


async def test_every_kind_of_referrer_can_be_given(world: World) -> None:
    kinds = (
        {"referrer": "municipality"},
        {"referrer": "none"},
        {"referrer": "general_practitioner", "referrerName": NAME},
        {"referrer": "youth_doctor", "referrerCode": "03030303"},
        {"referrer": "specialist", "referrerCode": "03030304"},
        {"referrer": "certified_institution", "referrerCode": "73731111", "orderedOn": "2026-08-12"},
        {"referrer": "court", "referrerName": "Rechtbank Verzonnen", "orderedOn": "2026-08-12"},
    )
    for ordinal, given in enumerate(kinds):
        referral_id = await world.requested(ordinal, **given)
        seen = await world.get(WORKER, f"/referrals/{referral_id}/referrer")
        assert (seen["referrer"], seen["name"], seen["code"]) == (
            given["referrer"],
            given.get("referrerName"),
            given.get("referrerCode"),
        )
        assert seen["binding"] == (given["referrer"] in {"court", "certified_institution"})
        # Five working days after Wednesday 12 August: the end of Wednesday the 19th (SAP-GI 1.3).
        assert seen["requestDue"] == ("2026-08-19T22:00:00Z" if "orderedOn" in given else None)


async def test_the_name_is_sealed_seen_by_both_parties_and_recorded(world: World) -> None:
    referral_id = await world.requested(referrer="general_practitioner", referrerName=NAME)
    assert (await world.get(PLANNER, f"/referrals/{referral_id}/referrer"))["name"] == NAME
    assert (await world.call("planner-kompas", "GET", f"/referrals/{referral_id}/referrer")).status_code == 404
    assert (await world.call("administrator-reiger", "GET", f"/referrals/{referral_id}/referrer")).status_code == 403
    rows = await world.as_admin("select t::text as text from referrer_detail t")
    assert len(rows) == 1
    assert b"Wolkenkijker".hex() not in rows[0]["text"]
    logged = await world.as_admin("select coalesce(string_agg(data::text, ''), '') as text from event_log")
    assert "Wolkenkijker" not in logged[0]["text"]
    looks = await world.as_admin("select party from processing_record where name = 'look-at-referrer'")
    assert [row["party"] for row in looks] == [PEOPLE[PLANNER].party]


async def test_the_name_goes_when_the_client_is_erased(world: World) -> None:
    referral_id = await world.requested(referrer="general_practitioner", referrerName=NAME)
    await world.post(WORKER, f"/referrals/{referral_id}/withdrawals", {"reason": "mistake"})
    client = (await world.get(WORKER, f"/referrals/{referral_id}"))["client"]
    await world.post(WORKER, f"/clients/{client}/erasures", {"reason": "retention_ended"})
    assert (await world.call(WORKER, "GET", f"/referrals/{referral_id}/referrer")).status_code == 404


@pytest.mark.parametrize("referrer", ["court", "certified_institution"])
async def test_what_a_court_or_certified_institution_decided_is_not_weighed_again(world: World, referrer: str) -> None:
    name = {"referrerName": "Jeugdbescherming Verzonnen"}
    referral_id: UUID = await world.requested(referrer=referrer, orderedOn="2026-08-12", **name)
    address = f"/referrals/{referral_id}/decisions"
    for reason in ("not_suitable", "outside_budget", "stacking"):
        answer = await world.call(WORKER, "POST", address, {"decision": "refuse", "reason": reason})
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (400, "not-to-weigh")
    residence = {"decision": "refuse", "reason": "residence_principle", "responsibleMunicipality": "0268"}
    assert (await world.post(WORKER, address, residence))["status"] == "refused"
