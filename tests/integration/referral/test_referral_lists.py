"""Long lists: in the order that is asked for, page by page, with their number; without reading what is not shown."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.kit.unit import Connection
from services.referral.domain.orders import ReferralOrder, RequestOrder
from services.referral.store import chain_requests, messages, referrals
from services.referral.store.composed import Side
from tests.integration.referral.referral_world import (
    HEUMEN,
    KOMPAS,
    NIJMEGEN,
    PEOPLE,
    PLANNER,
    REIGER,
    START,
    SYSTEM,
    WORKER,
    World,
)

COMPETITOR, NEIGHBOUR = "planner-kompas", "access-worker-nijmegen"
MANY, MOST_PAGES = 20_000, 400
"""So many rows of a party; and how many pages of the database a list of fifty may touch, of the thousands there are."""


async def asked_by_hand(world: World, number: int) -> None:
    """Requests for change: number 1 came last and is due last; every tenth was decided."""
    await world.granted()
    await world.as_admin(
        """insert into chain_request (municipality, provider, law, reference, client_id, change, dated, received_at,
                                      request_id, wanted, answers, granted_at, decision_due, escalated)
           select $2, case when t % 3 = 0 then $4 else $3 end, 'youth', 'R' || t,
                  (select client_id from client limit 1),
                  t % 5 > 0, current_date, $5::timestamptz - t * interval '1 hour', md5('r' || t)::uuid, '{}', '{}',
                  case when t % 10 = 0 then $5 end, $5::timestamptz + interval '7 days' - t * interval '1 hour', t > 150
           from generate_series(1, $1::int) t""",
        number,
        HEUMEN,
        REIGER,
        KOMPAS,
        START,
    )


async def test_the_request_that_is_due_first_stands_first_and_all_are_counted(world: World) -> None:
    await asked_by_hand(world, 200)
    first = await world.get(WORKER, "/chain-requests", undecided=True, sort="due", limit=25)
    assert [each["reference"] for each in first["items"]][:3] == ["R199", "R198", "R197"]
    latest = await world.get(WORKER, "/chain-requests", undecided=True, limit=25)
    assert [each["reference"] for each in latest["items"]][:3] == ["R1", "R2", "R3"]
    assert await world.get(WORKER, "/chain-request-counts", undecided=True) == {"number": 180}
    assert await world.get(WORKER, "/chain-request-counts", undecided=False) == {"number": 20}
    seen: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = await world.get(WORKER, "/chain-requests", undecided=True, sort="due", limit=50, **after)
        seen += [each["reference"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [f"R{t}" for t in range(200, 0, -1) if t % 10]


async def test_requests_are_narrowed_down_and_their_number_with_them(world: World) -> None:
    await asked_by_hand(world, 200)
    for person, narrowed, number in (
        (WORKER, {"provider": REIGER}, 134),
        (WORKER, {"provider": KOMPAS, "undecided": True}, 60),
        (WORKER, {"change": False}, 40),
        (WORKER, {"escalated": True, "undecided": True}, 45),
        (PLANNER, {}, 134),
        (PLANNER, {"municipality": NIJMEGEN}, 0),
        (COMPETITOR, {"municipality": HEUMEN}, 66),
        (NEIGHBOUR, {}, 0),
        (SYSTEM, {"undecided": True}, 180),
    ):
        listed = await world.get(person, "/chain-requests", sort="due", limit=200, **narrowed)
        assert len(listed["items"]) == number, (person, narrowed)
        assert await world.get(person, "/chain-request-counts", **narrowed) == {"number": number}, (person, narrowed)
    for wrong in ({"sort": "name"}, {"after": "W10"}, {"after": "WyJ4IiwieSJd"}):
        assert (await world.call(WORKER, "GET", "/chain-requests", **wrong)).status_code == 400, wrong
    assert (await world.call("professional-reiger", "GET", "/chain-request-counts")).status_code == 403


async def test_care_stands_in_the_order_of_its_last_day(world: World) -> None:
    for ordinal, ends in enumerate(("2027-03-01", "2026-12-01", "2027-01-01", "2026-12-01", "2027-02-01")):
        journey = await world.granted(ordinal, desiredEnd=ends)
        await world.post(PLANNER, f"/referrals/{journey}/acceptances", {})
    await world.as_admin("update referral set status = 'started', started_on = starts_on")
    await world.as_admin("update referral set ends_on = null where ends_on = '2027-02-01'")
    found: list[str | None] = []
    after: dict[str, Any] = {}
    while True:
        page = await world.get(PLANNER, "/referrals", status=["started", "paused"], sort="ends", limit=2, **after)
        found += [each["endsOn"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == ["2026-12-01", "2026-12-01", "2027-01-01", "2027-03-01", None]
    # A place in a list of another order is none here.
    other = (await world.get(PLANNER, "/referrals", limit=1))["next"]
    assert (await world.call(PLANNER, "GET", "/referrals", sort="ends", after=other)).status_code == 400


async def test_a_provider_reads_with_which_municipalities_it_works(world: World) -> None:
    assert await world.get(PLANNER, "/municipalities") == [HEUMEN, NIJMEGEN]
    assert await world.get(WORKER, "/municipalities") == [HEUMEN]
    await world.granted()
    await world.as_admin("delete from agreed_product where provider = $1", REIGER)
    assert await world.get("professional-reiger", "/municipalities") == [HEUMEN]


async def test_messages_are_of_one_journey_for_their_parties_alone(world: World) -> None:
    journey, other = await world.granted(1), await world.granted(2)
    for person in (WORKER, PLANNER):
        of_all = (await world.get(person, "/messages"))["items"]
        mine = [each["messageId"] for each in of_all if str(journey) in each["referralIds"]]
        assert 0 < len(mine) < len(of_all)
        listed = await world.get(person, "/messages", referralId=str(journey))
        assert [each["messageId"] for each in listed["items"]] == mine
        sent = await world.get(person, "/messages", referralId=str(journey), sent=True)
        assert {each["sender"] for each in sent["items"]} == ({PEOPLE[person].party} if person == WORKER else set())
        number = {"number": len(mine)}
        assert await world.get(person, "/message-counts", referralId=str(journey)) == number
    for person in (COMPETITOR, NEIGHBOUR):
        assert (await world.get(person, "/messages", referralId=str(other)))["items"] == []
        assert await world.get(person, "/message-counts") == {"number": 0}
        async with world.database.reading(PEOPLE[person]) as unit:
            assert await unit.conn.fetch("select messages_about($1)", journey) == []


async def test_messages_are_counted_from_an_instant_on(world: World) -> None:
    journey = await world.granted()
    await world.as_admin("update message set accepted = false where kind = 'JW301'")
    await world.move_clock_to(START + timedelta(days=40))
    await world.post(PLANNER, f"/referrals/{journey}/acceptances", {})
    rejected = {"accepted": False, "direction": "written"}
    assert await world.get(PLANNER, "/message-counts", **rejected) == {"number": 1}
    later = (START + timedelta(days=10)).isoformat()
    assert await world.get(PLANNER, "/message-counts", since=later, **rejected) == {"number": 0}
    assert (await world.get(PLANNER, "/messages", since=later, **rejected))["items"] == []
    answer = await world.call(PLANNER, "GET", "/message-counts", since="2026-08-14T10:00:00")
    assert answer.status_code == 400


class Explaining:
    """A connection that tells how many pages of the database its last query touched."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.pages = 0

    async def fetch(self, query: str, *values: object) -> list[Any]:
        rows: list[Any] = await self._conn.fetch(query, *values)
        [told] = await self._conn.fetchrow(f"explain (analyze, buffers, format json) {query}", *values)
        plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
        self.pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return rows


