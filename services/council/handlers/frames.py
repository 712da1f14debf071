"""Frames: drafted by the clerk, adopted by the council."""

from contracts.events.council import FrameAdopted, Goal
from contracts.values import PartyKind, municipality
from services.council.commands import AdoptFrame, DraftFrame, EditFrame
from services.council.domain.frame import Frame, FrameStatus, goals
from services.council.store import queries
from services.council.store.records import require_kind, row_of, value
from services.kit.runner import require_version
from services.kit.unit import Unit


async def draft_frame(command: DraftFrame, unit: Unit) -> Frame:
    require_kind(unit.actor, PartyKind.COUNCIL)
    frame = Frame(
        frame_id=unit.new_id(),
        municipality=unit.actor.code,
        title=command.title,
        introduction=command.introduction,
        first_year=command.first_year,
        last_year=command.last_year,
        goals=goals(command, tuple(unit.new_id() for _ in command.goals)),
        status=FrameStatus.DRAFT,
        version=1,
        drafted_at=unit.now,
    )
    await queries.insert_frame(unit.conn, row=row_of(frame))
    return frame


async def edit_frame(command: EditFrame, unit: Unit) -> Frame:
    frame = value(Frame, await queries.lock_frame(unit.conn, frame_id=command.frame_id))
    require_version(command.version, frame.version)
    frame = frame.edit(command.text, goals(command.text, tuple(unit.new_id() for _ in command.text.goals)))
    await queries.update_frame(unit.conn, frame_id=frame.frame_id, row=row_of(frame))
    return frame


async def adopt_frame(command: AdoptFrame, unit: Unit) -> Frame:
    frame = value(Frame, await queries.lock_frame(unit.conn, frame_id=command.frame_id))
    frame = frame.adopt(unit.now)
    await queries.update_frame(unit.conn, frame_id=frame.frame_id, row=row_of(frame))
    unit.emit(
        frame.frame_id,
        FrameAdopted(
            frame_id=frame.frame_id,
            municipality=frame.municipality,
            title=frame.title,
            first_year=frame.first_year,
            last_year=frame.last_year,
            goals=tuple(
                Goal(goal_id=goal.goal_id, title=goal.title, indicators=goal.indicators) for goal in frame.goals
            ),
            adopted_at=unit.now,
        ),
        [unit.actor.party, municipality(frame.municipality)],
    )
    return frame
