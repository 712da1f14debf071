"""One function per command, and the registry of them all."""

from collections.abc import Mapping
from functools import partial

from services.kit.commands import Command, Handler
from services.monitoring import commands
from services.monitoring.domain.disclosure import DEFAULT, Thresholds
from services.monitoring.domain.rounds import DEFAULT_TERMS, RoundTerms
from services.monitoring.handlers import outcomes, releases, rounds


def handlers(terms: RoundTerms = DEFAULT_TERMS, thresholds: Thresholds = DEFAULT) -> Mapping[type[Command], Handler]:
    """The handlers, with the terms of rounds and the thresholds of disclosure control that were agreed locally."""
    return {
        commands.OpenRound: partial(rounds.open_round, terms=terms),
        commands.OpenPlannedRound: partial(rounds.open_planned_round, terms=terms),
        commands.RemindRound: rounds.remind_round,
        commands.CloseRound: rounds.close_round,
        commands.DeclareReported: rounds.declare_reported,
        commands.PublishRound: partial(releases.publish_round, thresholds=thresholds),
        commands.CorrectFigures: partial(releases.correct_figures, thresholds=thresholds),
        commands.ReportOutcome: outcomes.report_outcome,
        commands.ImportOutcomes: outcomes.import_outcomes,
    }


COMMANDS = handlers()
