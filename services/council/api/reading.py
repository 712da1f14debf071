"""What everyone may read without signing in: whose turn it is, frames, moments, figures, questions and letters."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.values import MunicipalityCode, PartyId
from services.council import views
from services.council.api.access import ANYONE, Code, FrameId, LetterId, MomentId, QuestionId, Store
from services.council.calendar import MEDIA_TYPE, calendar
from services.council.commands import DEFAULT_QUESTION_DAYS
from services.council.domain.frame import Frame, FrameStatus
from services.council.domain.moment import Moment
from services.council.store import queries
from services.council.store.figures import published
from services.council.store.home import home, moments
from services.council.store.records import position, value
from services.kit.auth import public
from services.kit.model import Day
from services.kit.paging import Page, Paging
from services.kit.problems import NotFound, preferred_language
from services.kit.runner import set_etag

router = APIRouter(tags=["public"], dependencies=[Depends(public())])

_CALENDAR = {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
Indicator = Annotated[int | None, Query(ge=1, le=31, description="Only about this indicator.")]


@router.get("/councils/{municipality}/home")
async def get_council_home(municipality: Code, database: Store) -> views.CouncilHome:
    """The council's first page: whose turn it is, twelve months, goals with published figures, and what is new."""
    async with database.reading(ANYONE) as unit:
        return await home(unit, municipality)


@router.get("/councils/{municipality}/moments")
async def list_moments(
    municipality: Code,
    database: Store,
    since: Annotated[Day | None, Query(description="Only those that end on or after this day.")] = None,
    until: Annotated[Day | None, Query(description="Only those that open before this day.")] = None,
) -> views.Moments:
    """The moments of a council, in order of their last day."""
    async with database.reading(ANYONE) as unit:
        found = await moments(unit, municipality, since, until)
        rows = queries.views(unit.conn, moment_ids=[moment.moment_id for moment in found])
        given = {row["moment_id"]: row["text"] async for row in rows}
        items = [views.MomentView.of(moment, unit.now, given.get(moment.moment_id)) for moment in found]
    return views.Moments(items=tuple(items))


@router.get("/councils/{municipality}/calendar", response_class=Response, responses={200: _CALENDAR})
async def get_calendar(municipality: Code, database: Store, request: Request) -> Response:
    """The moments of a council as iCalendar, to subscribe to."""
    async with database.reading(ANYONE) as unit:
        found = await moments(unit, municipality, None, None)
    language = preferred_language(request.headers.get("accept-language"))
    return Response(
        calendar(municipality, found, language),
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'inline; filename="raad-{municipality}.ics"'},
    )


@router.get("/councils/{municipality}/questions")
async def list_questions(
    municipality: Code,
    database: Store,
    paging: Paging,
    indicator: Indicator = None,
    open_only: Annotated[bool, Query(alias="openOnly", description="Only those without an answer yet.")] = False,
) -> Page[views.QuestionView]:
    """Written questions of a council with their answers, newest first."""
    asked_at, question_id = position(paging)
    async with database.reading(ANYONE) as unit:
        found = queries.questions(
            unit.conn,
            municipality=municipality,
            indicator=indicator,
            open_only=open_only,
            asked_at=asked_at,
            question_id=question_id,
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(rows, views.QuestionView.of, lambda row: (row["asked_at"].isoformat(), str(row["question_id"])))


@router.get("/councils/{municipality}/letters")
async def list_letters(
    municipality: Code, database: Store, paging: Paging, indicator: Indicator = None
) -> Page[views.Letter]:
    """Information letters to a council, newest first."""
    sent_at, letter_id = position(paging)
    async with database.reading(ANYONE) as unit:
        found = queries.letters(
            unit.conn,
            municipality=municipality,
            indicator=indicator,
            sent_at=sent_at,
            letter_id=letter_id,
            limit=paging.fetch,
        )
        rows = [row async for row in found]
    return paging.page(
        rows,
        lambda row: views.Letter(**dict(row)),
        lambda row: (row["sent_at"].isoformat(), str(row["letter_id"])),
    )


@router.get("/councils/{municipality}/question-term")
async def get_question_term(municipality: Code, database: Store) -> views.QuestionTerm:
    """Within how many calendar days a question is answered here."""
    async with database.reading(ANYONE) as unit:
        days = await queries.question_term(unit.conn, municipality=municipality) or DEFAULT_QUESTION_DAYS
    return views.QuestionTerm(municipality=municipality, days=days)


@router.get("/frames")
async def list_frames(
    database: Store,
    municipality: Annotated[MunicipalityCode | None, Query(description="Only of this council.")] = None,
) -> views.Frames:
    """Frames that councils adopted, newest first."""
    async with database.reading(ANYONE) as unit:
        found = queries.frames(unit.conn, municipality=municipality, status=FrameStatus.ADOPTED)
        rows = [value(Frame, row) async for row in found]
    return views.Frames(items=tuple(rows))


@router.get("/frames/{frameId}")
async def get_frame(frame_id: FrameId, database: Store, response: Response) -> Frame:
    """One adopted frame with its goals."""
    async with database.reading(ANYONE) as unit:
        frame = value(Frame, await queries.get_frame(unit.conn, frame_id=frame_id))
    set_etag(response, frame.version)
    return frame


@router.get("/moments/{momentId}")
async def get_moment(moment_id: MomentId, database: Store) -> views.MomentView:
    """One moment, with what the council gave at it."""
    async with database.reading(ANYONE) as unit:
        moment = value(Moment, await queries.get_moment(unit.conn, moment_id=moment_id))
        given = [row["text"] async for row in queries.views(unit.conn, moment_ids=[moment_id])]
        return views.MomentView.of(moment, unit.now, given[0] if given else None)


@router.get("/questions/{questionId}")
async def get_question(question_id: QuestionId, database: Store) -> views.QuestionView:
    """One written question with its answer."""
    async with database.reading(ANYONE) as unit:
        row = await queries.get_question(unit.conn, question_id=question_id)
    if row is None:
        raise NotFound()
    return views.QuestionView.of(row)


@router.get("/letters/{letterId}")
async def get_letter(letter_id: LetterId, database: Store) -> views.Letter:
    """One information letter."""
    async with database.reading(ANYONE) as unit:
        return value(views.Letter, await queries.get_letter(unit.conn, letter_id=letter_id))


@router.get("/figures")
async def list_figures(
    database: Store,
    area: Annotated[PartyId, Query(description="`municipality:0252` or `region:rijk-van-nijmegen`.")],
    indicator: Annotated[list[int] | None, Query(description="Only these indicators.", max_length=31)] = None,
) -> views.Figures:
    """The latest published figures of an area with their labels, and their history for a sparkline."""
    async with database.reading(ANYONE) as unit:
        found = await published(unit.conn, area, indicator)
    return views.Figures(area=area, items=tuple(found[number] for number in sorted(found)))
