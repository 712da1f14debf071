"""Two municipalities and two providers that all did everything once, through the handlers of the four services.

Each municipality commissions for itself, the region commissions for both: so there are rows that are one party's, rows
that are shared, and rows that are a competitor's.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import asyncpg

from contracts.envelope import Envelope
from contracts.events.council import MomentKind
from contracts.events.monitoring import WithoutHelp
from contracts.values import Role
from services.commissioning import commands as commissioning
from services.commissioning import handlers as commissioning_handlers
from services.commissioning import projections as commissioning_projections
from services.commissioning.domain.commission import Commission, Stage
from services.council import commands as council
from services.council import handlers as council_handlers
from services.council import projections as council_projections
from services.kit.actor import Actor
from services.kit.commands import Command, CommandBus
from services.kit.inbox import Delivery, Inbox
from services.kit.service import application
from services.monitoring import commands as monitoring
from services.monitoring import handlers as monitoring_handlers
from services.monitoring import projections as monitoring_projections
from services.referral import projections as referral_projections
from services.referral.bootstrap import compose
from services.referral.istandaarden import MessageHeader, Standard, answer_325, read, request_for_allocation_315
from tests.integration.calling import KnownTokens, settings_of
from tests.integration.commissioning.commissioning_world import MET, REGION_ID, application_text, commission_text
from tests.integration.council.council_world import FRAME, moment_text
from tests.integration.referral.declaring import a_323, hours
from tests.integration.referral.referral_world import (
    HEUMEN,
    KOMPAS,
    NIJMEGEN,
    REIGER,
    fictional_bsn,
    new_vault,
    person,
    request_body,
)
from tests.integration.referral.referral_world import World as Referral
from tests.integration.referral.test_referral_batches import zipped
from tests.integration.referral.test_referral_messages import client, requested
from tests.integration.referral.trajectory_files import file, row
from tests.unit.commissioning.workbooks import HEAD, PRICE, book, changed

SERVICES = ("council", "commissioning", "referral", "monitoring")
BEGIN = datetime(2026, 5, 22, 9, tzinfo=UTC)
TODAY = datetime(2026, 8, 14, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OFFICER = Actor("regional-officer", f"region:{REGION_ID}", frozenset({Role.REGIONAL_OFFICER}))
SYSTEM = Actor.system()
NAMES = {HEUMEN: "Heumen", NIJMEGEN: "Nijmegen"}
PROVIDERS = {REIGER: "De Zilveren Reiger", KOMPAS: "Kompas & Kade"}
JOINED = {REIGER: date(2026, 7, 1), KOMPAS: date(2026, 1, 1)}
"""Since when a provider has agreements: a round about June expects only one of the two."""
_PROJECTIONS: dict[str, ModuleType] = {
    "council": council_projections,
    "commissioning": commissioning_projections,
    "referral": referral_projections,
    "monitoring": monitoring_projections,
}


def at_municipality(code: str, role: Role) -> Actor:
    return Actor(f"{role.value}-{code}", f"municipality:{code}", frozenset({role}))


def at_council(code: str, role: Role = Role.CLERK) -> Actor:
    return Actor(f"{role.value}-{code}", f"council:{code}", frozenset({role}))


def at_provider(agb: str, role: Role) -> Actor:
    return Actor(f"{role.value}-{agb}", f"provider:{agb}", frozenset({role}))


class Platform:
    """The four services in one database; what each logs is carried to the others."""

    def __init__(self, databases: Any) -> None:
        self.databases = databases
        self._admin_url = databases["referral"].admin_url
        self._buses = {
            "council": CommandBus(databases["council"].pools, council_handlers.COMMANDS),
            "commissioning": CommandBus(databases["commissioning"].pools, commissioning_handlers.COMMANDS),
            "monitoring": CommandBus(databases["monitoring"].pools, monitoring_handlers.COMMANDS),
        }
        self._tokens = KnownTokens()
        vault = new_vault()
        service = compose(vault)
        pools = databases["referral"].pools
        app = application(service, settings_of("referral"), pools, verifier=self._tokens)
        self.referral = Referral(pools, self._admin_url, service, vault, app)
        self._admin: asyncpg.Connection | None = None
        self._keys = 0

    def person(self, actor: Actor) -> str:
        """Signs ``actor`` in at referral, whose commands carry personal data and therefore go over HTTP."""
        self._tokens.actors[actor.person] = actor
        return actor.person

    async def at(self, instant: datetime) -> None:
        await self.referral.move_clock_to(instant)

    async def do(self, command: Command, actor: Actor) -> Any:
        self._keys += 1
        service = type(command).__module__.split(".")[1]
        return await self._buses[service].execute(command, actor=actor, idempotency_key=f"key-{self._keys}")

    async def admin(self, service: str, query: str, *values: object) -> list[asyncpg.Record]:
        """As superuser, who sees everything."""
        if self._admin is None:
            self._admin = await asyncpg.connect(self._admin_url)
        await self._admin.execute(f"set search_path to {service}")
        return await self._admin.fetch(query, *values)

    async def carry(self) -> None:
        """Bring every log to every projection; what was applied before is skipped."""
        logs: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
        for service in SERVICES:
            rows = await self.databases[service].pools.worker.fetch(
                "select *, data::text as text from event_log order by partition, sequence"
            )
            for each in rows:
                values = each["sequence"], each["key"], each["type"], each["time"], each["text"].encode()
                logs[service, each["partition"]].append(Envelope(service, each["partition"], *values))
        for owner, module in _PROJECTIONS.items():
            for kind in module.PROJECTIONS:
                inbox = Inbox(self.databases[owner].pools, kind())
                followed = {topic.service for topic in kind.sources}
                for (service, partition), log in sorted(logs.items(), key=lambda item: item[0]):
                    if service in followed:
                        outcome = await inbox.take(Delivery(service, partition, log, len(log), "test"))
                        assert (outcome.parked, outcome.missing) == (0, None)

    async def close(self) -> None:
        await self.referral.close()
        if self._admin is not None:
            await self._admin.close()


async def fill(platform: Platform) -> None:
    """The whole story, from the council's frame to a release of figures."""
    await platform.at(BEGIN)
    await _govern(platform)
    await _commission(platform)
    await platform.at(TODAY)
    await platform.carry()
    for ordinal, code in enumerate(NAMES):
        for agb in PROVIDERS:
            await _refer(platform, code, agb, 10 * ordinal + list(PROVIDERS).index(agb))
    await platform.carry()
    await _report(platform)
    for ordinal, code in enumerate(NAMES):
        for agb in PROVIDERS:
            await _declare(platform, code, agb, 10 * ordinal + list(PROVIDERS).index(agb))
    await platform.carry()


