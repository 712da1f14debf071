"""What people and workflows may ask of monitoring. One handler each, in ``handlers``."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.events.monitoring import WithoutHelp
from contracts.values import YearMonth
from services.kit.commands import Command

RegionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""Name of a region in addresses: ``rijk-van-nijmegen``."""

MAX_FILE_CHARACTERS = 1_500_000


class OpenRound(Command):
    """A reporting round opens for a month that is over: providers of the region report, then figures are released."""

    region_id: RegionId
    month: YearMonth


class OpenPlannedRound(Command):
    """The round that was planned for a month opens. A step of the region's calendar; twice is as good as once."""

    region_id: RegionId
    month: YearMonth


class RemindRound(Command):
    """The providers that did not report yet are reminded. A step of the round's workflow."""

    round_id: UUID


class CloseRound(Command):
    """The round closes. A step of the round's workflow, when it is due or everybody has reported."""

    round_id: UUID


class PublishRound(Command):
    """The figures of the round's month are released and frozen. A step of the round's workflow."""

    round_id: UUID


class CorrectFigures(Command):
    """The figures of a month are released again, with what was reported late; at most once a calendar month."""

    region_id: RegionId
    month: YearMonth


class DeclareReported(Command):
    """A provider says that it reported all it had for a round."""

    round_id: UUID


class ReportOutcome(Command):
    """What came of one trajectory that ended. An answer that is left out keeps what was reported before."""

    referral_id: UUID
    usefulness: Annotated[int, Field(ge=1, le=10)] | None = None
    without_help: WithoutHelp | None = None


class ImportOutcomes(Command):
    """Outcomes in a CSV file (``domain/outcome_file.py``): all rows or none. With ``dry_run`` nothing is kept."""

    content: Annotated[str, StringConstraints(max_length=MAX_FILE_CHARACTERS)]
    dry_run: bool = False
