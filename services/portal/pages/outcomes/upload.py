"""Report results by file: checked first, row by row; then all rows, or none."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import Problem
from services.monitoring.client import ImportView, MonitoringClient
from services.portal.care.forms import read_files
from services.portal.clients import new_key
from services.portal.components import Column, Row, Table
from services.portal.directing.people import Monitoring, Reporter
from services.portal.directing.sending import KEY, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.exports import download
from services.portal.forms import Form
from services.portal.pages.outcomes.tabs import tabs
from services.portal.views import flash, is_fragment, language_of, render

router = APIRouter()

SHOWN = 200
_EMPTY = "gemeente;toewijzingsnummer;nut;zonder_hulp\r\n"


@dataclass(frozen=True, slots=True)
class Result:
    """What a file would do, or what is wrong with it, row by row."""

    ok: bool
    summary: str
    table: Table | None = None


@router.get("/outcomes/upload")
async def upload_form(request: Request, person: Reporter, monitoring: Monitoring) -> HTMLResponse:
    """The form, with what the columns mean."""
    return await _show(request, monitoring, Form())


@router.get("/outcomes/upload/template")
async def template(request: Request, person: Reporter, monitoring: Monitoring) -> Response:
    """A file with a row for everything that is still to report: only the answers are missing."""
    rows, after = [_EMPTY], None
    for _look in range(50):
        page = await monitoring.due_outcomes(limit=200, after=after)
        rows += [f"{each.municipality};{each.allocation_number};;\r\n" for each in page.items]
        after = page.next
        if after is None:
            break
    _ = speech(request)
    return download(("\N{ZERO WIDTH NO-BREAK SPACE}" + "".join(rows)).encode(), "text/csv; charset=utf-8",
                    _("results-to-report") + ".csv")  # fmt: skip


@router.post("/outcomes/upload")
async def upload(request: Request, person: Reporter, monitoring: Monitoring) -> Response:
    """Check a file (``action=check``) or take it in; what is wrong comes back row by row."""
    form, files = await read_files(request, "file")
    if not form.is_valid:
        return await _show(request, monitoring, form, status=422)
    content, check, _ = files[0][1], form.value("action") != "import", speech(request)
    try:
        key = new_key() if check else form.value(KEY) or new_key()
        done = await monitoring.import_outcomes(content, dry_run=check, idempotency_key=key)
    except Problem as problem:
        if problem.status not in (400, 409, 413, 415):
            raise
        form.values[KEY] = new_key()
        if not problem.errors:
            form.wrong("file", problem.detail.in_language(language_of(request)))
            return await _show(request, monitoring, form, status=422)
        # A check tells row and column of every error apart.
        done = await monitoring.import_outcomes(content, dry_run=True, idempotency_key=new_key())
        check = True
    if check:
        return await _show(request, monitoring, form, _checked(_, done), 422 if done.rejected else 200)
    told = _.ngettext("%(num)s result was reported.", "%(num)s results were reported.", done.accepted)
    flash(request, told)
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": "/outcomes"})
    return RedirectResponse("/outcomes", status_code=303)


def _checked(_: Speech, done: ImportView) -> Result:
    if not done.rejected:
        summary = _(
            "Nothing is wrong: %(accepted)s results are new, %(unchanged)s are known already. Now report them.",
            accepted=done.accepted,
            unchanged=done.unchanged,
        )
        return Result(True, summary)
    columns = [
        Column("row", _("Row"), "number"),
        Column("column", _("Column"), main=True),
        Column("message", _("What is wrong, and what would be right")),
    ]
    rows = [
        Row({"row": row.row, "column": error.column or "–", "message": _.of(error.message)})
        for row in done.rows
        for error in row.errors
    ]
    summary = _.ngettext(
        "Nothing was reported: %(num)s row is not right. Correct it and offer the whole file again.",
        "Nothing was reported: %(num)s rows are not right. Correct them and offer the whole file again.",
        done.rejected,
    )
    return Result(False, summary, Table(_("What to correct"), columns, rows[:SHOWN], id="problems"))


async def _show(
    request: Request, monitoring: MonitoringClient, form: Form, result: Result | None = None, status: int = 200
) -> HTMLResponse:
    _ = speech(request)
    columns = [
        ("gemeente", _("Code of the municipality, four digits: 0268")),
        ("toewijzingsnummer", _("The number of the allocation, as it stands in the 301")),
        ("nut", _("How useful was the help, from 1 to 10; or empty")),
        ("zonder_hulp", _("01 worse, 02 same help, 03 less help, 04 no more help; or empty")),
    ]
    return render(
        request,
        "pages/outcomes/upload.html",
        fragment="upload",
        status=status,
        tabs=tabs(_, "/outcomes/upload", await monitoring.count_due_outcomes()),
        form=with_key(form),
        result=result,
        columns=columns,
    )
