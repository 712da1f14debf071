"""The monitoring service for other processes: typed, over HTTP. Raises ``Problem`` subclasses only.

Every act takes an ``idempotency_key``: the same key again gets the first answer. Published figures need no token.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import httpx

from contracts.events.monitoring import PeriodKind, WithoutHelp
from services.kit.http import ServiceClient, path
from services.kit.paging import Page
from services.kit.problems import Unavailable, problem_from
from services.kit.tracing import current_traceparent
from services.monitoring.commands import CorrectFigures, OpenPlannedRound, OpenRound, ReportOutcome
from services.monitoring.views import (
    DeadlineView,
    DueOutcomeCount,
    DueOutcomeView,
    FigureListView,
    FigureView,
    ImportView,
    IndicatorView,
    LabelView,
    MirrorItemView,
    MirrorListView,
    MirrorView,
    OutcomeView,
    ReleaseDetailView,
    ReleasedFigureView,
    ReleaseListView,
    ReleaseView,
    RoundPlanView,
    RoundStatus,
    RoundView,
    Words,
)

FILE_TIMEOUT_SECONDS = 120.0
"""How long a file of outcomes may take."""


class MonitoringClient(ServiceClient):
    """What people (with their own token), the public (without) and the workflow (as system) do and see."""

    async def indicators(self) -> list[IndicatorView]:
        """The catalogue. Public."""
        return await self.get(list[IndicatorView], "/indicators")

    async def indicator(self, number: int) -> IndicatorView:
        """One indicator. Public."""
        return await self.get(IndicatorView, path("/indicators/{number}", number=number))

    async def figures(
        self,
        *,
        indicators: Sequence[int] = (),
        municipality: str | None = None,
        region_id: str | None = None,
        provider: str | None = None,
        period: PeriodKind = PeriodKind.ROLLING_YEAR,
        until: str | None = None,
        periods: int = 1,
        split: str | None = None,
    ) -> FigureListView:
        """Live figures of the caller's own; ``split`` (``municipality`` or ``provider``) gives each apart besides."""
        return await self.get(
            FigureListView,
            "/figures",
            indicator=list(indicators) or None,
            municipality=municipality,
            regionId=region_id,
            provider=provider,
            period=period.value,
            until=until,
            periods=periods,
            split=split,
        )

    async def figures_csv(self, **query: str | int) -> bytes:
        """Live figures as CSV; ``query`` as the address takes it."""
        answer = await self.request("GET", "/figure-exports", query=query, headers={"Accept": "text/csv"})
        return answer.content

    async def published_figures(
        self,
        *,
        area: str | None = None,
        region_id: str | None = None,
        indicator: int | None = None,
        first: str | None = None,
        last: str | None = None,
        limit: int = 200,
        after: str | None = None,
    ) -> Page[ReleasedFigureView]:
        """Published figures that hold now, newest month first. Public."""
        return await self.get(
            Page[ReleasedFigureView],
            "/published-figures",
            area=area,
            regionId=region_id,
            indicator=indicator,
            first=first,
            last=last,
            limit=limit,
            after=after,
        )

    async def published_figures_csv(self, **query: str | int) -> bytes:
        """Published figures as CSV. Public."""
        answer = await self.request("GET", "/published-figure-exports", query=query, headers={"Accept": "text/csv"})
        return answer.content

    async def releases(
        self, *, area: str | None = None, limit: int = 50, after: str | None = None
    ) -> Page[ReleaseView]:
        """Releases, newest first. Public."""
        return await self.get(Page[ReleaseView], "/releases", area=area, limit=limit, after=after)

    async def release(self, release_id: UUID) -> ReleaseDetailView:
        """One release with its figures. Public."""
        return await self.get(ReleaseDetailView, path("/releases/{id}", id=release_id))

    async def feed(self, kind: str, *, area: str | None = None) -> bytes:
        """The feed of releases: ``json`` or ``atom``. Public."""
        answer = await self.request(
            "GET", path("/feeds/{kind}", kind=kind), query={"area": area}, headers={"Accept": "*/*"}
        )
        return answer.content

    async def mirrors(self, *, region_id: str | None = None) -> MirrorListView:
        """A provider among its anonymous peers, per region."""
        return await self.get(MirrorListView, "/mirrors", regionId=region_id)

    async def open_round(self, region_id: str, month: str, *, idempotency_key: str) -> RoundView:
        """Open a reporting round for a month that is over."""
        return await self.post(
            RoundView, "/rounds", OpenRound(region_id=region_id, month=month), idempotency_key=idempotency_key
        )

    async def open_planned_round(self, region_id: str, month: str, *, idempotency_key: str) -> RoundPlanView:
        """Workflow: open the planned round; gives what is planned next."""
        command = OpenPlannedRound(region_id=region_id, month=month)
        return await self.post(RoundPlanView, "/round-openings", command, idempotency_key=idempotency_key)

    async def rounds(
        self,
        *,
        region_id: str | None = None,
        is_open: bool | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[RoundView]:
        """Rounds of the caller's party, newest month first."""
        return await self.get(
            Page[RoundView],
            "/rounds",
            regionId=region_id,
            open=None if is_open is None else str(is_open).lower(),
            limit=limit,
            after=after,
        )

    async def round(self, round_id: UUID) -> RoundView:
        """One round."""
        return await self.get(RoundView, _round(round_id))

    async def declare_reported(self, round_id: UUID, *, idempotency_key: str) -> RoundView:
        """The provider reported all it had."""
        return await self._step(round_id, "declarations", idempotency_key)

    async def remind_round(self, round_id: UUID, *, idempotency_key: str) -> RoundView:
        """Workflow: remind who did not report."""
        return await self._step(round_id, "reminders", idempotency_key)

    async def close_round(self, round_id: UUID, *, idempotency_key: str) -> RoundView:
        """Workflow: close the round."""
        return await self._step(round_id, "closures", idempotency_key)

    async def publish_round(self, round_id: UUID, *, idempotency_key: str) -> ReleaseListView:
        """Workflow: release the figures of the round's month."""
        return await self.post(ReleaseListView, f"{_round(round_id)}/publications", idempotency_key=idempotency_key)

    async def correct_figures(self, region_id: str, month: str, *, idempotency_key: str) -> ReleaseListView:
        """Release a month again; once a calendar month."""
        command = CorrectFigures(region_id=region_id, month=month)
        return await self.post(ReleaseListView, "/corrections", command, idempotency_key=idempotency_key)

    async def report_outcome(
        self,
        referral_id: UUID,
        *,
        usefulness: int | None = None,
        without_help: WithoutHelp | None = None,
        idempotency_key: str,
    ) -> OutcomeView:
        """Report what came of one trajectory."""
        command = ReportOutcome(referral_id=referral_id, usefulness=usefulness, without_help=without_help)
        return await self.post(OutcomeView, "/outcomes", command, idempotency_key=idempotency_key)

    async def outcomes(
        self, *, municipality: str | None = None, limit: int = 50, after: str | None = None
    ) -> Page[OutcomeView]:
        """Reported outcomes, of the care that ended last first."""
        return await self.get(Page[OutcomeView], "/outcomes", municipality=municipality, limit=limit, after=after)

    async def due_outcomes(
        self,
        *,
        municipality: str | None = None,
        first: str | None = None,
        last: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[DueOutcomeView]:
        """Care that ended and whose outcome is still to report, longest ago first."""
        return await self.get(
            Page[DueOutcomeView],
            "/due-outcomes",
            municipality=municipality,
            first=first,
            last=last,
            limit=limit,
            after=after,
        )

    async def count_due_outcomes(
        self, *, municipality: str | None = None, first: str | None = None, last: str | None = None
    ) -> int:
        """How many outcomes are still to report."""
        found = await self.get(
            DueOutcomeCount, "/due-outcome-counts", municipality=municipality, first=first, last=last
        )
        return found.count

    async def import_outcomes(self, content: bytes, *, dry_run: bool = False, idempotency_key: str) -> ImportView:
        """Report outcomes by CSV file; ``dry_run`` only says what would happen. Tried once: repeat by key."""
        headers = {
            "Accept": "application/json",
            "Accept-Language": self._language,
            "Content-Type": "text/csv",
            "Idempotency-Key": idempotency_key,
        }
        if self._token is not None:
            headers["Authorization"] = f"Bearer {await self._token()}"
        if traceparent := current_traceparent():
            headers["traceparent"] = traceparent
        try:
            answer = await self._client.post(
                f"{self._base}/outcome-imports",
                content=content,
                headers=headers,
                params={"dryRun": "true"} if dry_run else {},
                timeout=FILE_TIMEOUT_SECONDS,
            )
        except httpx.TransportError as error:
            raise Unavailable() from error
        if not answer.is_success:
            is_json = "json" in answer.headers.get("content-type", "")
            raise problem_from(answer.status_code, answer.json() if is_json else None)
        return ImportView.model_validate_json(answer.content)

    async def deadlines(self, before: datetime | None = None, limit: int = 200) -> list[DeadlineView]:
        """Open promises, earliest first."""
        return await self.get(
            list[DeadlineView], "/deadlines", before=before.isoformat() if before else None, limit=limit
        )

    async def _step(self, round_id: UUID, step: str, idempotency_key: str) -> RoundView:
        return await self.post(RoundView, f"{_round(round_id)}/{step}", idempotency_key=idempotency_key)


def _round(round_id: UUID) -> str:
    return path("/rounds/{id}", id=round_id)


__all__ = [
    "DeadlineView",
    "DueOutcomeView",
    "FigureListView",
    "FigureView",
    "ImportView",
    "IndicatorView",
    "LabelView",
    "MirrorItemView",
    "MirrorListView",
    "MirrorView",
    "MonitoringClient",
    "OutcomeView",
    "Page",
    "PeriodKind",
    "ReleaseDetailView",
    "ReleaseListView",
    "ReleaseView",
    "ReleasedFigureView",
    "RoundPlanView",
    "RoundStatus",
    "RoundView",
    "WithoutHelp",
    "Words",
]
