"""Calling commissioning: what other services, the portal, workflows and the demonstration use."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from contracts.values import PartyId
from services.commissioning import commands, views
from services.commissioning.domain.admission import ApplicationText, Judgement
from services.commissioning.domain.commission import Commission, CommissionText, Stage
from services.commissioning.domain.scenario import Scenario
from services.commissioning.workbook import MEDIA_TYPE
from services.kit.http import ServiceClient, Versioned, path
from services.kit.paging import Page


class CommissioningClient(ServiceClient):
    """Typed methods for every route. ``key`` is the ``Idempotency-Key``; a repeated one gives the first answer."""

    # --- parties

    async def form_region(self, region: commands.FormRegion, key: str) -> views.Region:
        return await self.post(views.Region, "/regions", region, idempotency_key=key)

    async def regions(self) -> tuple[views.Region, ...]:
        found = await self.get(views.Regions, "/regions")
        return found.items

    async def region(self, region_id: str) -> views.Region:
        return await self.get(views.Region, path("/regions/{id}", id=region_id))

    async def register_provider(self, provider: commands.RegisterProvider, key: str) -> views.Provider:
        return await self.post(views.Provider, "/providers", provider, idempotency_key=key)

    async def providers(self, after: str | None = None, limit: int | None = None) -> Page[views.Provider]:
        return await self.get(Page[views.Provider], "/providers", after=after, limit=limit)

    async def provider(self, agb: str) -> views.Provider:
        return await self.get(views.Provider, path("/providers/{agb}", agb=agb))

    async def state_capacity(self, capacity: commands.StateCapacity, key: str) -> views.Capacity:
        return await self.post(views.Capacity, "/capacities", capacity, idempotency_key=key)

    async def capacities(
        self, *, provider: str | None = None, product_code: str | None = None
    ) -> tuple[views.Capacity, ...]:
        found = await self.get(views.Capacities, "/capacities", provider=provider, productCode=product_code)
        return found.items

    async def frames(self, municipalities: Sequence[str] = ()) -> tuple[views.Frame, ...]:
        found = await self.get(views.Frames, "/frames", municipality=list(municipalities) or None)
        return found.items

    async def deadlines(self, before: datetime | None = None, limit: int | None = None) -> list[views.DeadlineView]:
        due = before.isoformat() if before else None
        return await self.get(list[views.DeadlineView], "/deadlines", before=due, limit=limit)

    # --- scenarios

    async def draft_scenario(self, text: commands.ScenarioText, key: str) -> Scenario:
        return await self.post(Scenario, "/scenarios", text, idempotency_key=key)

    async def edit_scenario(self, scenario_id: UUID, text: commands.ScenarioText, if_match: str) -> Scenario:
        return await self.put(Scenario, path("/scenarios/{id}", id=scenario_id), text, if_match=if_match)

    async def publish_scenario(self, scenario_id: UUID, key: str) -> Scenario:
        address = path("/scenarios/{id}/publications", id=scenario_id)
        return await self.post(Scenario, address, idempotency_key=key)

    async def scenario(self, scenario_id: UUID) -> Versioned[Scenario]:
        """The scenario with its ETag."""
        return await self.get_versioned(Scenario, path("/scenarios/{id}", id=scenario_id))

    async def scenarios(
        self, *, municipality: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[Scenario]:
        return await self.get(Page[Scenario], "/scenarios", municipality=municipality, after=after, limit=limit)

    async def published_scenarios(
        self, *, municipality: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[Scenario]:
        """Without signing in."""
        return await self.get(
            Page[Scenario], "/published-scenarios", municipality=municipality, after=after, limit=limit
        )

    async def published_scenario(self, scenario_id: UUID) -> Scenario:
        """Without signing in."""
        return await self.get(Scenario, path("/published-scenarios/{id}", id=scenario_id))

    # --- commissions

    async def draft_commission(self, text: CommissionText, key: str) -> Commission:
        return await self._commission("/commissions", text, key)

    async def edit_commission(self, commission_id: UUID, text: CommissionText, if_match: str) -> Commission:
        address = path("/commissions/{id}", id=commission_id)
        return await self.put(Commission, address, text, if_match=if_match)

    async def publish_commission(self, commission_id: UUID, key: str) -> Commission:
        return await self._commission(path("/commissions/{id}/publications", id=commission_id), None, key)

    async def advance_commission(self, commission_id: UUID, stage: Stage, key: str) -> Commission:
        """For the workflow: the moment of ``answered``, ``closed`` or ``final`` came."""
        return await self._commission(path("/commissions/{id}/stages", id=commission_id), {"stage": stage.value}, key)

    async def remind_assessment(self, commission_id: UUID, key: str) -> Commission:
        """For the workflow: the assessment term passed."""
        return await self._commission(path("/commissions/{id}/reminders", id=commission_id), None, key)

    async def announce_assessment(self, commission_id: UUID, key: str) -> Commission:
        return await self._commission(path("/commissions/{id}/announcements", id=commission_id), None, key)

    async def withdraw_commission(self, commission_id: UUID, reason: str, key: str) -> Commission:
        address = path("/commissions/{id}/withdrawals", id=commission_id)
        return await self._commission(address, {"reason": reason}, key)

    async def commission(self, commission_id: UUID) -> Versioned[Commission]:
        """The commission with its ETag."""
        return await self.get_versioned(Commission, path("/commissions/{id}", id=commission_id))

    async def commissions(
        self,
        *,
        stage: Stage | None = None,
        municipality: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[Commission]:
        return await self.get(
            Page[Commission], "/commissions", stage=stage, municipality=municipality, after=after, limit=limit
        )

    async def published_commissions(
        self, *, stage: Stage | None = None, municipality: str | None = None, after: str | None = None
    ) -> Page[Commission]:
        """Without signing in."""
        return await self.get(
            Page[Commission], "/published-commissions", stage=stage, municipality=municipality, after=after
        )

    async def _commission(self, address: str, body: object, key: str) -> Commission:
        return await self.post(Commission, address, body, idempotency_key=key)

    # --- admission

    async def ask_question(self, commission_id: UUID, question: str, key: str) -> views.Question:
        address = path("/commissions/{id}/questions", id=commission_id)
        return await self.post(views.Question, address, {"question": question}, idempotency_key=key)

    async def questions(self, commission_id: UUID) -> tuple[views.Question, ...]:
        found = await self.get(views.Questions, path("/commissions/{id}/questions", id=commission_id))
        return found.items

    async def answer_question(self, question_id: UUID, answer: str, key: str) -> views.Question:
        address = path("/questions/{id}/answers", id=question_id)
        return await self.post(views.Question, address, {"answer": answer}, idempotency_key=key)

    async def submit_application(self, commission_id: UUID, text: ApplicationText, key: str) -> views.ApplicationView:
        address = path("/commissions/{id}/applications", id=commission_id)
        return await self.post(views.ApplicationView, address, text, idempotency_key=key)

    async def applications(self, commission_id: UUID) -> tuple[views.ApplicationView, ...]:
        found = await self.get(views.Applications, path("/commissions/{id}/applications", id=commission_id))
        return found.items

    async def application(self, application_id: UUID) -> views.ApplicationView:
        return await self.get(views.ApplicationView, path("/applications/{id}", id=application_id))

    async def assess_application(
        self, application_id: UUID, judgements: Sequence[Judgement], key: str
    ) -> views.ApplicationView:
        address = path("/applications/{id}/assessments", id=application_id)
        body = {"judgements": [judgement.model_dump(mode="json", by_alias=True) for judgement in judgements]}
        return await self.post(views.ApplicationView, address, body, idempotency_key=key)

    # --- agreements

    async def draft_agreement(
        self,
        application_id: UUID,
        key: str,
        *,
        ceiling_cents: int | None = None,
        valid_from: date | None = None,
        valid_until: date | None = None,
    ) -> views.AgreementView:
        body = {"ceilingCents": ceiling_cents, "validFrom": valid_from, "validUntil": valid_until}
        address = path("/applications/{id}/agreements", id=application_id)
        return await self.post(views.AgreementView, address, body, idempotency_key=key)

    async def sign_agreement(self, agreement_id: UUID, key: str) -> views.AgreementView:
        address = path("/agreements/{id}/signatures", id=agreement_id)
        return await self.post(views.AgreementView, address, idempotency_key=key)

    async def agreement(self, agreement_id: UUID) -> views.AgreementView:
        return await self.get(views.AgreementView, path("/agreements/{id}", id=agreement_id))

    async def agreements(
        self,
        *,
        status: str | None = None,
        provider: str | None = None,
        commission_id: UUID | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[views.AgreementView]:
        return await self.get(
            Page[views.AgreementView],
            "/agreements",
            status=status,
            provider=provider,
            commissionId=commission_id,
            after=after,
            limit=limit,
        )

    async def import_agreements(
        self, content: bytes, key: str, *, dry_run: bool = False, on_behalf_of: PartyId | None = None
    ) -> views.ImportReport:
        """An XLSX workbook; ``on_behalf_of`` names the commissioner when Samenspel itself imports."""
        response = await self.request(
            "POST",
            "/agreement-workbooks",
            query={"dryRun": dry_run, "onBehalfOf": on_behalf_of},
            body=content,
            headers={"Content-Type": MEDIA_TYPE},
            idempotency_key=key,
        )
        return views.ImportReport.model_validate_json(response.content)

    async def workbook_template(self) -> bytes:
        response = await self.request("GET", "/agreement-workbooks/template", headers={"Accept": "*/*"})
        return response.content

    async def current_workbook(self) -> bytes:
        response = await self.request("GET", "/agreement-workbooks/current", headers={"Accept": "*/*"})
        return response.content

    # --- spending room

    async def spending_rooms(self, *, year: int | None = None, municipality: str | None = None) -> views.SpendingRooms:
        return await self.get(views.SpendingRooms, "/spending-rooms", year=year, municipality=municipality)

    async def spending_room(self, agreement_id: UUID, year: int | None = None) -> views.SpendingRoom:
        address = path("/agreements/{id}/spending-room", id=agreement_id)
        return await self.get(views.SpendingRoom, address, year=year)

    async def reconciliation(self, agreement_id: UUID, year: int | None = None) -> views.Reconciliation:
        address = path("/agreements/{id}/reconciliation", id=agreement_id)
        return await self.get(views.Reconciliation, address, year=year)

    async def spending_warnings(self, year: int | None = None) -> tuple[views.SpendingWarning, ...]:
        found = await self.get(views.SpendingWarnings, "/spending-warnings", year=year)
        return found.items

    async def record_talk(
        self, agreement_id: UUID, year: int, held_on: date, note: str, key: str
    ) -> views.SpendingWarning:
        address = path("/agreements/{id}/spending-warnings/{year}/talks", id=agreement_id, year=year)
        body = {"heldOn": held_on.isoformat(), "note": note}
        return await self.post(views.SpendingWarning, address, body, idempotency_key=key)

    async def record_decision(
        self,
        agreement_id: UUID,
        year: int,
        decision: commands.SpendingDecision,
        decided_on: date,
        note: str,
        key: str,
    ) -> views.SpendingWarning:
        address = path("/agreements/{id}/spending-warnings/{year}/decisions", id=agreement_id, year=year)
        body = {"decision": decision.value, "decidedOn": decided_on.isoformat(), "note": note}
        return await self.post(views.SpendingWarning, address, body, idempotency_key=key)


__all__ = [
    "ApplicationText",
    "Commission",
    "CommissionText",
    "CommissioningClient",
    "Judgement",
    "Page",
    "Scenario",
    "Stage",
    "commands",
    "views",
]
