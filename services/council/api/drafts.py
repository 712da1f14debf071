"""Frames that the council is still working on."""

from fastapi import APIRouter, Response

from services.council import commands, views
from services.council.api.access import Clerk, DraftReader, FrameId, Store
from services.council.domain.frame import Frame, FrameStatus, FrameText
from services.council.store import queries
from services.council.store.records import value
from services.kit.runner import ExpectedVersion, Runner, set_etag

router = APIRouter(tags=["frames"])


@router.post("/frame-drafts", status_code=201)
async def draft_frame(body: FrameText, run: Runner, actor: Clerk, response: Response) -> Frame:
    """Begin a frame of the caller's council."""
    frame: Frame = await run(commands.DraftFrame(**dict(body)), actor)
    set_etag(response, frame.version)
    return frame


@router.get("/frame-drafts")
async def list_frame_drafts(database: Store, actor: DraftReader) -> views.Frames:
    """Drafts of the caller's own council."""
    async with database.reading(actor) as unit:
        found = queries.frames(unit.conn, municipality=actor.code, status=FrameStatus.DRAFT)
        rows = [value(Frame, row) async for row in found]
    return views.Frames(items=tuple(rows))


@router.get("/frame-drafts/{frameId}")
async def get_frame_draft(frame_id: FrameId, database: Store, actor: DraftReader, response: Response) -> Frame:
    """One frame of the caller's own council; its ETag is needed to edit it."""
    async with database.reading(actor) as unit:
        frame = value(Frame, await queries.get_frame(unit.conn, frame_id=frame_id))
    set_etag(response, frame.version)
    return frame


@router.put("/frame-drafts/{frameId}")
async def edit_frame(
    frame_id: FrameId, body: FrameText, expected: ExpectedVersion, run: Runner, actor: Clerk, response: Response
) -> Frame:
    """Rewrite a draft."""
    frame: Frame = await run(commands.EditFrame(frame_id=frame_id, version=expected, text=body), actor)
    set_etag(response, frame.version)
    return frame


@router.post("/frame-drafts/{frameId}/adoptions", status_code=201)
async def adopt_frame(frame_id: FrameId, run: Runner, actor: Clerk) -> Frame:
    """The council adopted the frame; from then on it is fixed and public."""
    frame: Frame = await run(commands.AdoptFrame(frame_id=frame_id), actor)
    return frame
