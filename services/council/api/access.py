"""Who may call what, said once; and the parts of the application that routes use."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from contracts.values import MunicipalityCode, Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.database import Database

ANYONE = Actor(person="anyone", party="partner:anyone")
"""Who did not sign in: sees what is published, and nothing else."""

SignedIn = Annotated[Actor, Depends(allow(*Role))]
"""Anyone with an account; row-level security decides what there is to see."""

Clerk = Annotated[Actor, Depends(allow(Role.CLERK))]
"""Keeps the council's frames and calendar."""

Council = Annotated[Actor, Depends(allow(Role.CLERK, Role.COUNCIL_MEMBER))]
"""The council itself: gives views and asks questions."""

Executive = Annotated[Actor, Depends(allow(Role.EXECUTIVE))]
"""Answers and informs the council of its municipality."""

DraftReader = Annotated[Actor, Depends(allow(Role.CLERK, Role.COUNCIL_MEMBER, Role.EXECUTIVE))]
"""Reads what the council is still working on."""

FrameId = Annotated[UUID, Path(alias="frameId", description="The frame.")]
MomentId = Annotated[UUID, Path(alias="momentId", description="The moment.")]
QuestionId = Annotated[UUID, Path(alias="questionId", description="The question.")]
LetterId = Annotated[UUID, Path(alias="letterId", description="The letter.")]
Code = Annotated[MunicipalityCode, Path(alias="municipality", description="CBS code of the municipality.")]


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Store = Annotated[Database, Depends(_database)]
"""The database of the service."""
