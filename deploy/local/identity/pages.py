"""The pages of the local provider: pick a demo person, or read what went wrong. Plain HTML in Dutch and English."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from deploy.local.identity.grants import AuthorizeRequest
from deploy.local.identity.persons import Person

_FOLDER = Path(__file__).with_name("templates")
_templates = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)

STYLE = (_FOLDER / "style.css").read_text()

_TEXT = {
    "nl": {
        "title": "Als wie wilt u inloggen?",
        "explanation": "Deze personen zijn fictief. Kies er een; een wachtwoord is niet nodig.",
    },
    "en": {
        "title": "Who do you want to sign in as?",
        "explanation": "These persons are fictional. Pick one; there is no password.",
    },
}
_MESSAGES = {
    "unknown-client": {
        "nl": (
            "Inloggen lukt niet",
            "De toepassing die u hierheen stuurde is hier niet bekend. Ga terug en begin opnieuw.",
        ),
        "en": ("Cannot sign in", "The application that sent you here is not known here. Go back and start again."),
    },
    "signed-out": {
        "nl": ("U bent uitgelogd", "U kunt dit venster sluiten."),
        "en": ("You are signed out", "You can close this window."),
    },
}


def language_of(ui_locales: str | None, accept_language: str | None) -> str:
    """``en`` where the request prefers English to Dutch, else ``nl``."""
    for wish in (ui_locales or "").split() + (accept_language or "").split(","):
        if (code := wish.strip()[:2].lower()) in _TEXT:
            return code
    return "nl"


def sign_in(request: AuthorizeRequest, persons: Sequence[Person], language: str) -> HTMLResponse:
    """The picker of persons; the form carries the client's request along."""
    fields = {name: value for name, value in request.model_dump().items() if value and name != "login_hint"}
    other = "nl" if language == "en" else "en"
    address = "/authorize?" + urlencode(fields | {"ui_locales": other})
    page = _templates.get_template("sign_in.html").render(
        language=language,
        text=_TEXT[language],
        fields=fields,
        organisations=[(name, list(group)) for name, group in groupby(persons, key=lambda one: one.organisation)],
        other_language={"code": other, "name": {"nl": "Nederlands", "en": "English"}[other], "address": address},
    )
    parts = urlsplit(request.redirect_uri)
    return HTMLResponse(page, headers=headers(f"'self' {parts.scheme}://{parts.netloc}"))


def message(name: str, language: str, status: int = 200) -> HTMLResponse:
    """A page that says one thing."""
    title, text = _MESSAGES[name][language]
    page = _templates.get_template("message.html").render(language=language, title=title, message=text)
    return HTMLResponse(page, status_code=status, headers=headers("'none'"))


def headers(form_action: str) -> Mapping[str, str]:
    """Nothing from elsewhere on a page, and no page in a frame."""
    policy = f"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {form_action}"
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
