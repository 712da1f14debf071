"""Events of the referral service about imported care whose end comes near."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event
from contracts.values import AgbCode, MunicipalityCode


class EndsPlanned(Event):
    """When the next end of care in an imported file comes near, of the ends that nobody waits for yet.

    Without ``next_at`` nothing of the file is left to take up.
    """

    type: ClassVar[str] = "nl.samenspel.ends.planned.v1"
    import_id: UUID
    next_at: datetime | None = None
    planned_at: datetime


class EndPromised(Event):
    """The end of imported care came near: it is reported before ``stop_due`` (iStandaarden 3.2 OP272), with a reminder
    at ``remind_stop_at``.
    """

    type: ClassVar[str] = "nl.samenspel.ends.promised.v1"
    referral_id: UUID
    municipality: MunicipalityCode
    provider: AgbCode
    ends_on: date
    stop_due: datetime
    remind_stop_at: datetime
    spell: int = 1
    promised_at: datetime
