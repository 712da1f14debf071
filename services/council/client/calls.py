"""Calling the council service: what the portal, other services and the demonstration use."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from contracts.values import PartyId
from services.council import commands, views
from services.council.domain.frame import Frame, FrameText
from services.council.domain.moment import MomentText
from services.kit.http import ServiceClient, Versioned, path
from services.kit.paging import Page


class CouncilClient(ServiceClient):
    """Typed methods for every route. ``key`` is the ``Idempotency-Key``; a repeated one gives the first answer.

    Reading what is published needs no token.
    """

    # --- public

    async def home(self, municipality: str) -> views.CouncilHome:
        return await self.get(views.CouncilHome, self._of("home", municipality))

    async def figures(self, area: PartyId, indicators: Sequence[int] = ()) -> tuple[views.FigureSeries, ...]:
        found = await self.get(views.Figures, "/figures", area=area, indicator=list(indicators) or None)
        return found.items

    async def moments(
        self, municipality: str, *, since: date | None = None, until: date | None = None
    ) -> tuple[views.MomentView, ...]:
        address = self._of("moments", municipality)
        found = await self.get(views.Moments, address, since=since, until=until)
        return found.items

    async def moment(self, moment_id: UUID) -> views.MomentView:
        return await self.get(views.MomentView, path("/moments/{id}", id=moment_id))

    async def calendar(self, municipality: str) -> bytes:
        """iCalendar (RFC 5545)."""
        response = await self.request("GET", self._of("calendar", municipality), headers={"Accept": "text/calendar"})
        return response.content

    async def frames(self, municipality: str | None = None) -> tuple[Frame, ...]:
        found = await self.get(views.Frames, "/frames", municipality=municipality)
        return found.items

    async def frame(self, frame_id: UUID) -> Frame:
        return await self.get(Frame, path("/frames/{id}", id=frame_id))

    async def questions(
        self,
        municipality: str,
        *,
        indicator: int | None = None,
        open_only: bool = False,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[views.QuestionView]:
        return await self.get(
            Page[views.QuestionView],
            self._of("questions", municipality),
            indicator=indicator,
            openOnly=open_only,
            after=after,
            limit=limit,
        )

    async def question(self, question_id: UUID) -> views.QuestionView:
        return await self.get(views.QuestionView, path("/questions/{id}", id=question_id))

    async def letters(
        self,
        municipality: str,
        *,
        indicator: int | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[views.Letter]:
        return await self.get(
            Page[views.Letter],
            self._of("letters", municipality),
            indicator=indicator,
            after=after,
            limit=limit,
        )

    async def letter(self, letter_id: UUID) -> views.Letter:
        return await self.get(views.Letter, path("/letters/{id}", id=letter_id))

    async def question_term(self, municipality: str) -> views.QuestionTerm:
        return await self.get(views.QuestionTerm, self._of("question-term", municipality))

    # --- clerk

    async def draft_frame(self, text: FrameText, key: str) -> Frame:
        return await self.post(Frame, "/frame-drafts", text, idempotency_key=key)

    async def frame_drafts(self) -> tuple[Frame, ...]:
        found = await self.get(views.Frames, "/frame-drafts")
        return found.items

    async def frame_draft(self, frame_id: UUID) -> Versioned[Frame]:
        """The draft with its ETag."""
        return await self.get_versioned(Frame, path("/frame-drafts/{id}", id=frame_id))

    async def edit_frame(self, frame_id: UUID, text: FrameText, if_match: str) -> Frame:
        return await self.put(Frame, path("/frame-drafts/{id}", id=frame_id), text, if_match=if_match)

    async def adopt_frame(self, frame_id: UUID, key: str) -> Frame:
        address = path("/frame-drafts/{id}/adoptions", id=frame_id)
        return await self.post(Frame, address, idempotency_key=key)

    async def schedule_moment(self, text: MomentText, key: str) -> views.MomentView:
        return await self.post(views.MomentView, "/moments", text, idempotency_key=key)

    async def finish_moment(self, moment_id: UUID, outcome: str, key: str) -> views.MomentView:
        address = path("/moments/{id}/conclusions", id=moment_id)
        return await self.post(views.MomentView, address, {"outcome": outcome}, idempotency_key=key)

    async def agree_question_term(self, days: int) -> views.QuestionTerm:
        return await self.put(views.QuestionTerm, "/question-term", {"days": days})

    # --- council and executive

    async def submit_view(self, moment_id: UUID, text: str, key: str) -> views.MomentView:
        address = path("/moments/{id}/views", id=moment_id)
        return await self.post(views.MomentView, address, {"text": text}, idempotency_key=key)

    async def ask_question(self, text: commands.QuestionText, key: str) -> views.QuestionView:
        return await self.post(views.QuestionView, "/questions", text, idempotency_key=key)

    async def answer_question(self, question_id: UUID, answer: str, key: str) -> views.QuestionView:
        address = path("/questions/{id}/answers", id=question_id)
        return await self.post(views.QuestionView, address, {"answer": answer}, idempotency_key=key)

    async def send_letter(self, text: commands.LetterText, key: str) -> views.Letter:
        return await self.post(views.Letter, "/letters", text, idempotency_key=key)

    async def deadlines(self, before: datetime | None = None, limit: int | None = None) -> list[views.DeadlineView]:
        due = before.isoformat() if before else None
        return await self.get(list[views.DeadlineView], "/deadlines", before=due, limit=limit)

    @staticmethod
    def _of(what: str, municipality: str) -> str:
        return path("/councils/{code}/{what}", code=municipality, what=what)