async def _govern(platform: Platform) -> None:
    for code in NAMES:
        clerk, member = at_council(code), at_council(code, Role.COUNCIL_MEMBER)
        adopted = await platform.do(council.DraftFrame(**dict(FRAME)), clerk)
        await platform.do(council.AdoptFrame(frame_id=adopted.frame_id), clerk)
        await platform.do(council.DraftFrame(**dict(FRAME)), clerk)
        view = await platform.do(council.ScheduleMoment(**dict(moment_text())), clerk)
        await platform.do(council.SubmitView(moment_id=view.moment_id, text="De raad kan zich hierin vinden."), clerk)
        budget = moment_text(kind=MomentKind.BUDGET, title="Begroting", opens_on=date(2026, 9, 1), term_days=40)
        await platform.do(council.ScheduleMoment(**dict(budget)), clerk)
        await platform.do(council.AskQuestion(subject="Wachttijd", body="Hoe lang wacht men?", indicator=6), member)
        letter = council.SendLetter(title="Wachttijd", body="Zes weken.", indicator=6)
        await platform.do(letter, at_municipality(code, Role.EXECUTIVE))
        await platform.do(council.AgreeQuestionTerm(days=21), clerk)
    await platform.carry()


async def _commission(platform: Platform) -> None:
    members = [{"code": code, "name": name, "inhabitants": 20_000} for code, name in NAMES.items()]
    await platform.do(
        commissioning.FormRegion(region_id=REGION_ID, name="Rijk van Nijmegen", municipalities=members), OFFICER
    )
    for agb, name in PROVIDERS.items():
        admin = at_provider(agb, Role.PROVIDER_ADMINISTRATOR)
        await platform.do(commissioning.RegisterProvider(agb=agb, name=name, fictional=True), admin)
        capacity = commissioning.StateCapacity(product_code="45A04", places=100, free=9, wait_days=20)
        await platform.do(capacity, at_provider(agb, Role.PLANNER))
    owners = [(OFFICER, tuple(NAMES))]
    owners += [(at_municipality(code, Role.CONTRACT_MANAGER), (code,)) for code in NAMES]
    for owner, codes in owners:
        await _agree(platform, owner, codes)
        ceiling = None if owner is OFFICER else 300  # so low that a warning follows
        prices = [changed(PRICE, A=f"T-{agb}") for agb in PROVIDERS]
        heads = [
            changed(HEAD, A=f"T-{agb}", B=agb, C=name, D=", ".join(codes), E=JOINED[agb], G=ceiling)
            for agb, name in PROVIDERS.items()
        ]
        await platform.do(commissioning.ImportAgreements(content=book(heads, prices)), owner)


