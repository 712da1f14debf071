"""The councils' part: frames, moments, the letter and the question, and the figures that each council sees."""

from dataclasses import dataclass
from datetime import date

from contracts.events.council import MomentKind
from contracts.events.monitoring import PeriodKind, PublishedFigure
from contracts.values import municipality as party_of
from deploy.demo.cast import Cast
from deploy.demo.clock import BusinessClock
from deploy.demo.region import MUNICIPALITIES, slug
from services.council.client import FrameText, GoalText, LetterText, MomentText, QuestionText

ENOUGH = 5
"""Every council sees at least this many figures over a rolling year."""
VIEW_DAYS = 84

GOALS = (
    GoalText(title="Eerder passende hulp", indicators=(5, 6, 7)),
    GoalText(title="Hulp die werkt en eindigt", indicators=(8, 9, 10, 11, 12)),
    GoalText(title="Meedoen dichtbij, binnen het budget", indicators=(22, 23, 24, 26, 31)),
)

MOMENTS = (
    MomentText(
        kind=MomentKind.VIEW,
        title="Zienswijze op de ontwerpbegroting van de regio",
        explanation="De gezamenlijke begroting ligt voor. Uw raad kan zeggen wat anders moet.",
        opens_on=date(2026, 5, 22),
        term_days=VIEW_DAYS,
        rule="Wgr art. 35",
    ),
    MomentText(
        kind=MomentKind.REPORT,
        title="Najaarsrapportage",
        opens_on=date(2026, 10, 1),
        term_days=30,
        rule="Gemeentewet, lokale planning",
    ),
    MomentText(
        kind=MomentKind.BUDGET,
        title="Begroting 2027",
        opens_on=date(2026, 10, 15),
        term_days=30,
        rule="Gemeentewet art. 191",
    ),
)


@dataclass(frozen=True)
class CouncilFigures:
    """What the council of a municipality sees over a rolling year."""

    code: str
    name: str
    figures: tuple[PublishedFigure, ...]

    @property
    def shown(self) -> int:
        """How many figures have a value of the municipality itself."""
        return sum(figure.value is not None for figure in self.figures)


async def adopt_frames(cast: Cast) -> None:
    """Each of the seven councils adopts its frame 2026–2029: the same three goals."""
    for municipality in MUNICIPALITIES:
        clerk = cast.player(f"clerk-{slug(municipality.name)}").council
        text = FrameText(title="Dichtbij, tenzij: 2026–2029", first_year=2026, last_year=2029, goals=GOALS)
        draft = await clerk.draft_frame(text, cast.key())
        await clerk.adopt_frame(draft.frame_id, cast.key())


async def schedule_moments(cast: Cast) -> None:
    """The councils' year. Six councils give their view in June; that of Heumen is open until 14 August."""
    for municipality in MUNICIPALITIES:
        clerk = cast.player(f"clerk-{slug(municipality.name)}").council
        for moment in MOMENTS:
            scheduled = await clerk.schedule_moment(moment, cast.key())
            if moment.kind is MomentKind.VIEW and municipality.name != "Heumen":
                await clerk.submit_view(scheduled.moment_id, "De raad stemt in met de ontwerpbegroting.", cast.key())


async def close(cast: Cast, clock: BusinessClock) -> None:
    """The executives tell their councils what was decided about the Reiger; a council member asks a question."""
    letter = LetterText(
        title="De Zilveren Reiger: afspraken over de budgetruimte",
        body="Wij spraken met De Zilveren Reiger (fictief) over de budgetruimte. De toegezegde hulp loopt door. Nieuwe "
        "hulpvragen gaan eerst langs het gesprek over passende hulp in de buurt.",
        indicator=6,
    )
    for name in ("nijmegen", "wijchen", "heumen"):
        await cast.player(f"executive-{name}").council.send_letter(letter, cast.key())
    question = QuestionText(
        subject="Starten binnen de norm",
        body="Wat doet het college om de laatste twintig procent op tijd te laten beginnen?",
        indicator=6,
    )
    await cast.player("council-member-heumen").council.ask_question(question, cast.key())
    await clock.quiet()


async def figures(cast: Cast) -> list[CouncilFigures]:
    """What each council sees now, from the council service's own read model."""
    found = []
    for municipality in MUNICIPALITIES:
        series = await cast.officer.council.figures(party_of(municipality.code))
        yearly = tuple(one.figure for one in series if one.figure.period_kind is PeriodKind.ROLLING_YEAR)
        found.append(CouncilFigures(municipality.code, municipality.name, yearly))
    return found
