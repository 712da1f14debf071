"""Turning a template into an answer: ``return await render(request, "pages/glossary.html", terms=TERMS)``.

Every template knows: ``_`` and its kin, ``language``, ``fmt`` (see :mod:`services.portal.formats`, also as filters),
``now`` (business time), ``person`` (or none), ``tenant`` (whose portal), ``theme``, ``navigation``, ``path``,
``demo_people``, ``flashes``, ``asset(name)``, ``deadline(due)`` and ``url_with(**changes)``.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.portal.formats import Deadline, Formats
from services.portal.glossary import TERMS
from services.portal.i18n import DEFAULT_LANGUAGE, LANGUAGES, Language, Words, load_words
from services.portal.people import ROLE_LABELS, Person
from services.portal.sign_in import DemoPerson
from services.portal.static_files import StaticFiles
from services.portal.tenants import Tenants
from services.portal.themes import DEFAULT, Theme

TEMPLATES = Path(__file__).parent / "templates"
FlashKind = Literal["ok", "info", "warning", "error"]


def language_of(request: Request) -> Language:
    """The language that the visitor chose; Dutch when they did not."""
    chosen = request.scope.get("session", {}).get("language")
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def flash(request: Request, text: str, kind: FlashKind = "ok") -> None:
    """Say something on the next page that this visitor sees. ``text`` is already in their language."""
    request.session["flashes"] = [*request.session.get("flashes", []), [kind, text]]


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of the page, not for a page (boosted links and history want the whole)."""
    headers = request.headers
    return (
        headers.get("hx-request") == "true"
        and headers.get("hx-boosted") != "true"
        and headers.get("hx-history-restore-request") != "true"
    )


class Views:
    """The templates, in each language, with what they all know."""

    def __init__(
        self,
        static: StaticFiles,
        themes: Mapping[str, Theme],
        tenants: Tenants,
        navigation: Callable[[Person | None], list[Any]],
        now: Callable[[], datetime],
        demo_people: tuple[DemoPerson, ...] = (),
        extra_templates: Path | None = None,
    ) -> None:
        self.tenants = tenants
        self.themes = themes
        self._navigation = navigation
        self._now = now
        self._demo_people = demo_people
        folders = [TEMPLATES, *([extra_templates] if extra_templates else [])]
        self.words: dict[Language, Words] = {language: load_words(language) for language in LANGUAGES}
        self.formats = {language: Formats(words) for language, words in self.words.items()}
        self._environments = {language: self._environment(language, folders, static) for language in LANGUAGES}

    def _environment(self, language: Language, folders: list[Path], static: StaticFiles) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(folders),
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        words, formats = self.words[language], self.formats[language]
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
        environment.filters |= {
            name: getattr(formats, name)
            for name in (
                "day",
                "day_short",
                "weekday",
                "month",
                "month_short",
                "moment",
                "clock",
                "number",
                "percent",
                "euros",
                "euros_whole",
                "euros_short",
            )
        }

        def deadline(due: date | datetime) -> Deadline:
            return formats.deadline(due, self._now())

        environment.globals |= {
            "asset": static.url,
            "deadline": deadline,
            "fmt": formats,
            "language": language,
            "glossary": TERMS,
            "role_labels": ROLE_LABELS,
        }
        return environment

    def words_for(self, request: Request) -> Words:
        """The texts in the visitor's language, for sentences made in code."""
        return self.words[language_of(request)]

    def formats_for(self, request: Request) -> Formats:
        """The formats in the visitor's language."""
        return self.formats[language_of(request)]

    def context(self, request: Request, party: str | None = None) -> dict[str, Any]:
        """What every template knows about this request. ``party``: whose portal a public page shows."""
        person: Person | None = getattr(request.state, "person", None) or Person.from_session(
            request.scope.get("session", {})
        )
        tenant = self.tenants.of(party or (person.party if person else None))
        session = request.scope.get("session", {})

        def url_with(**changes: object) -> str:
            kept = [(key, value) for key, value in request.query_params.multi_items() if key not in changes]
            given = [(key, str(value)) for key, value in changes.items() if value not in (None, "")]
            query = urlencode(kept + given)
            return request.url.path + (f"?{query}" if query else "")

        return {
            "request": request,
            "path": request.url.path,
            "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            "person": person,
            "own_tenant": self.tenants.of(person.party) if person else None,
            "tenant": tenant,
            "theme": tenant.theme if tenant.theme in self.themes else DEFAULT,
            "navigation": self._navigation(person),
            "now": self._now(),
            "demo_people": self._demo_people,
            "flashes": [] if is_fragment(request) else session.pop("flashes", []),
            "url_with": url_with,
        }

    def text(self, request: Request, template: str, context: Mapping[str, Any], block: str | None = None) -> str:
        """The template, or one block of it, as text."""
        found = self._environments[language_of(request)].get_template(template)
        party = context.get("party")
        whole = {**self.context(request, party), **context}
        if block is None:
            return found.render(whole)
        # A block alone misses the macros that its template imports: run the template up to its first output.
        ready = found.new_context(whole)
        next(iter(found.root_render_func(ready)), None)
        return "".join(found.blocks[block](ready))


def views(request: Request) -> Views:
    """The templates of this portal."""
    found: Views = request.app.state.views
    return found


def render(
    request: Request, template: str, /, *, fragment: str | None = None, status: int = 200, **context: Any
) -> HTMLResponse:
    """The page; or, when htmx asks for a part and ``fragment`` names a block of the template, only that block.

    ``party="council:0252"`` in the context gives a public page the name and theme of that party.
    """
    block = fragment if fragment is not None and is_fragment(request) else None
    return HTMLResponse(views(request).text(request, template, context, block), status_code=status)


def translate(request: Request, text: str, **values: object) -> str:
    """A text of ours in the visitor's language, with its placeholders (``%(name)s``) filled."""
    translated = views(request).words_for(request).gettext(text)
    return translated % values if values else translated
