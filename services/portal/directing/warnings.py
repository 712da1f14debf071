"""A budget warning in words: what happened, what has to be done before when, and what can be decided."""

from dataclasses import dataclass

from services.commissioning.client import SpendingDecision, SpendingWarning
from services.portal.components import Step
from services.portal.directing.names import Names
from services.portal.directing.speech import Speech
from services.portal.directing.terms import last_moment
from services.portal.i18n import N_

DECISIONS = {
    SpendingDecision.RAISE_CEILING: (
        N_("The ceiling goes up"),
        N_("You make an addendum with the new amount. Help goes on."),
    ),
    SpendingDecision.HOLD_CEILING: (
        N_("The ceiling stays"),
        N_("Nothing is paid above it. The provider takes no new clients when it is reached."),
    ),
    SpendingDecision.NO_CHANGE: (N_("Nothing changes"), N_("The talk showed that the year ends below the ceiling.")),
}


@dataclass(frozen=True, slots=True)
class Described:
    """A warning as the page shows it."""

    warning: SpendingWarning
    headline: str
    steps: list[Step]
    decision: str | None
    owner: str


def decisions(_: Speech) -> list[tuple[str, str, str]]:
    """The three decisions, each with what it means."""
    return [(kind.value, _(label), _(meaning)) for kind, (label, meaning) in DECISIONS.items()]


def described(_: Speech, warning: SpendingWarning, known: Names) -> Described:
    """The warning in words, and how far one is with it."""
    headline = _(
        "On %(day)s %(committed)s of %(ceiling)s was committed. At this rate %(year)s ends at %(forecast)s.",
        committed=_.fmt.euros_short(warning.committed_cents),
        ceiling=_.fmt.euros_short(warning.ceiling_cents),
        day=_.fmt.day(warning.warned_at),
        year=warning.year,
        forecast=_.fmt.euros_short(warning.forecast_cents),
    ).replace("..", ".")
    decision = _(DECISIONS[warning.decision][0]) if warning.decision else None
    talked, decided = warning.talked_on is not None, warning.decided_on is not None
    steps = [
        Step(_("Warned at 70 % of the ceiling"), warning.warned_at, state="done"),
        Step(
            _("Talk with the provider"),
            warning.talked_on or last_moment(warning.talk_due),
            warning.talk_note if talked else _("Due on this day at the latest."),
            "done" if talked else "now",
        ),
        Step(
            _("Decision: %(decision)s", decision=decision) if decision else _("Decision about the budget"),
            warning.decided_on or last_moment(warning.decision_due),
            warning.decision_note if decided else _("Due on this day at the latest."),
            "done" if decided else "now" if talked else "later",
        ),
    ]
    return Described(warning, headline, steps, decision, known.party(warning.owner))
