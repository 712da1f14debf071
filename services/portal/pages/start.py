"""The public start page: what Samenspel is, in one picture; and the way to one's own home."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.portal.drawings import Station, loop
from services.portal.i18n import LANGUAGES, N_
from services.portal.pages import NavigationItem, home_of
from services.portal.people import SignedIn, Visitor
from services.portal.sign_in import safe_next
from services.portal.views import render, translate

router = APIRouter()

LOOP = (
    (N_("Council"), N_("sets the goals and the limits beforehand.")),
    (N_("Municipality"), N_("tells the story, and asks partners to play their part.")),
    (N_("Providers"), N_("give help in their own way, inside clear lines.")),
    (N_("Residents"), N_("get help that fits, and say what it brought them.")),
    (N_("Figures"), N_("show what came of it, and how far you can trust them.")),
)
"""Who does what in the loop, clockwise."""

NAVIGATION = (NavigationItem(N_("Start"), "/", order=0),)


@router.get("/")
async def start(request: Request, person: Visitor) -> HTMLResponse:
    """The loop of directing, drawn, for everybody."""
    stations = [Station(translate(request, who), translate(request, does)) for who, does in LOOP]
    steps = [(station.label, station.does) for station in stations]
    title = translate(request, N_("The loop of directing"))
    picture = loop(stations, title, " ".join(f"{who}: {does}" for who, does in steps))
    return render(request, "pages/start.html", picture=picture, steps=steps)


@router.get("/home")
async def home(request: Request, person: SignedIn) -> RedirectResponse:
    """To the home of this person's role."""
    return RedirectResponse(home_of(person), status_code=303)


@router.post("/language")
async def choose_language(request: Request) -> Response:
    """Remember the language that the visitor chose, and go back to where they were."""
    async with request.form() as form:
        language, back = str(form.get("language", "")), str(form.get("next", "/"))
    if language in LANGUAGES:
        request.session["language"] = language
    return RedirectResponse(safe_next(back, "/"), status_code=303)