async def much(world: World) -> None:
    """Journeys with messages and requests, as many as a large provider leaves with a municipality."""
    await world.granted()
    columns = await world.as_admin(
        """select string_agg(quote_ident(attname), ', ') as names, string_agg(case attname
               when 'referral_id' then $$md5('j' || t)::uuid$$
               when 'status' then $$case when t % 5 = 0 then 'started' else 'ended' end$$
               when 'requested_at' then $$requested_at - t * interval '8 minutes'$$
               when 'ends_on' then 'ends_on + t % 900' else quote_ident(attname) end, ', ') as given
           from pg_attribute where attrelid = 'referral'::regclass and attnum > 0 and not attisdropped"""
    )
    # Names of columns and fragments of this test.
    await world.as_admin(
        f"insert into referral ({columns[0]['names']})"
        f" select {columns[0]['given']} from referral, generate_series(1, $1::int) t",
        MANY,
    )
    await world.as_admin(
        """insert into message (message_id, direction, kind, sender, receiver, content_mark, accepted, return_codes,
                                referral_ids, at)
           select gen_random_uuid(), 'received', 'JW305', 'provider:' || $2, 'municipality:' || $3,
                  decode(md5('m' || t), 'hex'), t % 1000 > 0, '{}', array[md5('j' || t)::uuid],
                  $4::timestamptz - t * interval '8 minutes'
           from generate_series(1, $1::int) t""",
        MANY,
        REIGER,
        HEUMEN,
        START,
    )
    await world.as_admin(
        """insert into chain_request (municipality, provider, law, reference, client_id, change, dated, received_at,
                                      request_id, wanted, answers, granted_at, decision_due)
           select $2, $3, 'youth', 'R' || t, (select client_id from client limit 1), true, current_date,
                  $4::timestamptz - t * interval '1 minute', md5('r' || t)::uuid, '{}', '{}',
                  case when t % 200 > 0 then $4::timestamptz end, $4::timestamptz
           from generate_series(1, $1::int) t""",
        MANY,
        HEUMEN,
        REIGER,
        START,
    )
    await world.as_admin("analyze referral, message, chain_request")


@pytest.mark.parametrize("person", [WORKER, PLANNER])
async def test_a_list_does_not_read_what_it_does_not_show(world: World, person: str) -> None:
    await much(world)
    side: Side = "municipality" if person == WORKER else "provider"
    one = UUID((await world.as_admin("select md5('j7')::uuid as id"))[0]["id"].hex)
    careful = referrals.Filter(status=["started", "paused"], order=ReferralOrder.ENDS)
    undecided = chain_requests.Filter(undecided=True)
    touched: dict[str, int] = {}
    async with world.database.reading(PEOPLE[person]) as unit:
        conn: Any = Explaining(unit.conn)
        for name, number, listing in (
            ("of a journey", 1, messages.listed(conn, messages.Filter(referral_id=one), None, 51)),
            ("rejected", 20, messages.listed(conn, messages.Filter(accepted=False), None, 51)),
            ("to decide", 51, chain_requests.listed(conn, side, undecided, RequestOrder.DUE, None, 51)),
            ("to decide, latest", 51, chain_requests.listed(conn, side, undecided, RequestOrder.RECEIVED, None, 51)),
            *([("in care", 51, referrals.listed(conn, side, careful, None, 51))] if side == "provider" else []),
        ):
            assert len(await listing) == number, name
            touched[name] = conn.pages
    assert all(pages < MOST_PAGES for pages in touched.values()), touched
