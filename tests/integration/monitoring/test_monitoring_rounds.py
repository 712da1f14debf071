"""The life of a reporting round, and the release of its figures."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.events.monitoring import (
    FiguresPublished,
    RoundClosed,
    RoundOpened,
    RoundPlanned,
    RoundReminded,
    RoundReported,
    Withheld,
)
from services.kit.problems import Conflict, Forbidden, Invalid, NotFound
from services.monitoring.commands import (
    CloseRound,
    CorrectFigures,
    DeclareReported,
    ImportOutcomes,
    OpenPlannedRound,
    OpenRound,
    PublishRound,
    RemindRound,
)
from services.monitoring.views import ReleaseListView, RoundStatus, RoundView
from tests.integration.monitoring.monitoring_world import (
    MUNICIPALITIES,
    NOW,
    OFFICER,
    PROVIDERS,
    REGION_ID,
    Monitoring,
    fill,
    manager,
    planner,
    random_history,
)

OPEN = OpenRound(region_id=REGION_ID, month="2026-07")


@pytest.fixture
async def region(monitoring: Monitoring) -> Monitoring:
    await fill(monitoring, random_history(5, 900))
    return monitoring


async def deadlines(service: Monitoring) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = {}
    for row in await service.pools.worker.fetch("select kind, done_at from deadline order by kind, subject"):
        found.setdefault(row["kind"], []).append(row["done_at"] is not None)
    return found


async def published(service: Monitoring) -> tuple[RoundView, ReleaseListView]:
    """A round from opening to publication, with nobody reporting anything."""
    opened: RoundView = await service.run(OPEN, OFFICER)
    await service.at(opened.closes_at)
    await service.run(CloseRound(round_id=opened.round_id))
    await service.at(opened.publish_at)
    return opened, await service.run(PublishRound(round_id=opened.round_id))


async def test_a_round_opens_with_its_instants_and_promises(region: Monitoring) -> None:
    opened: RoundView = await region.run(OPEN, OFFICER)
    assert opened.status is RoundStatus.OPEN
    assert opened.remind_at == datetime(2026, 8, 21, 7, tzinfo=UTC)
    assert opened.closes_at == datetime(2026, 8, 28, 22, tzinfo=UTC)
    assert opened.publish_at == datetime(2026, 9, 4, 7, tzinfo=UTC)
    assert [member.provider for member in opened.providers] == PROVIDERS
    [event] = await region.events(RoundOpened)
    assert set(event.municipalities) == set(MUNICIPALITIES)
    rows = await region.pools.worker.fetch("select distinct workflow from deadline order by workflow desc")
    assert [row["workflow"] for row in rows] == [f"round/{opened.round_id}", f"calendar/{REGION_ID}"]
    assert {kind: len(done) for kind, done in (await deadlines(region)).items()} == {
        "outcomes-report": 6, "round-closing": 1, "round-opening": 1, "round-publication": 1, "round-reminder": 1,
    }  # fmt: skip


def planned(month: str) -> OpenPlannedRound:
    return OpenPlannedRound(region_id=REGION_ID, month=month)


async def plans(region: Monitoring) -> list[str]:
    return [event.month for event in await region.events(RoundPlanned)]


async def test_once_a_region_opened_a_round_the_next_opens_by_itself_each_month(region: Monitoring) -> None:
    # Opened late and by hand: the months between are not asked for any more.
    await region.run(OpenRound(region_id=REGION_ID, month="2026-06"), OFFICER)
    await region.run(OPEN, OFFICER)
    [plan] = await region.events(RoundPlanned)
    assert (plan.month, plan.opens_at) == ("2026-08", datetime(2026, 9, 1, 7, tzinfo=UTC))
    with pytest.raises(Conflict):
        await region.run(planned("2026-08"))
    await region.at(plan.opens_at)
    for _ in range(2):  # twice is as good as once
        shown = await region.run(planned("2026-08"))
        assert (shown.month, shown.opens_at) == ("2026-09", datetime(2026, 10, 1, 7, tzinfo=UTC))
    assert [event.month for event in await region.events(RoundOpened)] == ["2026-06", "2026-07", "2026-08"]
    # Three months nobody looked: no month is passed over.
    await region.at(datetime(2027, 1, 4, 12, tzinfo=UTC))
    for month in ("2026-09", "2026-10", "2026-11", "2026-12"):
        await region.run(planned(month))
    assert (await plans(region))[-1] == "2027-01"
    assert len(await region.events(RoundOpened)) == 7
    # January ends on a Sunday: the first working day after it is the first of February.
    assert (await region.events(RoundPlanned))[-1].opens_at == datetime(2027, 2, 1, 8, tzinfo=UTC)


async def test_a_planned_round_that_was_opened_by_hand_is_left_alone(region: Monitoring) -> None:
    await region.run(OPEN, OFFICER)
    await region.at(datetime(2026, 9, 1, 6, tzinfo=UTC))
    await region.run(OpenRound(region_id=REGION_ID, month="2026-08"), OFFICER)
    assert await plans(region) == ["2026-08", "2026-09"]
    await region.at(datetime(2026, 9, 1, 8, tzinfo=UTC))
    assert (await region.run(planned("2026-08"))).month == "2026-09"
    assert len(await region.events(RoundOpened)) == 2
    open_plans = await region.pools.worker.fetch(
        "select subject from deadline where kind = 'round-opening' and done_at is null"
    )
    assert [row["subject"] for row in open_plans] == [f"{REGION_ID}/2026-09"]


async def test_a_month_in_which_nobody_has_anything_to_report_is_passed_over(region: Monitoring) -> None:
    await region.run(OPEN, OFFICER)
    await region.pools.worker.execute("update agreement set valid_until = '2026-07-31'")
    await region.at(datetime(2026, 9, 1, 8, tzinfo=UTC))
    assert (await region.run(planned("2026-08"))).month == "2026-09"
    assert len(await region.events(RoundOpened)) == 1
    elsewhere = await region.run(OpenPlannedRound(region_id="elders", month="2026-08"))
    assert (elsewhere.month, elsewhere.opens_at) == (None, None)


async def test_a_round_is_refused_when_there_is_nothing_to_report(region: Monitoring) -> None:
    for command, problem in (
        (OpenRound(region_id=REGION_ID, month="2026-08"), Invalid),
        (OpenRound(region_id=REGION_ID, month="2025-07"), Conflict),
        (OpenRound(region_id="elders", month="2026-07"), NotFound),
    ):
        with pytest.raises(problem):
            await region.run(command)
    with pytest.raises(Forbidden):
        await region.run(OPEN, manager("0268"))
    await region.run(OPEN)
    with pytest.raises(Conflict):
        await region.run(OPEN)


async def test_a_round_reminds_who_did_not_report_and_closes(region: Monitoring) -> None:
    opened: RoundView = await region.run(OPEN, OFFICER)
    step = {"round_id": opened.round_id}
    for command in (RemindRound(**step), CloseRound(**step), PublishRound(**step)):
        with pytest.raises(Conflict):
            await region.run(command)

    shown: RoundView = await region.run(DeclareReported(**step), planner(PROVIDERS[0]))
    assert [member.provider for member in shown.providers] == [PROVIDERS[0]], "others are not this provider's business"
    assert shown.providers[0].reported_at is not None
    await region.run(DeclareReported(**step), planner(PROVIDERS[0]))
    assert len(await region.events(RoundReported)) == 1
    with pytest.raises(Forbidden):
        await region.run(DeclareReported(**step), manager("0268"))
    with pytest.raises(NotFound):
        await region.run(DeclareReported(**step), planner("79999999"))

    await region.at(opened.remind_at)
    await region.run(RemindRound(**step))
    await region.run(RemindRound(**step))
    reminded = await region.events(RoundReminded)
    assert sorted(event.providers for event in reminded) == [(provider,) for provider in PROVIDERS[1:]]

    await region.at(opened.closes_at)
    closed: RoundView = await region.run(CloseRound(**step))
    assert closed.status is RoundStatus.CLOSED
    await region.run(CloseRound(**step))
    [event] = await region.events(RoundClosed)
    assert list(event.missing) == PROVIDERS[1:]
    with pytest.raises(Conflict):
        await region.run(DeclareReported(**step), planner(PROVIDERS[1]))
    with pytest.raises(Conflict):
        await region.run(PublishRound(**step))
    done = await deadlines(region)
    assert (done.pop("round-publication"), done.pop("round-opening")) == ([False], [False])
    assert all(all(found) for found in done.values())


async def test_a_round_may_close_early_when_everybody_reported(region: Monitoring) -> None:
    opened: RoundView = await region.run(OPEN)
    for agb in PROVIDERS:
        await region.run(DeclareReported(round_id=opened.round_id), planner(agb))
    assert (await region.run(CloseRound(round_id=opened.round_id))).status is RoundStatus.CLOSED
    assert (await region.run(RemindRound(round_id=opened.round_id))).reminded_at is None


async def test_figures_are_released_for_every_area_once(region: Monitoring) -> None:
    opened, made = await published(region)
    assert len(made.items) == 8
    assert await region.run(PublishRound(round_id=opened.round_id)) == made
    events = await region.events(FiguresPublished)
    assert len(events) == 8
    figures = {event.area: {figure.indicator: figure for figure in event.figures} for event in events}
    assert set(figures[f"region:{REGION_ID}"]) == {5, 6, 8, 9, 11, 12}

    for shown in figures.values():
        for figure in shown.values():
            for count in (figure.numerator, figure.denominator, figure.source_events):
                assert count is None or count == 0 or (count >= 10 and count % 5 == 0)
    small = figures["municipality:0944"][9]
    assert small.withheld in (Withheld.TOO_SMALL, Withheld.COMPLEMENTARY)
    assert small.wider_value == figures[f"region:{REGION_ID}"][9].value
    assert figures["municipality:0944"][11].withheld is Withheld.NO_DATA
    label = figures[f"region:{REGION_ID}"][6].label
    assert (label.complete.found, label.complete.needed) == (6, 6)
    assert label.relevant.kept
    assert not figures[f"region:{REGION_ID}"][8].label.relevant.kept


async def test_late_reports_come_with_a_correction_once_a_month(region: Monitoring) -> None:
    opened, first = await published(region)
    correct = CorrectFigures(region_id=REGION_ID, month="2026-07")
    with pytest.raises(Conflict):
        await region.run(correct)
    with pytest.raises(NotFound):
        await region.run(CorrectFigures(region_id=REGION_ID, month="2026-06"))

    due = await region.pools.worker.fetch("select municipality, allocation_number from trajectory where outcome_due")
    content = "municipality;allocation_number;usefulness;without_help\n" + "".join(
        f"{row['municipality']};{row['allocation_number']};8;04\n" for row in due
    )
    await region.run(ImportOutcomes(content=content))
    await region.stream.deliver()
    frozen = await region.table("release_figure")
    assert await region.run(PublishRound(round_id=opened.round_id)) == first, "released means frozen"

    await region.at(datetime(2026, 10, 1, tzinfo=UTC))
    corrected: ReleaseListView = await region.run(correct, OFFICER)
    assert {release.correction for release in corrected.items} == {1}
    events = [event for event in await region.events(FiguresPublished) if event.correction == 1]
    whole = next(event for event in events if event.area == f"region:{REGION_ID}")
    score = next(figure for figure in whole.figures if figure.indicator == 11)
    assert score.value == 8.0
    assert score.label.substantiated.kept
    now = await region.table("release_figure")
    assert len(now) == 2 * len(frozen)
    assert all(row in now for row in frozen)
    with pytest.raises(Conflict):
        await region.run(correct, OFFICER)
    with pytest.raises(Forbidden):
        await region.run(correct, manager("0268"))


async def test_the_round_tells_who_reported_outcomes(region: Monitoring) -> None:
    opened: RoundView = await region.run(OPEN)
    for agb in PROVIDERS[:4]:
        await region.run(DeclareReported(round_id=opened.round_id), planner(agb))
    await region.at(opened.closes_at + timedelta(hours=1))
    await region.run(CloseRound(round_id=opened.round_id))
    await region.at(opened.publish_at)
    await region.run(PublishRound(round_id=opened.round_id))
    events = await region.events(FiguresPublished)
    whole = next(event for event in events if event.area == f"region:{REGION_ID}")
    figure = next(figure for figure in whole.figures if figure.indicator == 12)
    assert (figure.parties_reported, figure.parties_expected) == (4, 6)
    assert whole.published_at >= NOW
