"""The part of the client of referral that is about declarations: what was delivered, and what is paid of it."""

from datetime import date
from uuid import UUID

from contracts.events.commissioning import Law
from services.kit.http import ServiceClient, path
from services.kit.paging import Page
from services.referral.declaration_commands import DeclareBody
from services.referral.declared_views import DeclarableView, DeclarationLine, DeclarationView, DraftView


class DeclarationCalls(ServiceClient):
    """Declarations of both sides with their lines, and making one."""

    async def declarations(
        self,
        *,
        municipality: str | None = None,
        provider: str | None = None,
        law: Law | None = None,
        period: date | None = None,
        rejected: bool = False,
        message_id: UUID | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[DeclarationView]:
        """The caller's declarations, latest first; ``period`` is any day of the month that they declare."""
        return await self.get(
            Page[DeclarationView],
            "/declarations",
            municipality=municipality,
            provider=provider,
            law=law,
            period=period,
            rejected=rejected or None,
            messageId=message_id,
            limit=limit,
            after=after,
        )

    async def declare(self, body: DeclareBody, *, dry_run: bool = False, idempotency_key: str) -> DraftView:
        """Declare a month by allocation number; a dry run only says what would come of it."""
        query = {"dryRun": dry_run or None}
        answer = await self.request("POST", "/declarations", query=query, body=body, idempotency_key=idempotency_key)
        return DraftView.model_validate_json(answer.content)

    async def declarable_allocations(
        self, municipality: str, law: Law, month: date, *, limit: int = 200, after: str | None = None
    ) -> Page[DeclarableView]:
        """The own allocations that run in the month in which a day lies."""
        return await self.get(
            Page[DeclarableView],
            "/declarable-allocations",
            municipality=municipality,
            law=law,
            month=month,
            limit=limit,
            after=after,
        )

    async def declaration(self, declaration_id: UUID) -> DeclarationView:
        """One declaration: submitted, granted and rejected."""
        return await self.get(DeclarationView, path("/declarations/{id}", id=declaration_id))

    async def declaration_lines(
        self, declaration_id: UUID, *, rejected: bool = False, limit: int = 50, after: str | None = None
    ) -> Page[DeclarationLine]:
        """The lines of a declaration, each with its reasons in words and what is left on its allocation."""
        return await self.get(
            Page[DeclarationLine],
            path("/declarations/{id}/lines", id=declaration_id),
            rejected=rejected or None,
            limit=limit,
            after=after,
        )
