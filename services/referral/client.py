"""The referral service for other processes: typed, over HTTP. Raises ``Problem`` subclasses only.

Every act takes an ``idempotency_key``: the same key again gets the first answer.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import httpx

from contracts.events.referral import DeclineReason, NotBegunReason, StopReason
from services.kit.http import path
from services.kit.paging import Page
from services.kit.problems import Problem, Unavailable, problem_from
from services.kit.tracing import current_traceparent
from services.referral import bodies
from services.referral.batch_client import BatchCalls
from services.referral.batch_views import BatchItemView, BatchView
from services.referral.budget_client import BudgetCalls
from services.referral.budget_views import CATEGORY_NAMES, AllocationBeside, PersonalBudgetView
from services.referral.chain_client import ChainCalls
from services.referral.chain_views import (
    AllocationInDetail,
    CategoryView,
    ChainAllocation,
    ChainRequestView,
    ClientCare,
    RequestState,
    WantedView,
)
from services.referral.declaration_client import DeclarationCalls
from services.referral.declaration_commands import DeclareBody, LineToDeclare
from services.referral.declared_views import (
    DeclarableView,
    DeclarationLine,
    DeclarationStatus,
    DeclarationView,
    DraftLine,
    DraftView,
    RejectionReason,
    RoomOnAllocation,
)
from services.referral.domain.candidates import Order
from services.referral.domain.journey import Status
from services.referral.domain.open_offer import OfferStatus
from services.referral.domain.orders import ReferralOrder, RequestOrder
from services.referral.domain.person import Address, Details, Individual, OtherAddress, Person, partly_known
from services.referral.domain.personal_budget import Remedy
from services.referral.domain.reasons import (
    ChangeReason,
    ChangeRequestReason,
    Promise,
    RefusalReason,
    WaitReason,
    WithdrawalReason,
)
from services.referral.domain.relations import Relation, RelationKind
from services.referral.domain.residence import Ground, responsible
from services.referral.domain.worklist import Task
from services.referral.place_client import PlaceCalls
from services.referral.relation_client import RelationCalls
from services.referral.relation_views import (
    CircumstancesState,
    ClientRelations,
    ClientState,
    ContactsTold,
    NamedView,
    RelationState,
    RelationView,
)
from services.referral.views import (
    AgreedMomentsView,
    AllocationView,
    CandidateView,
    ClientErased,
    ClientView,
    ColumnView,
    DeadlineView,
    ImportedFile,
    ImportedRow,
    LocationView,
    MessageView,
    OpenOfferView,
    ProductView,
    ReferralState,
    ReferralView,
    ReferrerView,
    TaskCount,
)

RAW_TIMEOUT_SECONDS = 120.0
"""How long a file of trajectories or a message may take."""


class ReferralClient(BatchCalls, BudgetCalls, ChainCalls, DeclarationCalls, PlaceCalls, RelationCalls):
    """What people (with their own token) and the workflow (as system) do and see."""

    async def referrals(
        self,
        *,
        status: Sequence[Status] = (),
        tasks: Sequence[Task] = (),
        municipality: str | None = None,
        provider: str | None = None,
        product_code: str | None = None,
        escalated: bool = False,
        elsewhere: bool = False,
        sort: ReferralOrder = ReferralOrder.REQUESTED,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[ReferralView]:
        """A page of journeys in that order; with ``tasks`` the caller's worklist: crises, then earliest due."""
        return await self.get(
            Page[ReferralView],
            "/referrals",
            status=[each.value for each in status] or None,
            task=[each.value for each in tasks] or None,
            municipality=municipality,
            provider=provider,
            productCode=product_code,
            escalated=escalated or None,
            elsewhere=elsewhere or None,
            sort=None if sort is ReferralOrder.REQUESTED else sort.value,
            limit=limit,
            after=after,
        )

    async def referral(self, referral_id: UUID) -> ReferralView:
        """One journey."""
        return await self.get(ReferralView, _one(referral_id))

    async def allocations(self, referral_id: UUID) -> list[AllocationView]:
        """The allocations made in one journey, oldest first."""
        return await self.get(list[AllocationView], f"{_one(referral_id)}/allocations")

    async def task_counts(self) -> list[TaskCount]:
        """How many journeys wait on the caller's worklist, per task."""
        return await self.get(list[TaskCount], "/task-counts")

    async def candidates(
        self,
        municipality: str,
        product_code: str,
        starts_on: date | None = None,
        *,
        sort: Order = Order.WAIT,
        has_room: bool = False,
        within_norm: bool = False,
        max_distance_km: int | None = None,
    ) -> list[CandidateView]:
        """Who can take an allocation: who has room first, then the shortest wait."""
        return await self.get(
            list[CandidateView],
            "/candidates",
            municipality=municipality,
            productCode=product_code,
            startsOn=starts_on,
            sort=sort,
            hasRoom=has_room or None,
            withinNorm=within_norm or None,
            maxDistanceKm=max_distance_km,
        )

    async def products(self, municipality: str | None = None, starts_on: date | None = None) -> list[ProductView]:
        """The products that may be asked for."""
        return await self.get(list[ProductView], "/products", municipality=municipality, startsOn=starts_on)

    async def agreed_moments(self) -> list[AgreedMomentsView]:
        """When results are declared, and what the days of starts and ends are."""
        return await self.get(list[AgreedMomentsView], "/agreed-moments")

    async def request_allocation(self, body: bodies.RequestBody, *, idempotency_key: str) -> ReferralState:
        """Ask for an allocation by form."""
        return await self._act("/referrals", body, idempotency_key)

    async def grant(
        self, referral_id: UUID, body: bodies.GrantBody | None = None, *, idempotency_key: str
    ) -> ReferralState:
        """Allocate; without ``body`` exactly what was requested."""
        decision = body or bodies.GrantBody(decision="grant")
        return await self._act(f"{_one(referral_id)}/decisions", decision, idempotency_key)

    async def refuse(
        self,
        referral_id: UUID,
        reason: RefusalReason,
        *,
        responsible_municipality: str | None = None,
        idempotency_key: str,
    ) -> ReferralState:
        """Refuse a request."""
        body = bodies.RefuseBody(decision="refuse", reason=reason, responsible_municipality=responsible_municipality)
        return await self._act(f"{_one(referral_id)}/decisions", body, idempotency_key)

    async def accept(self, referral_id: UUID, *, own_number: str | None = None, idempotency_key: str) -> ReferralState:
        """The provider takes it on."""
        body = bodies.AcceptBody(own_number=own_number)
        return await self._act(f"{_one(referral_id)}/acceptances", body, idempotency_key)

    async def decline(self, referral_id: UUID, reason: DeclineReason, *, idempotency_key: str) -> ReferralState:
        """The provider does not take it on."""
        return await self._act(f"{_one(referral_id)}/declines", bodies.DeclineBody(reason=reason), idempotency_key)

    async def register_no_answer(self, referral_id: UUID, *, idempotency_key: str) -> ReferralState:
        """The provider let its term pass (workflow)."""
        return await self._act(f"{_one(referral_id)}/no-answers", None, idempotency_key)

    async def offer(self, referral_id: UUID, *, provider: str | None = None, idempotency_key: str) -> ReferralState:
        """Offer a declined allocation to ``provider``, or (workflow) to the next in line."""
        return await self._act(f"{_one(referral_id)}/offers", bodies.OfferBody(provider=provider), idempotency_key)

    async def remind(self, referral_id: UUID, promise: Promise, *, idempotency_key: str) -> ReferralState:
        """Remind the party that made a promise (workflow)."""
        return await self._act(f"{_one(referral_id)}/reminders", bodies.PromiseBody(promise=promise), idempotency_key)

    async def escalate(self, referral_id: UUID, promise: Promise, *, idempotency_key: str) -> ReferralState:
        """Put a promise that was not kept before the access team (workflow)."""
        body = bodies.PromiseBody(promise=promise)
        return await self._act(f"{_one(referral_id)}/escalations", body, idempotency_key)

    async def report_start(self, referral_id: UUID, started_on: date, *, idempotency_key: str) -> ReferralState:
        """Care began."""
        return await self._act(f"{_one(referral_id)}/starts", bodies.StartBody(started_on=started_on), idempotency_key)

    async def expect_start(
        self, referral_id: UUID, expected_on: date, reason: NotBegunReason, *, idempotency_key: str
    ) -> ReferralState:
        """Care did not begin yet."""
        body = bodies.ExpectedStartBody(expected_on=expected_on, reason=reason)
        return await self._act(f"{_one(referral_id)}/expected-starts", body, idempotency_key)

    async def report_stop(
        self, referral_id: UUID, stopped_on: date, reason: StopReason, *, idempotency_key: str
    ) -> ReferralState:
        """Care stopped."""
        body = bodies.StopBody(stopped_on=stopped_on, reason=reason)
        return await self._act(f"{_one(referral_id)}/stops", body, idempotency_key)

    async def withdraw(self, referral_id: UUID, reason: WithdrawalReason, *, idempotency_key: str) -> ReferralState:
        """Take back before care began."""
        body = bodies.WithdrawalBody(reason=reason)
        return await self._act(f"{_one(referral_id)}/withdrawals", body, idempotency_key)

    async def number_client(self, referral_id: UUID, own_number: str) -> ReferralState:
        """Set the provider's own number for the client."""
        body = bodies.OwnNumberBody(own_number=own_number)
        return await self.put(ReferralState, f"{_one(referral_id)}/own-number", body)

    async def clients(self, clients: Sequence[UUID]) -> list[ClientView]:
        """Who these clients are (at most 100); each look is recorded."""
        return await self.get(list[ClientView], "/clients", client=list(clients))

    async def send_message(self, original: bytes, *, idempotency_key: str) -> MessageView:
        """Submit an iWmo/iJw message, byte for byte."""
        answer = await self._send_raw("/messages", original, "application/xml", idempotency_key)
        return MessageView.model_validate_json(answer.content)

    async def messages(
        self,
        *,
        direction: str | None = None,
        kind: str | None = None,
        accepted: bool | None = None,
        referral_id: UUID | None = None,
        sent: bool | None = None,
        awaited: bool | None = None,
        since: datetime | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[MessageView]:
        """The caller's messages, latest first."""
        return await self.get(
            Page[MessageView],
            "/messages",
            direction=direction,
            kind=kind,
            accepted=accepted,
            referralId=referral_id,
            sent=sent,
            awaited=awaited,
            since=since,
            limit=limit,
            after=after,
        )

    async def message(self, message_id: UUID) -> MessageView:
        """One message, without its text."""
        return await self.get(MessageView, path("/messages/{id}", id=message_id))

    async def message_content(self, message_id: UUID) -> bytes:
        """The text of a message; the look is recorded."""
        answer = await self.request(
            "GET", path("/messages/{id}/content", id=message_id), headers={"Accept": "application/xml"}
        )
        return answer.content

    async def import_trajectories(self, content: bytes, *, dry_run: bool = False, idempotency_key: str) -> ImportedFile:
        """Import a CSV file with trajectories; ``dry_run`` only says what would happen."""
        query = {"dryRun": "true"} if dry_run else {}
        answer = await self._send_raw("/imports", content, "text/csv", idempotency_key, query)
        return ImportedFile.model_validate_json(answer.content)

    async def import_content(self, import_id: UUID) -> bytes:
        """An imported file as it came, until somebody in it is erased. The look is recorded."""
        answer = await self.request(
            "GET", path("/imports/{id}/content", id=import_id), headers={"Accept": "text/csv, application/problem+json"}
        )
        return answer.content

    async def import_columns(self) -> list[ColumnView]:
        """The columns of the file of trajectories."""
        return await self.get(list[ColumnView], "/import-columns")

    async def import_rows(self, import_id: UUID, *, limit: int = 200, after: str | None = None) -> Page[ImportedRow]:
        """What each row of a file became."""
        return await self.get(Page[ImportedRow], path("/imports/{id}/rows", id=import_id), limit=limit, after=after)

    async def deadlines(self, before: datetime | None = None, limit: int = 200) -> list[DeadlineView]:
        """Open promises of the caller's organisation, earliest first."""
        return await self.get(
            list[DeadlineView], "/deadlines", before=before.isoformat() if before else None, limit=limit
        )

    async def _send_raw(
        self, address: str, content: bytes, media_type: str, idempotency_key: str, query: dict[str, str] | None = None
    ) -> httpx.Response:
        """A body that is not JSON. Tried once: repeat it yourself, with the same key."""
        headers = {
            "Accept": "application/json",
            "Accept-Language": self._language,
            "Content-Type": media_type,
            "Idempotency-Key": idempotency_key,
        }
        if self._token is not None:
            headers["Authorization"] = f"Bearer {await self._token()}"
        if traceparent := current_traceparent():
            headers["traceparent"] = traceparent
        try:
            answer = await self._client.post(
                self._base + address, content=content, headers=headers, params=query, timeout=RAW_TIMEOUT_SECONDS
            )
        except httpx.TransportError as error:
            raise Unavailable() from error
        if not answer.is_success:
            raise _problem(answer)
        return answer


def _one(referral_id: UUID) -> str:
    return path("/referrals/{id}", id=referral_id)


def _problem(answer: httpx.Response) -> Problem:
    try:
        document = answer.json()
    except ValueError:
        document = None
    return problem_from(answer.status_code, document if isinstance(document, dict) else None)


__all__ = [
    "CATEGORY_NAMES",
    "Address",
    "AgreedMomentsView",
    "AllocationBeside",
    "AllocationInDetail",
    "AllocationView",
    "BatchItemView",
    "BatchView",
    "CandidateView",
    "CategoryView",
    "ChainAllocation",
    "ChainRequestView",
    "ChangeReason",
    "ChangeRequestReason",
    "CircumstancesState",
    "ClientCare",
    "ClientErased",
    "ClientRelations",
    "ClientState",
    "ClientView",
    "ColumnView",
    "ContactsTold",
    "DeadlineView",
    "DeclarableView",
    "DeclarationLine",
    "DeclarationStatus",
    "DeclarationView",
    "DeclareBody",
    "Details",
    "DraftLine",
    "DraftView",
    "Ground",
    "ImportedFile",
    "ImportedRow",
    "Individual",
    "LineToDeclare",
    "LocationView",
    "MessageView",
    "NamedView",
    "OfferStatus",
    "OpenOfferView",
    "Order",
    "OtherAddress",
    "Page",
    "Person",
    "PersonalBudgetView",
    "ProductView",
    "Promise",
    "ReferralClient",
    "ReferralOrder",
    "ReferralState",
    "ReferralView",
    "ReferrerView",
    "RefusalReason",
    "RejectionReason",
    "Relation",
    "RelationKind",
    "RelationState",
    "RelationView",
    "Remedy",
    "RequestOrder",
    "RequestState",
    "RoomOnAllocation",
    "Status",
    "Task",
    "TaskCount",
    "WaitReason",
    "WantedView",
    "WithdrawalReason",
    "bodies",
    "partly_known",
    "responsible",
]
