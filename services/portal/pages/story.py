"""The story of the loop in two minutes, with links to the live pages where it can be seen."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.events.commissioning import OutcomeBand
from services.commissioning.client import CommissioningClient
from services.council.client import CouncilClient
from services.kit.problems import Problem
from services.portal.i18n import N_
from services.portal.people import Visitor
from services.portal.places import Place, url_of
from services.portal.pulse import PATIENCE_SECONDS, Pulse
from services.portal.views import render, translate, views

router = APIRouter()

HEUMEN: Final = "0252"
"""The council that the story is about."""
OFFICER: Final = "regional-officer-rijk-van-nijmegen"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step of the story; ``facts`` names what is true of it now, ``place`` where it can be seen, if there is one."""

    title: str
    text: str
    link: str
    place: Place | None
    facts: str


CHAPTERS: Final = (
    Chapter(
        N_("It goes round"),
        N_(
            "A council sets goals. A municipality tells the story and asks partners. Residents get help. Figures show "
            "what it brought. Every arrow in the picture is an event that was logged, and every promise is watched."
        ),
        N_("See the loop"),
        Place("/"),
        "events",
    ),
    Chapter(
        N_("The council knows when it is on"),
        N_(
            "The council of Heumen has twelve weeks for its view on the joint budget. It sees how many days are left, "
            "three goals, whether things get better, and how far each figure can be trusted."
        ),
        N_("To the council of Heumen"),
        Place("/council/{municipality}", {"municipality": HEUMEN}),
        "turn",
    ),
    Chapter(
        N_("Where to and why, not how"),
        N_(
            "Seven municipalities tell one story with three results, each with a band in which it is good. "
            "How? That is up to you."
        ),
        N_("To the stories"),
        Place("/manager/scenarios", login=OFFICER),
        "bands",
    ),
    Chapter(
        N_("While there is still time to act"),
        N_(
            "Four more hours of help bring a provider past 70 percent of its budget. The contract manager sees it at "
            "that moment, not with the last invoice: ten working days to talk, twenty to decide."
        ),
        N_("To the day of the contract manager"),
        Place("/manager/home", login=OFFICER),
        "",
    ),
    Chapter(
        N_("The letter stands beside the figure"),
        N_(
            "The executive writes to the council about the waiting time. The council reads it on a telephone, next to "
            "the figure that it is about, and asks a question right there."
        ),
        N_("To what is new for the council"),
        Place("/council/{municipality}", {"municipality": HEUMEN}),
        "letter",
    ),
)
"""The steps 1, 2, 3, 5 and 8 of the demonstration."""


class Facts:
    """What is true of the story at this moment, in words, as anybody may read it; nothing when a service is away."""

    def __init__(self, request: Request) -> None:
        self._request = request
        state = request.app.state
        self._commissioning = CommissioningClient(state.settings.commissioning_url or "http://nowhere", state.http)
        self._council = CouncilClient(state.settings.council_url or "http://nowhere", state.http)

    async def of(self, name: str) -> list[str]:
        """The facts for a chapter."""
        found: dict[str, Callable[[], Awaitable[list[str]]]] = {
            "events": self._events,
            "turn": self._turn,
            "bands": self._bands,
            "letter": self._letter,
        }
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await found[name]() if name else []
        except (Problem, TimeoutError):
            return []

    async def _events(self) -> list[str]:
        pulse: Pulse = self._request.app.state.pulse
        total = sum((await pulse.counts()).events.values())
        if not total:
            return []
        words, formats = views(self._request).words_for(self._request), views(self._request).formats_for(self._request)
        told = words.ngettext("%(num)s event until now.", "%(num)s events until now.", total)
        return [told % {"num": formats.number(total)}]

    async def _turn(self) -> list[str]:
        turn = (await self._council.home(HEUMEN)).turn
        moment = turn.moment if turn.side == "council" else None
        formats = views(self._request).formats_for(self._request)
        if moment is not None:
            left = formats.deadline(moment.due, self._request.app.state.now()).text
            return [translate(self._request, N_("Your turn: %(what)s, %(left)s."), what=moment.title, left=left)]
        if turn.following is not None:
            day = formats.day(turn.following.opens_on)
            return [
                translate(self._request, N_("Now it is up to the executive. The council again on %(day)s."), day=day)
            ]
        return []

    async def _bands(self) -> list[str]:
        scenarios = (await self._commissioning.published_scenarios(limit=1)).items
        return [self._band(outcome) for outcome in scenarios[0].outcomes] if scenarios else []

    def _band(self, outcome: OutcomeBand) -> str:
        number = views(self._request).formats_for(self._request).number
        if outcome.lower is not None and outcome.upper is not None:
            told, values = N_("%(title)s: between %(lower)s and %(upper)s"), (outcome.lower, outcome.upper)
        elif outcome.lower is not None:
            told, values = N_("%(title)s: at least %(lower)s"), (outcome.lower, outcome.lower)
        elif outcome.upper is not None:
            told, values = N_("%(title)s: at most %(upper)s"), (outcome.upper, outcome.upper)
        else:
            return outcome.title
        return translate(self._request, told, title=outcome.title, lower=number(values[0]), upper=number(values[1]))

    async def _letter(self) -> list[str]:
        letters = (await self._council.letters(HEUMEN, limit=1)).items
        day = views(self._request).formats_for(self._request).day
        return [
            translate(self._request, N_("%(day)s: %(title)s"), day=day(letter.sent_at), title=letter.title)
            for letter in letters
        ]


@router.get("/story")
async def story(request: Request, person: Visitor) -> HTMLResponse:
    """The chapters with what is true of each now."""
    facts = Facts(request)
    told = await asyncio.gather(*(facts.of(chapter.facts) for chapter in CHAPTERS))
    chapters = [
        (chapter, url_of(request, chapter.place) if chapter.place else None, true)
        for chapter, true in zip(CHAPTERS, told, strict=True)
    ]
    return render(request, "pages/story.html", chapters=chapters)
