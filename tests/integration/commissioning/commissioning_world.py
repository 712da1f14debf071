"""Commissioning on a real database, with people of every side, and the logs that its projections follow."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from contracts.envelope import Envelope, partition_of
from contracts.event import Event
from contracts.events import OWNER
from contracts.events.commissioning import Law, Product, Unit
from contracts.events.council import FrameAdopted, Goal
from contracts.events.referral import AllocationGranted, Assignment, Frequency, Referrer
from contracts.topics import BY_SERVICE
from contracts.values import Role
from services.commissioning.commands import DesiredOutcome, DraftCommission, DraftScenario, FormRegion
from services.commissioning.domain.admission import ApplicationText, Judgement, RequirementAnswer
from services.commissioning.domain.commission import Commission, CommissionText, Requirement, Step
from services.commissioning.handlers import COMMANDS
from services.commissioning.projections import PROJECTIONS
from services.kit.actor import Actor
from services.kit.commands import Command, CommandBus
from services.kit.database import Database
from services.kit.inbox import Delivery, Inbox

NOW = datetime(2026, 8, 14, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system()
REGION_ID = "rijk-van-nijmegen"
REIGER, WAALWIND = "73730001", "73730004"


def person(party: str, *roles: Role) -> Actor:
    return Actor(f"person-of-{party}", party, frozenset(roles))


OFFICER = person(f"region:{REGION_ID}", Role.REGIONAL_OFFICER)
NIJMEGEN = person("municipality:0268", Role.CONTRACT_MANAGER)
HEUMEN = person("municipality:0252", Role.CONTRACT_MANAGER)
UTRECHT = person("municipality:0344", Role.CONTRACT_MANAGER)
REIGER_ADMIN = person(f"provider:{REIGER}", Role.PROVIDER_ADMINISTRATOR)
WAALWIND_ADMIN = person(f"provider:{WAALWIND}", Role.PROVIDER_ADMINISTRATOR)

OUTPATIENT = Product(
    product_code="45A04", category="45", name="Jeugdhulp ambulant", law=Law.YOUTH, unit=Unit.HOUR, tariff_cents=8510
)
REQUIREMENTS = (
    Requirement(code="no-bankruptcy", step=Step.EXCLUSION, text="Niet failliet"),
    Requirement(code="quality-mark", step=Step.SUITABILITY, text="Kwaliteitskeurmerk"),
    Requirement(code="starts-in-time", step=Step.PERFORMANCE, text="Start binnen zes weken"),
)
MET = tuple(Judgement(code=requirement.code, met=True) for requirement in REQUIREMENTS)


def commission_text(scenario_id: UUID, **changes: Any) -> CommissionText:
    values: dict[str, Any] = {
        "scenario_id": scenario_id,
        "title": "Jeugdhulp dichtbij",
        "municipalities": ("0268", "0252"),
        "products": (OUTPATIENT.model_dump(),),
        "requirements": REQUIREMENTS,
        "valid_from": date(2027, 1, 1),
        "valid_until": date(2029, 12, 31),
    }
    return CommissionText(**values | changes)


def application_text(*products: str) -> ApplicationText:
    return ApplicationText(
        products=products or (OUTPATIENT.product_code,),
        answers=tuple(RequirementAnswer(code=each.code, text="Wij voldoen.") for each in REQUIREMENTS),
    )


class World:
    """The service as one object: ``do`` a command, move the clock, write events of others and deliver them."""

    def __init__(self, pools: Database, admin_url: str) -> None:
        self.pools = pools
        self._admin_url = admin_url
        self._bus = CommandBus(pools, COMMANDS)
        self._logs: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
        self._keys = 0

    async def at(self, instant: datetime) -> None:
        """Set the business clock. Units begun later see it."""
        connection = await asyncpg.connect(self._admin_url)
        try:
            await connection.execute("""update clock.business_clock set "offset" = $1 - pg_catalog.now()""", instant)
        finally:
            await connection.close()

    async def do(self, command: Command, actor: Actor, key: str | None = None) -> Any:
        self._keys += 1
        return await self._bus.execute(command, actor=actor, idempotency_key=key or f"key-{self._keys}")

    async def events(self, *types: type[Event]) -> list[Event]:
        """What was logged, per partition in order; only of these types when named."""
        rows = await self.pools.worker.fetch("select type, data from event_log order by time, partition, sequence")
        models = {model.type: model for model in types}
        return [models[row["type"]].model_validate(row["data"]) for row in rows if row["type"] in models]

    async def audience(self, type_: type[Event]) -> list[str]:
        row = await self.pools.worker.fetchrow(
            "select audience from event_log where type = $1 order by time desc limit 1", type_.type
        )
        return sorted(row["audience"]) if row else []

    async def rows(self, actor: Actor, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """What ``actor`` sees of a table, with only row-level security between."""
        async with self.pools.reading(actor) as unit:
            return list(await unit.conn.fetch(query, *arguments))

    # --- events of others

    def write(self, key: str | UUID, event: Event, at: datetime = NOW) -> None:
        service = OWNER[event.type]
        partition = partition_of(str(key), BY_SERVICE[service].partitions)
        log = self._logs[service, partition]
        data = event.model_dump_json(by_alias=True, exclude_none=True).encode()
        log.append(Envelope(service, partition, len(log) + 1, str(key), event.type, at, data))

    async def own(self) -> None:
        """Our own log, as the relay would carry it."""
        rows = await self.pools.worker.fetch("select *, data::text as text from event_log order by partition, sequence")
        for place in [place for place in self._logs if place[0] == "commissioning"]:
            del self._logs[place]
        for row in rows:
            self._logs["commissioning", row["partition"]].append(
                Envelope(
                    "commissioning",
                    row["partition"],
                    row["sequence"],
                    row["key"],
                    row["type"],
                    row["time"],
                    row["text"].encode(),
                )
            )

    async def deliver(
        self, *, batch: int = 500, order: Sequence[str] = ("council", "commissioning", "referral")
    ) -> None:
        """Everything to every projection, source by source; what was delivered before is skipped, as with Kafka."""
        await self.own()
        for kind in PROJECTIONS:
            inbox = Inbox(self.pools, kind())
            places = sorted(self._logs, key=lambda place: (order.index(place[0]), place[1]))
            for service, partition in places:
                if service not in {topic.service for topic in kind.sources}:
                    continue
                log = self._logs[service, partition]
                for start in range(0, len(log), batch):
                    events = log[start : start + batch]
                    outcome = await inbox.take(Delivery(service, partition, events, start + len(events), "test"))
                    assert outcome.parked == 0
                    assert outcome.missing is None

    # --- the story so far

    async def region(self) -> None:
        members = [("0268", "Nijmegen", 187_000), ("0252", "Heumen", 17_000)]
        await self.do(
            FormRegion(
                region_id=REGION_ID,
                name="Rijk van Nijmegen",
                municipalities=[{"code": code, "name": name, "inhabitants": n} for code, name, n in members],
            ),
            OFFICER,
        )

    async def frame(self, municipality: str = "0252") -> UUID:
        frame_id = uuid4()
        goal = Goal(goal_id=uuid4(), title="Passende hulp eerder", indicators=(5, 6, 7))
        self.write(
            frame_id,
            FrameAdopted(
                frame_id=frame_id,
                municipality=municipality,
                title="Kader 2026-2029",
                first_year=2026,
                last_year=2029,
                goals=(goal,),
                adopted_at=NOW,
            ),
        )
        await self.deliver()
        return frame_id

    async def published_scenario(self) -> UUID:
        from services.commissioning.commands import PublishScenario

        frame_id = await self.frame()
        scenario = await self.do(
            DraftScenario(
                title="Dichtbij, tenzij",
                story="In 2029 groeit een kind hier zo gewoon mogelijk op.",
                municipalities=("0268", "0252"),
                frames=(frame_id,),
                outcomes=(DesiredOutcome(indicator=6, title="80 % op tijd", lower=80, year=2029),),
            ),
            OFFICER,
        )
        await self.do(PublishScenario(scenario_id=scenario.scenario_id), OFFICER)
        return UUID(str(scenario.scenario_id))

    async def published_commission(self) -> Commission:
        from services.commissioning.commands import PublishCommission

        await self.region()
        text = commission_text(await self.published_scenario())
        draft = await self.do(DraftCommission(**dict(text)), OFFICER)
        published: Commission = await self.do(PublishCommission(commission_id=draft.commission_id), OFFICER)
        return published


def granted(agb: str = REIGER, **changes: Any) -> AllocationGranted:
    """An allocation of 100 hours of youth outpatient care from 1 September 2026."""
    assignment = Assignment(
        law=Law.YOUTH,
        product_code="45A04",
        category="45",
        unit=Unit.HOUR,
        frequency=Frequency.WHOLE,
        volume=100,
        total_units=changes.pop("total_units", 100),
    )
    values: dict[str, Any] = {
        "referral_id": uuid4(),
        "allocation_number": 1,
        "municipality": "0268",
        "provider": agb,
        "client": uuid4(),
        "assignment": assignment,
        "referrer": Referrer.MUNICIPALITY,
        "starts_on": date(2026, 8, 1),
        "ends_on": date(2026, 12, 31),
        "granted_at": NOW,
        "accept_due": NOW,
        "start_due": datetime(2026, 9, 12, 22, tzinfo=UTC),
    }
    return AllocationGranted(**values | changes)
