"""The quality label: complete, current, substantiated, relevant. Each part is computed from what is there.

Council information fails on exactly these four (it is incomplete, dated, unsubstantiated, superfluous), so every figure
tells how it does on each, in numbers and in a sentence.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.events.monitoring import LabelPart, QualityLabel, Trust
from services.monitoring.domain.indicators import Computation, Frequency, Words


class Quality(StrEnum):
    """The four parts, in the order in which they are read."""

    COMPLETE = "complete"
    CURRENT = "current"
    SUBSTANTIATED = "substantiated"
    RELEVANT = "relevant"


class Counted(StrEnum):
    """What the numbers of a part count."""

    PARTIES = "parties"
    DAYS = "days"
    CASES = "cases"
    PERCENT_ANSWERED = "percent_answered"
    GOALS = "goals"


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known about the making of one figure.

    ``cases`` is its denominator (or stock), ``asked`` how many were asked; both as they may be shown: ``None`` when
    withheld. ``goals`` are the goals and desired outcomes in force that name the indicator.
    """

    parties_expected: int
    parties_reported: int
    last_event_at: datetime | None
    at: datetime
    cases: int | None
    asked: int | None
    goals: int


def label(computation: Computation, frequency: Frequency, observed: Observed, *, has_value: bool) -> QualityLabel:
    """The label of a figure. Without a value it is never better than *not yet*."""
    parts = {
        Quality.COMPLETE: _complete(observed),
        Quality.CURRENT: _current(frequency, observed),
        Quality.SUBSTANTIATED: _substantiated(computation, observed),
        Quality.RELEVANT: LabelPart(kept=observed.goals > 0, found=observed.goals, needed=1, unit=Counted.GOALS),
    }
    return QualityLabel(trust=_trust(parts.values(), has_value), **{name.value: part for name, part in parts.items()})


def _trust(parts: Collection[LabelPart], has_value: bool) -> Trust:
    broken = sum(not part.kept for part in parts)
    if not has_value or broken > 1:
        return Trust.NOT_YET
    return Trust.CAUTION if broken else Trust.TRUSTED


def _complete(observed: Observed) -> LabelPart:
    return LabelPart(
        kept=0 < observed.parties_expected <= observed.parties_reported,
        found=observed.parties_reported,
        needed=observed.parties_expected,
        unit=Counted.PARTIES,
    )


def _current(frequency: Frequency, observed: Observed) -> LabelPart:
    age = None if observed.last_event_at is None else max(0, (observed.at - observed.last_event_at).days)
    return LabelPart(
        kept=age is not None and age <= frequency.days, found=age, needed=frequency.days, unit=Counted.DAYS
    )


def _substantiated(computation: Computation, observed: Observed) -> LabelPart:
    enough = observed.cases is not None and observed.cases >= computation.minimum
    if computation.answers is None or not enough:
        return LabelPart(kept=enough, found=observed.cases, needed=computation.minimum, unit=Counted.CASES)
    share = None
    if observed.asked and observed.cases is not None:
        share = min(100, round(100 * observed.cases / observed.asked))
    return LabelPart(
        kept=share is not None and share >= computation.answers,
        found=share,
        needed=computation.answers,
        unit=Counted.PERCENT_ANSWERED,
    )


def parts_of(quality: QualityLabel) -> Mapping[Quality, LabelPart]:
    """The four parts by name."""
    return {name: getattr(quality, name.value) for name in Quality}


def explain(name: Quality, part: LabelPart) -> Words:
    """One part in a sentence, Dutch (B1) and English."""
    found = None if part.found is None else f"{part.found:g}"
    needed = "" if part.needed is None else f"{part.needed:g}"
    match name:
        case Quality.COMPLETE:
            return Words(
                nl=f"{found or 0} van de {needed} aanbieders die iets te melden hadden, hebben gemeld.",
                en=f"{found or 0} of the {needed} providers that had something to report have reported.",
            )
        case Quality.CURRENT if found is None and part.kept:
            return Words(nl="De meldingen zijn actueel.", en="The reports are current.")
        case Quality.CURRENT if found is None:
            return Words(
                nl="Er is nog niets of lang niets gemeld.", en="Nothing has been reported yet, or not for long."
            )
        case Quality.CURRENT:
            return Words(
                nl=f"De laatste melding was {found} dagen oud; na {needed} dagen is een cijfer niet meer actueel.",
                en=f"The latest report was {found} days old; after {needed} days a figure is no longer current.",
            )
        case Quality.SUBSTANTIATED if part.unit == Counted.PERCENT_ANSWERED:
            return Words(
                nl=f"{found or 0} % van de gevraagde antwoorden is binnen; minstens {needed} % is nodig.",
                en=f"{found or 0} % of the answers asked for came in; at least {needed} % is needed.",
            )
        case Quality.SUBSTANTIATED if found is None:
            return Words(
                nl=f"Te weinig gevallen om te tonen; minstens {needed} zijn nodig.",
                en=f"Too few cases to show; at least {needed} are needed.",
            )
        case Quality.SUBSTANTIATED:
            return Words(
                nl=f"Het cijfer steunt op {found} gevallen; minstens {needed} zijn nodig.",
                en=f"The figure rests on {found} cases; at least {needed} are needed.",
            )
        case Quality.RELEVANT if part.kept:
            return Words(
                nl=f"Het cijfer hoort bij {found} doelen van de raad of gewenste resultaten.",
                en=f"The figure belongs to {found} goals of the council or desired outcomes.",
            )
        case Quality.RELEVANT:
            return Words(
                nl="Het cijfer hoort nog bij geen doel van de raad en bij geen gewenst resultaat.",
                en="The figure belongs to no goal of the council and to no desired outcome yet.",
            )
