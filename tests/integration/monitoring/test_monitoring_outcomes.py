"""Reporting outcomes: by form and by file, all or nothing, only one's own."""

from datetime import date
from uuid import UUID

import pytest

from contracts.events.monitoring import OutcomeReported, WithoutHelp
from contracts.events.referral import StopReason
from services.kit.problems import Conflict, Forbidden, Invalid, NotFound
from services.monitoring.commands import ImportOutcomes, ReportOutcome
from services.monitoring.views import RowStatus
from tests.integration.monitoring.monitoring_world import PROVIDERS, Monitoring, fill, imported, manager, planner

OWN, OTHER = planner(PROVIDERS[0]), planner(PROVIDERS[1])
HEADER = "municipality;allocation_number;usefulness;without_help\n"


@pytest.fixture
async def ended(monitoring: Monitoring) -> Monitoring:
    """1 and 2 ended at our provider, 3 at another, 4 by death, 5 is going on."""
    await fill(
        monitoring,
        [
            imported(1),
            imported(2),
            imported(3, provider=PROVIDERS[1]),
            imported(4, stop_reason=StopReason.DIED),
            imported(5, stopped_on=None, stop_reason=None),
        ],
    )
    return monitoring


async def test_an_outcome_is_reported_by_form(ended: Monitoring) -> None:
    command = ReportOutcome(referral_id=UUID(int=1), usefulness=8, without_help=WithoutHelp.NO_HELP_NEEDED)
    answer = await ended.run(command, OWN)
    assert (answer.usefulness, answer.without_help, answer.ended_on) == (8, "04", date(2026, 7, 10))
    [event] = await ended.events(OutcomeReported)
    assert (event.referral_id, event.municipality, event.provider) == (UUID(int=1), "0268", PROVIDERS[0])

    await ended.run(command, OWN)
    assert len(await ended.events(OutcomeReported)) == 1, "what was known already is no news"
    corrected = await ended.run(ReportOutcome(referral_id=UUID(int=1), usefulness=6), OWN)
    assert (corrected.usefulness, corrected.without_help) == (6, "04")
    await ended.stream.deliver()
    rows = await ended.pools.worker.fetch("select measure, value from measure_month where measure like 'usefulness%'")
    assert {row["measure"]: row["value"] for row in rows} == {"usefulness_scores": 6, "usefulness_answers": 1}


async def test_what_cannot_be_reported_is_told(ended: Monitoring) -> None:
    for referral, problem in ((3, NotFound), (99, NotFound), (4, Conflict), (5, Conflict)):
        with pytest.raises(problem):
            await ended.run(ReportOutcome(referral_id=UUID(int=referral), usefulness=8), OWN)
    with pytest.raises(Invalid):
        await ended.run(ReportOutcome(referral_id=UUID(int=1)), OWN)
    with pytest.raises(Forbidden):
        await ended.run(ReportOutcome(referral_id=UUID(int=1), usefulness=8), manager("0268"))
    assert await ended.events(OutcomeReported) == []


async def test_a_file_is_taken_in_as_a_whole(ended: Monitoring) -> None:
    content = HEADER + "0268;1;8;04\n0268;2;;03\n"
    trial = await ended.run(ImportOutcomes(content=content, dry_run=True), OWN)
    assert (trial.dry_run, trial.accepted, trial.rejected) == (True, 2, 0)
    assert await ended.table("outcome") == []

    done = await ended.run(ImportOutcomes(content=content), OWN, key="upload-1")
    assert [(row.row, row.status) for row in done.rows] == [(2, RowStatus.ACCEPTED), (3, RowStatus.ACCEPTED)]
    assert await ended.run(ImportOutcomes(content=content), OWN, key="upload-1") == done
    again = await ended.run(ImportOutcomes(content=content), OWN)
    assert (again.accepted, again.unchanged) == (0, 2)
    assert len(await ended.events(OutcomeReported)) == 2


async def test_a_wrong_file_is_refused_as_a_whole(ended: Monitoring) -> None:
    content = HEADER + "0268;1;8;04\n0268;2;11;03\n0268;3;8;01\n0268;4;8;01\n0268;1;7;01\n"
    with pytest.raises(Invalid) as refused:
        await ended.run(ImportOutcomes(content=content), OWN)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [
        ("/rows/3/usefulness", "out-of-range"),
        ("/rows/4/allocation_number", "unknown-trajectory"),
        ("/rows/5/allocation_number", "not-ended"),
        ("/rows/6/allocation_number", "double"),
    ]
    assert await ended.table("outcome") == []

    trial = await ended.run(ImportOutcomes(content=content, dry_run=True), OWN)
    assert (trial.accepted, trial.rejected) == (1, 4)
    assert trial.rows[1].errors[0].message.nl.startswith("Het nut is een heel cijfer")


async def test_rows_may_name_the_referral(ended: Monitoring) -> None:
    content = f"referral_id,usefulness\n{UUID(int=1)},9\n{UUID(int=2)},7\n"
    assert (await ended.run(ImportOutcomes(content=content), OWN)).accepted == 2


async def test_history_is_imported_for_all_providers_at_once(ended: Monitoring) -> None:
    content = HEADER + "0268;1;8;04\n0268;3;9;03\n"
    assert (await ended.run(ImportOutcomes(content=content))).accepted == 2
    events = await ended.events(OutcomeReported)
    assert {event.provider for event in events} == {PROVIDERS[0], PROVIDERS[1]}


async def test_five_thousand_rows_are_one_transaction(monitoring: Monitoring) -> None:
    await fill(monitoring, [imported(number) for number in range(1, 5001)])
    content = HEADER + "".join(f"0268;{number};{number % 10 + 1};0{number % 4 + 1}\n" for number in range(1, 5001))
    done = await monitoring.run(ImportOutcomes(content=content))
    assert done.accepted == 5000
    await monitoring.stream.deliver(batch=1000)
    value = await monitoring.pools.worker.fetchval("select value from measure_month where measure = 'outcomes'")
    assert value == 5000
