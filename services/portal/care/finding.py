"""Finding a client by a number, for the access team and for providers. What is typed is posted, never in an address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import NotFound, Problem
from services.portal.care.forms import require, take
from services.portal.care.persons import born
from services.portal.clients import new_key
from services.portal.components import Column, Row, Table
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import render, translate
from services.referral.client import ClientView, ReferralClient

LONGEST: Final = 40
_WORDS: Final = {"/number": N_("This is not a citizen number (BSN). It has nine digits; check them.")}


@dataclass(frozen=True, slots=True)
class Search:
    """The page on which one side looks for its clients. Texts are to be translated.

    ``page`` gives the page of a client; ``nobody`` is what is said when nobody has the number, and ``next_step`` what
    can be done then: a question, the words of a link and its address.
    """

    address: str
    page: Callable[[UUID], str]
    back: str
    title: str
    lead: str
    label: str
    needed: str
    nobody: str
    next_step: tuple[str, str, str] | None = None

    def show(
        self,
        request: Request,
        form: Form,
        status: int = 200,
        *,
        nothing: bool = False,
        several: Sequence[ClientView] = (),
    ) -> HTMLResponse:
        """The form; after a search that led to no single page with what came of it."""
        step = self.next_step if nothing else None
        words: Mapping[str, Any] = {
            name: translate(request, getattr(self, name)) for name in ("title", "lead", "label", "nobody")
        }
        return render(
            request,
            "pages/chain/find.html",
            status=status,
            form=form,
            nothing=nothing,
            several=self._table(request, several) if several else None,
            next_step=(translate(request, step[0]), translate(request, step[1]), step[2]) if step else None,
            address=self.address,
            back=self.back,
            longest=LONGEST,
            **words,
        )

    async def answer(self, request: Request, referrals: ReferralClient) -> Response:
        """To the page of who was found, to choose from several, or the form again with what to do."""
        form = await Form.read(request)
        require(request, form, [("number", self.needed)])
        if len(form.value("number")) > LONGEST:
            form.wrong("number", translate(request, N_("This is too long for a citizen number or a reference.")))
        if not form.is_valid:
            return self.show(request, form, 422)
        try:
            # Who goes back in the browser looks for somebody else with the same form, so no key comes with the form.
            found = await referrals.find_client(form.value("number"), idempotency_key=new_key())
        except NotFound:
            return self.show(request, form, nothing=True)
        except Problem as problem:
            take(request, form, problem, {"/number": "number"}, _WORDS)
            return self.show(request, form, 422)
        if found.others:
            return self.show(request, form, several=await referrals.clients([found.client, *found.others]))
        return RedirectResponse(self.page(found.client), status_code=303)

    def _table(self, request: Request, found: Sequence[ClientView]) -> Table:
        """Who have the number, by name; each look was recorded."""
        rows = [
            Row(
                {"name": each.display_name, "born": born(request, each.person), "own": each.own_number},
                url=self.page(each.client),
            )
            for each in sorted(found, key=lambda each: each.display_name)
        ]
        columns = [
            Column("name", translate(request, N_("Name")), main=True),
            Column("born", translate(request, N_("Date of birth"))),
            Column("own", translate(request, N_("Own number"))),
        ]
        return Table(translate(request, N_("Who have this number")), columns, rows, caption_hidden=True, id="found")