async def _agree(platform: Platform, owner: Actor, codes: tuple[str, ...]) -> None:
    """One commission from scenario to agreements with both providers; and drafts that nobody else may see."""
    await platform.at(BEGIN)
    [frame, *_] = await platform.admin(
        "council", "select frame_id from frame where status = 'adopted' and municipality = $1", codes[0]
    )
    story = {"title": "Dichtbij", "story": "Waarheen en waarom.", "municipalities": codes}
    await platform.do(commissioning.DraftScenario(**story), owner)
    outcome = {"indicator": 6, "title": "80 % op tijd", "lower": 80, "year": 2029}
    draft = commissioning.DraftScenario(**story, frames=(frame["frame_id"],), outcomes=(outcome,))
    scenario = await platform.do(draft, owner)
    await platform.do(commissioning.PublishScenario(scenario_id=scenario.scenario_id), owner)
    text = commission_text(scenario.scenario_id, municipalities=codes, valid_from=date(2026, 8, 1))
    await platform.do(commissioning.DraftCommission(**dict(text)), owner)
    drafted = await platform.do(commissioning.DraftCommission(**dict(text)), owner)
    commission: Commission = await platform.do(
        commissioning.PublishCommission(commission_id=drafted.commission_id), owner
    )
    key = {"commission_id": commission.commission_id}
    applications = []
    for agb in PROVIDERS:
        admin = at_provider(agb, Role.PROVIDER_ADMINISTRATOR)
        await platform.do(commissioning.AskQuestion(**key, question="Telt reistijd mee?"), admin)
        submit = commissioning.SubmitApplication(**key, text=application_text())
        applications.append(await platform.do(submit, admin))
    assert commission.questions_due
    assert commission.applications_due
    await platform.at(commission.questions_due + SECOND)
    await platform.do(commissioning.AdvanceCommission(**key, stage=Stage.ANSWERED), SYSTEM)
    await platform.at(commission.applications_due + SECOND)
    await platform.do(commissioning.AdvanceCommission(**key, stage=Stage.CLOSED), SYSTEM)
    for submitted in applications:
        assess = commissioning.AssessApplication(application_id=submitted.application_id, judgements=MET)
        await platform.do(assess, owner)
    announced = await platform.do(commissioning.AnnounceAssessment(**key), owner)
    await platform.at(announced.standstill_until + SECOND)
    await platform.do(commissioning.AdvanceCommission(**key, stage=Stage.FINAL), SYSTEM)
    for submitted, agb in zip(applications, PROVIDERS, strict=True):
        agreement = await platform.do(
            commissioning.DraftAgreement(application_id=submitted.application_id, ceiling_cents=100_000_000), owner
        )
        sign = commissioning.SignAgreement(agreement_id=agreement.agreement_id)
        for side in (owner, at_provider(agb, Role.PROVIDER_ADMINISTRATOR)):
            await platform.do(sign, side)


