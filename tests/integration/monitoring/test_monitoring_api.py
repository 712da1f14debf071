"""The API from outside: who may call what, what it answers, and that the database holds when the API does not."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from uuid import UUID
from xml.etree import ElementTree

import asyncpg
import pytest

from contracts.events.commissioning import Unit
from contracts.events.monitoring import PeriodKind, Withheld
from contracts.values import Role
from services.kit.actor import Actor
from services.kit.api_rules import violations
from services.kit.problems import Forbidden, Invalid, NotFound, Unauthorized
from services.monitoring.bootstrap import compose, openapi_app
from services.monitoring.client import MonitoringClient
from services.monitoring.views import FigureView, ReleaseListView
from tests.integration.calling import calling
from tests.integration.monitoring.monitoring_world import (
    CEILING_CENTS,
    MUNICIPALITIES,
    OFFICER,
    PROVIDERS,
    REGION_ID,
    SYSTEM,
    Monitoring,
    fill,
    manager,
    planner,
    random_history,
    write_context,
)
from tests.integration.monitoring.test_monitoring_projections import answered, spent

REGION = f"region:{REGION_ID}"
Caller = Callable[[Actor | None], MonitoringClient]


@pytest.fixture
async def caller(monitoring: Monitoring) -> AsyncIterator[Caller]:
    async with calling(compose(), monitoring.pools, MonitoringClient) as acting:
        yield acting


@pytest.fixture
async def region(monitoring: Monitoring) -> Monitoring:
    await fill(monitoring, random_history(5, 900))
    return monitoring


async def publish(service: Monitoring, caller: Caller) -> ReleaseListView:
    system = caller(SYSTEM)
    opened = await caller(OFFICER).open_round(REGION_ID, "2026-07", idempotency_key="open")
    await service.at(opened.remind_at)
    await system.remind_round(opened.round_id, idempotency_key=f"round/{opened.round_id}/remind")
    await service.at(opened.closes_at)
    await system.close_round(opened.round_id, idempotency_key=f"round/{opened.round_id}/close")
    await service.at(opened.publish_at)
    return await system.publish_round(opened.round_id, idempotency_key=f"round/{opened.round_id}/publish")


def test_the_description_keeps_the_rules() -> None:
    document = openapi_app().openapi()
    assert document is not None
    kits_own = {"/dead-letters"}
    assert [line for line in violations(document) if not any(path in line for path in kits_own)] == []


async def test_the_catalogue_is_open_to_everybody(caller: Caller) -> None:
    found = await caller(None).indicators()
    assert len(found) == 31
    assert found[0].unavailable is not None
    assert (await caller(None).indicator(6)).norms is not None
    with pytest.raises(NotFound):
        await caller(None).indicator(99)


async def test_a_contract_manager_sees_live_figures_with_everything_that_explains_them(
    region: Monitoring, caller: Caller
) -> None:
    figures = {figure.indicator: figure for figure in (await caller(manager("0268")).figures()).items}
    assert set(figures) == {5, 6, 7, 8, 9, 11, 12, 22, 23, 25, 27, 28}
    norm = figures[6]
    assert (norm.area, norm.period.first, norm.period.last) == ("municipality:0268", "2025-08", "2026-07")
    assert norm.numerator is not None
    assert norm.denominator is not None
    rows = await region.pools.worker.fetch(
        """select count(*) filter (where started_on::timestamp at time zone 'Europe/Amsterdam' < start_due) as within,
                  count(*) as all from trajectory where municipality = '0268' and started_on is not null"""
    )
    assert (norm.numerator, norm.denominator) == (rows[0]["within"], rows[0]["all"])
    assert norm.value == round(100 * norm.numerator / norm.denominator, 1)
    assert norm.source_events == norm.denominator
    assert norm.last_event_at is not None
    assert (norm.parties_reported, norm.parties_expected) == (6, 6)
    assert norm.label.relevant.kept
    assert [aim.title for aim in norm.aims] == ["Sneller passende hulp"]
    assert figures[11].value is None
    assert figures[11].label.trust == "not_yet"


async def test_declarations_make_the_figures_of_use_and_of_judging(monitoring: Monitoring, caller: Caller) -> None:
    """Two declarations in June: 50 lines each, 5 rejected in each, one answered too late."""
    write_context(monitoring.stream)
    for number, (agb, code, days) in enumerate(((PROVIDERS[0], "0268", 3), (PROVIDERS[1], "0252", 20)), start=1):
        key = UUID(int=number)
        about = {"provider": agb, "municipality": code}
        monitoring.stream.write(key, answered(key, days, **about))
        monitoring.stream.write(key, spent(key, 600_000, 660, unit=Unit.DAY_PART, product_code="07A01", **about))
    await monitoring.stream.deliver()

    async def june(actor: Actor, provider: str | None = None) -> dict[int, FigureView]:
        found = await caller(actor).figures(period=PeriodKind.MONTH, until="2026-06", provider=provider)
        return {figure.indicator: figure for figure in found.items}

    whole = await june(OFFICER)
    assert {
        number: (whole[number].value, whole[number].numerator, whole[number].denominator) for number in (22, 25)
    } == {
        22: (50.0, 1320, 6 * 10 * 2 * 22),
        25: (20.0, 1_200_000, 6 * CEILING_CENTS),
    }
    assert (whole[27].value, whole[28].value) == (10.0, 50.0)
    assert whole[27].label.complete.found == 2
    assert whole[23].value is None
    # One municipality holds no whole agreement; what was judged for it is its own.
    heumen = await june(manager("0252"))
    assert (heumen[22].value, heumen[25].value, heumen[27].value, heumen[28].value) == (None, None, 10.0, 0.0)
    own = await june(planner(PROVIDERS[0]))
    assert (own[22].value, own[25].value, own[28].value) == (150.0, 60.0, 100.0)
    assert (await june(OFFICER, PROVIDERS[0]))[25].value == 60.0


async def test_figures_over_several_periods_and_split_by_provider(region: Monitoring, caller: Caller) -> None:
    client = caller(manager("0268"))
    months = await client.figures(indicators=[6], period=PeriodKind.MONTH, periods=12)
    year = await client.figures(indicators=[6])
    assert sum(figure.denominator or 0 for figure in months.items) == year.items[0].denominator
    split = await client.figures(indicators=[6], split="provider")
    assert [figure.provider for figure in split.items] == [None, *PROVIDERS]
    assert sum(figure.denominator or 0 for figure in split.items[1:]) == split.items[0].denominator
    quarter = await client.figures(indicators=[9], period=PeriodKind.QUARTER, until="2026-08")
    assert (quarter.items[0].period.first, quarter.items[0].period.last) == ("2026-04", "2026-06")
    waiting = await client.figures(indicators=[7], period=PeriodKind.MONTH)
    open_now = await region.pools.worker.fetchval(
        "select count(*) from trajectory where municipality = '0268' and started_on is null"
    )
    assert waiting.items[0].value == open_now


async def test_everybody_sees_live_figures_of_their_own_only(region: Monitoring, caller: Caller) -> None:
    own = await caller(planner(PROVIDERS[0])).figures(indicators=[6])
    assert (own.items[0].area, own.items[0].provider) == (f"provider:{PROVIDERS[0]}", PROVIDERS[0])
    whole = await caller(OFFICER).figures(indicators=[6], split="municipality")
    assert [figure.area for figure in whole.items] == [REGION, *(f"municipality:{c}" for c in sorted(MUNICIPALITIES))]
    assert (await caller(SYSTEM).figures(indicators=[6], region_id=REGION_ID)).items[0].value == whole.items[0].value
    for actor, query in (
        (manager("0268"), {"municipality": "0252"}),
        (planner(PROVIDERS[0]), {"provider": PROVIDERS[1]}),
        (OFFICER, {"municipality": "0363"}),
    ):
        with pytest.raises(NotFound):
            await caller(actor).figures(**query)  # type: ignore[arg-type]
    for wrong in ({"indicators": [1]}, {"until": "2027-01"}, {"until": "0000-01"}):
        with pytest.raises(Invalid):
            await caller(manager("0268")).figures(**wrong)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        await caller(SYSTEM).figures()
    with pytest.raises(Unauthorized):
        await caller(None).figures()
    member = Actor("member", "council:0268", frozenset({Role.COUNCIL_MEMBER}))
    with pytest.raises(Forbidden):
        await caller(member).figures()


async def test_published_figures_need_no_sign_in(region: Monitoring, caller: Caller) -> None:
    await publish(region, caller)
    everyone = caller(None)
    page = await everyone.published_figures(area="municipality:0944")
    assert {row.figure.indicator for row in page.items} == {5, 6, 8, 9, 11, 12}
    withheld = [row for row in page.items if row.figure.withheld in (Withheld.TOO_SMALL, Withheld.COMPLEMENTARY)]
    assert withheld
    for row in withheld:
        assert row.withheld_explanation is not None
        assert "; regio: " in row.withheld_explanation.nl
    compared = await everyone.published_figures(indicator=6, first="2026-07", last="2026-07")
    assert {row.area for row in compared.items} == {REGION, *(f"municipality:{code}" for code in MUNICIPALITIES)}

    seen, after = [], None
    while True:
        part = await everyone.published_figures(region_id=REGION_ID, limit=7, after=after)
        seen += [(row.month, row.figure.indicator, row.area) for row in part.items]
        after = part.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 48


async def test_releases_feeds_and_exports(region: Monitoring, caller: Caller) -> None:
    made = await publish(region, caller)
    everyone = caller(None)
    releases = await everyone.releases()
    assert {release.release_id for release in releases.items} == {release.release_id for release in made.items}
    whole = next(release for release in releases.items if release.area == REGION)
    detail = await everyone.release(whole.release_id)
    assert len(detail.figures) == 6
    with pytest.raises(NotFound):
        await everyone.release(UUID(int=1))

    feed = json.loads(await everyone.feed("json", area=REGION))
    assert [item["id"] for item in feed["items"]] == [f"urn:uuid:{whole.release_id}"]
    assert "Op tijd gestart: " in feed["items"][0]["content_text"]
    atom = ElementTree.fromstring(await everyone.feed("atom"))
    assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == 8

    rows = list(csv.DictReader(io.StringIO((await everyone.published_figures_csv()).decode())))
    assert len(rows) == 48
    assert all(not row["value"] and not row["denominator"] for row in rows if row["withheld"])
    live = list(csv.DictReader(io.StringIO((await caller(manager("0268")).figures_csv(indicator=6)).decode())))
    assert [row["code"] for row in live] == ["within-norm"]


async def test_a_provider_sees_itself_among_anonymous_peers(region: Monitoring, caller: Caller) -> None:
    client = caller(planner(PROVIDERS[0]))
    assert (await client.mirrors()).items == []
    await publish(region, caller)
    [mirror] = (await client.mirrors()).items
    item = next(item for item in mirror.items if item.indicator == 6)
    own = (await client.figures(indicators=[6], until="2026-07")).items[0]
    assert (item.own_value, item.own_cases, item.peers) == (own.value, own.denominator, 6)
    assert item.lower_quartile is not None
    assert item.upper_quartile is not None
    assert item.lower_quartile <= (item.median or 0) <= item.upper_quartile
    with pytest.raises(Forbidden):
        await caller(manager("0268")).mirrors()


async def test_a_provider_reports_what_is_due(region: Monitoring, caller: Caller) -> None:
    client = caller(planner(PROVIDERS[0]))
    count = await client.count_due_outcomes()
    page = await client.due_outcomes(limit=200)
    assert count == len(page.items) > 2
    assert {item.provider for item in page.items} == {PROVIDERS[0]}
    first, second = page.items[0], page.items[1]
    await client.report_outcome(first.referral_id, usefulness=8, idempotency_key="one")
    content = (
        f"municipality;allocation_number;usefulness\n{second.municipality};{second.allocation_number};7\n".encode()
    )
    trial = await client.import_outcomes(content, dry_run=True, idempotency_key="try")
    assert trial.accepted == 1
    done = await client.import_outcomes(content, idempotency_key="two")
    assert done.accepted == 1
    assert await client.count_due_outcomes() == count - 2
    assert len((await client.outcomes()).items) == 2
    with pytest.raises(Invalid) as refused:
        await client.import_outcomes(b"bsn;usefulness\n999900006;7\n", idempotency_key="three")
    assert refused.value.code == "file-refused"
    assert refused.value.errors[0].code == "citizen-number"
    assert "999900006" not in str(refused.value.document())
    with pytest.raises(Forbidden):
        await caller(manager("0268")).report_outcome(first.referral_id, usefulness=1, idempotency_key="four")


async def test_rounds_and_deadlines_of_the_own_party(region: Monitoring, caller: Caller) -> None:
    opened = await caller(OFFICER).open_round(REGION_ID, "2026-07", idempotency_key="open")
    assert [row.kind for row in await caller(OFFICER).deadlines()] == [
        "round-reminder", "round-closing", "round-opening", "round-publication",
    ]  # fmt: skip
    provider = caller(planner(PROVIDERS[0]))
    [own] = await provider.deadlines()
    assert (own.kind, own.due, own.workflow) == ("outcomes-report", opened.closes_at, f"round/{opened.round_id}")
    assert len(await caller(SYSTEM).deadlines(before=opened.remind_at)) == 1
    assert len(await caller(SYSTEM).deadlines()) == 10

    [listed] = (await provider.rounds(is_open=True)).items
    assert listed == await provider.round(opened.round_id)
    await provider.declare_reported(opened.round_id, idempotency_key="done")
    assert await provider.deadlines() == []
    assert len((await caller(manager("0252")).round(opened.round_id)).providers) == 6
    with pytest.raises(NotFound):
        await caller(manager("0363")).round(opened.round_id)
    with pytest.raises(Forbidden):
        await caller(OFFICER).close_round(opened.round_id, idempotency_key="close")
    with pytest.raises(Forbidden):
        await caller(manager("0268")).open_round(REGION_ID, "2026-06", idempotency_key="open-2")


async def test_the_database_keeps_parties_apart_without_the_api(region: Monitoring, caller: Caller) -> None:
    await publish(region, caller)

    async def count(actor: Actor, table: str, condition: str = "true") -> int:
        async with region.pools.reading(actor) as unit:
            found: int = await unit.conn.fetchval(f"select count(*) from {table} where {condition}")
            return found

    totals = {table: await count(SYSTEM, table) for table in ("trajectory", "measure_month", "evidence_month")}
    stranger = Actor("x", "municipality:0363", frozenset({Role.CONTRACT_MANAGER}))
    anyone = Actor("anyone", "partner:anyone")
    member = Actor("m", "council:0268", frozenset({Role.COUNCIL_MEMBER}))
    for table, total in totals.items():
        for actor, own in (
            (manager("0268"), "municipality = '0268'"),
            (planner(PROVIDERS[0]), f"provider = '{PROVIDERS[0]}'"),
        ):
            assert 0 < await count(actor, table) < total
            assert await count(actor, table, f"not ({own})") == 0
        for actor in (stranger, anyone, member):
            assert await count(actor, table) == 0
    assert await count(OFFICER, "trajectory") == 0, "a region sees totals, never cases"
    assert await count(OFFICER, "measure_month") == totals["measure_month"]
    for table in ("outcome", "counted_outcome", "reporting_round", "round_provider", "agreement"):
        assert await count(anyone, table) == 0
    assert await count(planner(PROVIDERS[0]), "round_provider") == 1
    assert await count(anyone, "release_figure") == 48
    assert await count(anyone, "peer_spread") == 0


async def test_the_database_refuses_to_write_for_another_without_the_api(region: Monitoring, caller: Caller) -> None:
    opened = await caller(OFFICER).open_round(REGION_ID, "2026-07", idempotency_key="open")
    outcome = """insert into outcome (referral_id, provider, municipality, ended_on, usefulness, reported_at)
                 select referral_id, provider, municipality, current_date, 10, now() from trajectory
                 where outcome_due limit 1"""
    stolen = f"""insert into outcome (referral_id, provider, municipality, ended_on, usefulness, reported_at)
                 values ('{UUID(int=1)}', '{PROVIDERS[1]}', '0268', current_date, 10, now())"""
    promise = f"insert into deadline values ('x', 'y', now(), 'provider:{PROVIDERS[1]}', 'z')"
    release = f"insert into release values ('{UUID(int=1)}', '{REGION_ID}', '{REGION}', current_date, 9, now())"
    for actor, statement in (
        (manager("0268"), outcome),
        (planner(PROVIDERS[0]), stolen),
        (planner(PROVIDERS[0]), promise),
        (planner(PROVIDERS[0]), release),
        (planner(PROVIDERS[0]), "update measure_month set value = 0"),
        (OFFICER, "delete from trajectory"),
        (OFFICER, "update release_figure set indicator = 1"),
        (SYSTEM, "update release set correction = 7"),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with region.pools.unit(actor) as unit:
                await unit.conn.execute(statement)
    async with region.pools.unit(planner(PROVIDERS[0])) as unit:
        changed = await unit.conn.execute("update round_provider set reported_at = now()")
        assert changed == "UPDATE 1", "its own row, no other"
    assert len([row for row in (await caller(OFFICER).round(opened.round_id)).providers if row.reported_at]) == 1


async def test_nonsense_in_a_query_is_the_callers_mistake(caller: Caller) -> None:
    everyone, officer = caller(None), caller(OFFICER)
    for attempt in (
        everyone.published_figures(region_id="\x00"),
        everyone.published_figures(first="0000-01"),
        everyone.published_figures(area="nobody"),
        everyone.published_figures(after="zzz"),
        officer.rounds(region_id="A B"),
        officer.open_round(REGION_ID, "0000-01", idempotency_key="zero"),
        officer.correct_figures(REGION_ID, "0000-01", idempotency_key="zero-2"),
        officer.get(list, "/deadlines", before="0001-01-01T00:00:00+05:00"),
        officer.get(list, "/deadlines", before="2026-01-01T00:00:00"),
        caller(planner(PROVIDERS[0])).import_outcomes(b"\xff\x00;\n" + b"9" * 9000, idempotency_key="nonsense"),
    ):
        with pytest.raises(Invalid):
            await attempt
    far = await caller(planner(PROVIDERS[0])).due_outcomes(first="0001-01", last="9999-12")
    assert far.items == []
