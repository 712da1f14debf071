"""A provider makes a declaration from what it delivered: write or upload lines, see what would be granted, send."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from contracts.events.commissioning import Law, Unit
from contracts.values import Role
from services.commissioning.client import CommissioningClient
from services.kit.problems import Problem
from services.portal.care.clients import Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.forms import key_of, require, today, with_key
from services.portal.care.words import LAWS, amount_of_care, options
from services.portal.clients import new_key
from services.portal.components import Column, Row, Table
from services.portal.exports import download
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.declarations.lines import Read, month_of, read_lines, to_fill_in
from services.portal.pages.declarations.words import reason
from services.portal.people import Person
from services.portal.people import require as only
from services.portal.views import flash, language_of, render, translate
from services.referral.client import DeclarableView, DeclareBody, DraftLine, DraftView, ReferralClient

router = APIRouter()

Declarer = Annotated[Person, Depends(only(Role.PROVIDER_ADMINISTRATOR, Role.PLANNER))]
MOST_TOLD: Final = 10
_NEEDED: Final = (
    ("municipality", N_("Choose the municipality.")),
    ("law", N_("Choose the law.")),
    ("month", N_("Give the month as 2026-04.")),
)


@router.get("/declarations/new")
async def empty(
    request: Request, person: Declarer, commissioning: Commissioning, municipality: str = "", law: str = ""
) -> HTMLResponse:
    """The empty form, over last month."""
    last_month = (today(request).replace(day=1) - date.resolution).strftime("%Y-%m")
    form = Form.of({"municipality": municipality, "law": law or Law.YOUTH.value, "month": last_month})
    return await _form(request, commissioning, form)


@router.get("/declarations/new/lines.csv")
async def lines_to_fill_in(
    request: Request, person: Declarer, referrals: Referrals, municipality: str, law: Law, month: str
) -> Response:
    """A file with every allocation that runs in the month, to fill in."""
    first = month_of(month) or today(request).replace(day=1)
    found = await _declarable(referrals, municipality, law, first)
    return download(
        to_fill_in(found.values()), "text/csv; charset=utf-8", f"declaratie-{municipality}-{first:%Y-%m}.csv"
    )


@router.post("/declarations/new")
async def check(request: Request, person: Declarer, referrals: Referrals, commissioning: Commissioning) -> HTMLResponse:
    """What would come of it: nothing is sent yet."""
    form = await _read(request)
    if form.value("action") == "change":
        return await _form(request, commissioning, form)
    body, read = await _body(request, form, referrals)
    if body is not None:
        try:
            draft = await referrals.declare(body, dry_run=True, idempotency_key=new_key())
        except Problem as problem:
            _take(request, form, problem, read)
        else:
            return await _draft(request, commissioning, form, draft)
    return await _form(request, commissioning, form, 422)


@router.post("/declarations/new/send")
async def send(request: Request, person: Declarer, referrals: Referrals, commissioning: Commissioning) -> Response:
    """Send it; it is answered at once."""
    form = await _read(request)
    body, read = await _body(request, form, referrals)
    if body is not None:
        try:
            sent = await referrals.declare(body, idempotency_key=key_of(form))
        except Problem as problem:
            _take(request, form, problem, read)
        else:
            if sent.declaration_id is None:
                return RedirectResponse(f"/messages/{sent.message_id}", status_code=303)
            flash(request, translate(request, N_("The declaration was sent. You see here what was granted.")))
            return RedirectResponse(f"/declarations/{sent.declaration_id}", status_code=303)
    return await _form(request, commissioning, form, 422)


async def _read(request: Request) -> Form:
    """The form; a file takes the place of what was typed."""
    form = Form()
    async with request.form() as data:
        for name, value in data.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    form.values["lines"] = (await value.read()).decode("utf-8-sig", "replace").strip()
            else:
                form.values.setdefault(name, value.strip())
    return form


async def _declarable(referrals: ReferralClient, municipality: str, law: Law, month: date) -> dict[int, DeclarableView]:
    found: dict[int, DeclarableView] = {}
    after: str | None = None
    while True:
        page = await referrals.declarable_allocations(municipality, law, month, after=after)
        found |= {each.allocation_number: each for each in page.items}
        after = page.next
        if after is None:
            return found


async def _body(request: Request, form: Form, referrals: ReferralClient) -> tuple[DeclareBody | None, Read]:
    """What the form says as the service takes it; None when something is wrong with it."""
    require(request, form, _NEEDED)
    month = month_of(form.value("month"))
    if form.is_valid and month is None:
        form.wrong("month", translate(request, _NEEDED[2][1]))
    if not form.is_valid or month is None:
        return None, Read()
    # Only an amount of euros is written otherwise than it counts, so a missing unit is looked up.
    units: dict[int, Unit | None] = {}
    if form.value("lines"):
        known = await _declarable(referrals, form.value("municipality"), Law(form.value("law")), month)
        units = {number: each.unit for number, each in known.items()}
    read = read_lines(form.value("lines"), units.get)
    for place, wrong in read.wrong[:MOST_TOLD]:
        _add(request, form, place, translate(request, wrong))
    if not read.lines and not read.wrong:
        form.wrong("lines", translate(request, N_("Give at least one line with how much was delivered.")))
    if not form.is_valid:
        return None, read
    values: dict[str, Any] = {
        "municipality": form.value("municipality"),
        "law": form.value("law"),
        "month": month,
        "lines": read.lines,
    }
    return DeclareBody.model_validate(values), read


def _add(request: Request, form: Form, place: int, wrong: str) -> None:
    told = translate(request, N_("Row %(num)s: %(wrong)s"), num=str(place), wrong=wrong)
    form.errors["lines"] = f"{form.errors['lines']} {told}" if "lines" in form.errors else told


def _take(request: Request, form: Form, problem: Problem, read: Read) -> None:
    """Say beside the lines which of them cannot be declared, and why."""
    if problem.status not in (400, 409, 413, 422):
        raise problem
    for error in problem.errors[:MOST_TOLD]:
        parts = error.pointer.split("/")
        wrong = error.message.in_language(language_of(request))
        if parts[1:2] == ["lines"] and len(parts) > 2 and parts[2].isdigit() and int(parts[2]) < len(read.rows):
            _add(request, form, read.rows[int(parts[2])], wrong)
        else:
            form.wrong("", wrong)
    if not problem.errors:
        form.wrong("", problem.detail.in_language(language_of(request)))


async def _form(request: Request, commissioning: CommissioningClient, form: Form, status: int = 200) -> HTMLResponse:
    agreements = await commissioning.agreements(limit=100)
    names = await Directory(request, commissioning).municipalities(
        {code for each in agreements.items for code in each.municipalities}
    )
    return render(
        request,
        "pages/declarations/new.html",
        status=status,
        form=form,
        municipalities=sorted(names.items(), key=lambda each: each[1]),
        laws=options(request, LAWS),
    )


async def _draft(request: Request, commissioning: CommissioningClient, form: Form, draft: DraftView) -> HTMLResponse:
    names = await Directory(request, commissioning).municipalities([draft.municipality])
    dutch = language_of(request) == "nl"
    return render(
        request,
        "pages/declarations/draft.html",
        form=with_key(form),
        draft=draft,
        municipality=names[draft.municipality],
        reasons=[reason(request, each) for each in draft.reasons],
        findings=[each.wrong_nl if dutch else each.wrong_en for each in draft.findings],
        rejected=sum(bool(line.reasons) for line in draft.lines),
        table=_table(request, draft.lines),
    )


def _table(request: Request, lines: list[DraftLine]) -> Table:
    rows = [
        Row(
            {
                "number": line.allocation_number,
                "product": line.product_code,
                "from": line.starts_on,
                "until": line.ends_on,
                "volume": amount_of_care(request, line.volume, line.unit),
                "amount": line.amount_cents,
                "result": " ".join(reason(request, each)[0] for each in line.reasons),
            },
            warning=bool(line.reasons),
        )
        for line in lines
    ]
    columns = [
        Column("number", translate(request, N_("Allocation number")), main=True),
        Column("product", translate(request, N_("Product"))),
        Column("from", translate(request, N_("From")), kind="day"),
        Column("until", translate(request, N_("Until and including")), kind="day"),
        Column("volume", translate(request, N_("Delivered"))),
        Column("amount", translate(request, N_("Amount")), kind="euros"),
        Column("result", translate(request, N_("What the municipality would say")), kind="raw"),
    ]
    return Table(translate(request, N_("Lines of the declaration")), columns, rows, id="lines")