async def _refer(platform: Platform, code: str, agb: str, ordinal: int) -> None:
    """By form until care stopped, by message until a decline, an import, and a person who was erased."""
    here = platform.referral
    worker = platform.person(at_municipality(code, Role.ACCESS_WORKER))
    planner = platform.person(at_provider(agb, Role.PLANNER))
    admin = platform.person(at_provider(agb, Role.PROVIDER_ADMINISTRATOR))
    body = request_body(
        ordinal,
        municipality=code,
        provider=agb,
        desiredStart="2026-08-12",
        volume=100,
        referrer="general_practitioner",
        referrerName="Huisarts Denkbeeld",
    )
    form = await here.post(worker, "/referrals", body)
    path = f"/referrals/{form['referralId']}"
    asked_for = (await here.get(worker, path))["client"]
    mother = {"kind": "parent", "authority": True, "lastName": "Denkbeeld", "phone": "0241234567"}
    await here.post(worker, f"/clients/{asked_for}/relations", {"relation": mother})
    budget = {"law": "wmo", "category": "07", "startsOn": "2026-09-01"}
    await here.post(worker, f"/clients/{asked_for}/personal-budgets", budget)
    await here.post(worker, f"{path}/decisions", {"decision": "grant"})
    await here.post(planner, f"{path}/acceptances", {"ownNumber": f"P-{ordinal}"})
    await here.post(planner, f"{path}/starts", {"startedOn": "2026-08-12"})
    await here.post(planner, f"{path}/stops", {"stoppedOn": "2026-08-13", "reason": "as_planned"})
    for reader in (worker, planner):
        seen = await here.get(reader, path)
        await here.get(reader, f"/clients/{seen['client']}")

    for allowed in (False, True):
        exchange = {"allowed": allowed, "judgedBy": "Huisarts Denkbeeld"}
        await here.post(worker, f"/clients/{seen['client']}/exchange", exchange)

    header = MessageHeader(Standard.IJW, code, agb, f"A{ordinal}", TODAY.date())
    message = request_for_allocation_315(header, client(ordinal + 100), [requested(f"R{ordinal}")], guardian_known=True)
    [asked] = (await here.send(admin, message))["referralIds"]
    await here.post(worker, f"/referrals/{asked}/decisions", {"decision": "grant", "person": {"phone": "0241234567"}})
    await here.post(planner, f"/referrals/{asked}/declines", {"reason": "no_room"})

    shared = request_body(ordinal + 300, municipality=code, provider=agb, person=person(ordinal + 300))
    offered = await here.post(worker, "/referrals", shared)
    await here.post(worker, f"/referrals/{offered['referralId']}/shared-offers", {"providers": list(PROVIDERS)})
    answer = await here.call(planner, "PUT", "/locations", {"municipalities": [code]})
    assert answer.status_code == 200, answer.text
    answer = await here.call(admin, "PUT", "/exchange-settings", {"ownRetours": True})
    assert answer.status_code == 200, answer.text

    for sender in (admin, worker):
        many = zipped(**{"1.xml": message, "2.xml": b"<no-message/>"})
        await here.post(sender, "/message-batches", content=many, media_type="application/zip")

    old = row(7000 + 100 * ordinal, municipality=code, provider=agb, stopped_on="2026-07-10", starts_on="2026-03-02",
              started_on="2026-03-09", granted_on="2026-02-20", ends_on="2026-08-30")  # fmt: skip
    await here.post(worker, "/imports", content=file([old]), media_type="text/csv")

    request = request_body(ordinal + 200, municipality=code, provider=agb, person=person(ordinal + 200))
    refused = await here.post(worker, "/referrals", request)
    await here.post(
        worker, f"/referrals/{refused['referralId']}/decisions", {"decision": "refuse", "reason": "stacking"}
    )
    gone = (await here.get(worker, f"/referrals/{refused['referralId']}"))["client"]
    await here.post(worker, f"/clients/{gone}/erasures", {"reason": "retention_ended"})


async def _declare(platform: Platform, code: str, agb: str, ordinal: int) -> None:
    """The care of August is declared, with one line under an allocation that nobody knows."""
    here, admin = platform.referral, platform.person(at_provider(agb, Role.PROVIDER_ADMINISTRATOR))
    [allocated] = await platform.admin(
        "referral",
        "select allocation_number from referral"
        " where municipality = $1 and provider = $2 and stopped_on = date '2026-08-13'",
        code,
        agb,
    )
    given = {"starts_on": date(2026, 8, 12), "ends_on": date(2026, 8, 31), "tariff_cents": 8510, "volume": 2}
    lines = [hours(f"G{ordinal}", allocated["allocation_number"], **given), hours(f"W{ordinal}", 987654321, **given)]
    sent = a_323(
        f"Z{ordinal}",
        [(fictional_bsn(ordinal), lines)],
        period=(date(2026, 8, 1), date(2026, 8, 31)),
        municipality=code,
        provider=agb,
        dated=date(2026, 9, 4),
    )
    answer = await here.send(admin, sent)
    assert answer["accepted"], answer
    # The municipality has another system besides, and uploads what that answered.
    theirs = answer_325(read(sent), identification=f"E{ordinal}", dated=date(2026, 9, 4))
    await here.send(platform.person(at_municipality(code, Role.ACCESS_WORKER)), theirs)


async def _report(platform: Platform) -> None:
    """A round over June and one over July, outcomes, a release; and a spread, which takes more peers than there are."""
    await platform.do(monitoring.OpenRound(region_id=REGION_ID, month="2026-06"), OFFICER)
    opened = await platform.do(monitoring.OpenRound(region_id=REGION_ID, month="2026-07"), OFFICER)
    for agb in PROVIDERS:
        planner = at_provider(agb, Role.PLANNER)
        ended = await platform.admin(
            "monitoring", "select referral_id from trajectory where provider = $1 and outcome_due", agb
        )
        assert ended
        for each in ended:
            outcome = monitoring.ReportOutcome(
                referral_id=UUID(str(each["referral_id"])), usefulness=8, without_help=WithoutHelp("01")
            )
            await platform.do(outcome, planner)
        await platform.do(monitoring.DeclareReported(round_id=opened.round_id), planner)
    await platform.at(opened.closes_at)
    await platform.do(monitoring.CloseRound(round_id=opened.round_id), SYSTEM)
    await platform.at(opened.publish_at)
    await platform.do(monitoring.PublishRound(round_id=opened.round_id), SYSTEM)
    await platform.admin(
        "monitoring",
        "insert into peer_spread values ($1, date '2026-07-01', 0, 6, 5, 10, 20, 30)",
        REGION_ID,
    )
