"""Bring running agreements in with a spreadsheet: first checked, then taken over, all rows or none."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.commissioning.client import ImportReport
from services.kit.problems import Problem
from services.portal.care.forms import read_files
from services.portal.clients import new_key
from services.portal.components import Column, Row, Table
from services.portal.directing.names import names
from services.portal.directing.people import Commissioning, Manager
from services.portal.directing.sending import KEY, with_key
from services.portal.directing.speech import Speech, speech
from services.portal.exports import XLSX, download
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import flash, is_fragment, language_of, render

router = APIRouter()

SHOWN = 100
EFFECTS = {"created": N_("New"), "changed": N_("Changed"), "unchanged": N_("Already there")}
TONES = {"created": "good", "changed": "attention", "unchanged": "quiet"}


@dataclass(frozen=True, slots=True)
class Result:
    """What a file would do, or what is wrong with it, cell by cell."""

    ok: bool
    summary: str
    table: Table


@router.get("/manager/agreements/import")
async def upload_form(request: Request, person: Manager) -> HTMLResponse:
    """The form, and the way to a template."""
    return _show(request, Form())


@router.get("/manager/agreements/import/template")
async def template(request: Request, person: Manager, commissioning: Commissioning) -> Response:
    """An empty workbook with an example and an explanation of every column."""
    _ = speech(request)
    return download(await commissioning.workbook_template(), XLSX, _("agreements-template") + ".xlsx")


@router.get("/manager/agreements/import/current")
async def current(request: Request, person: Manager, commissioning: Commissioning) -> Response:
    """What runs now, in the layout of the template: change it and bring it in again."""
    _ = speech(request)
    return download(await commissioning.current_workbook(), XLSX, _("agreements-now") + ".xlsx")


@router.post("/manager/agreements/import")
async def upload(request: Request, person: Manager, commissioning: Commissioning) -> Response:
    """Check a workbook (``action=check``) or take it over; what is wrong comes back cell by cell."""
    form, files = await read_files(request, "file")
    if not form.is_valid:
        return _show(request, form, status=422)
    check, _ = form.value("action") != "import", speech(request)
    try:
        # A check changes nothing: a key of its own leaves that of the form for the import.
        report = await commissioning.import_agreements(
            files[0][1], new_key() if check else form.value(KEY) or new_key(), dry_run=check
        )
    except Problem as problem:
        if problem.status not in (400, 409, 413, 415):
            raise
        form.values[KEY] = new_key()
        if not problem.errors:
            form.wrong("file", problem.detail.in_language(language_of(request)))
            return _show(request, form, status=422)
        return _show(request, form, _refused(request, _, problem), 422)
    known = await names(request, commissioning)
    if check:
        rows = [
            Row(
                {
                    "reference": each.reference,
                    "provider": known.providers.get(each.provider, each.provider),
                    "effect": each.effect,
                    "tariffs": each.tariffs,
                }
            )
            for each in report.agreements
        ]
        columns = [
            Column("reference", _("Own number"), main=True),
            Column("provider", _("Provider")),
            Column("tariffs", _("Tariffs"), "number"),
            Column("effect", _("What happens"), "raw"),
        ]
        table = Table(_("What the file does"), columns, rows[:SHOWN], id="effects")
        return _show(request, form, Result(True, _counted(_, report), table))
    flash(request, _taken(_, report))
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": "/manager/agreements"})
    return RedirectResponse("/manager/agreements", status_code=303)


def _counted(_: Speech, report: ImportReport) -> str:
    return _(
        "The file is right: %(created)s new, %(changed)s changed, %(unchanged)s already there. Now take it over.",
        created=report.created,
        changed=report.changed,
        unchanged=report.unchanged,
    )


def _taken(_: Speech, report: ImportReport) -> str:
    return _(
        "Taken over: %(created)s new, %(changed)s changed, %(unchanged)s already there.",
        created=report.created,
        changed=report.changed,
        unchanged=report.unchanged,
    )


def _refused(request: Request, _: Speech, problem: Problem) -> Result:
    """Each wrong cell; the service points at ``/sheet/row/column``."""
    columns = [
        Column("sheet", _("Sheet")),
        Column("row", _("Row"), "number"),
        Column("column", _("Column"), main=True),
        Column("message", _("What is wrong, and what would be right")),
    ]
    rows = []
    for error in problem.errors[:SHOWN]:
        sheet, row, column = (*error.pointer.strip("/").split("/"), "", "")[:3]
        rows.append(
            Row(
                {
                    "sheet": sheet,
                    "row": int(row) if row.isascii() and row.isdigit() else None,
                    "column": column or "–",
                    "message": error.message.in_language(language_of(request)),
                }
            )
        )
    count = len(problem.errors)
    summary = _.ngettext(
        "Nothing was taken over: %(num)s cell is not right. Correct it and offer the whole file again.",
        "Nothing was taken over: %(num)s cells are not right. Correct them and offer the whole file again.",
        count,
    )
    return Result(False, summary, Table(_("What to correct"), columns, rows, id="effects"))


def _show(request: Request, form: Form, result: Result | None = None, status: int = 200) -> HTMLResponse:
    _ = speech(request)
    return render(
        request,
        "pages/contract_manager/import.html",
        fragment="upload",
        status=status,
        form=with_key(form),
        result=result,
        effects={name: _(label) for name, label in EFFECTS.items()},
        tones=TONES,
    )
