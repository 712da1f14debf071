"""Take over trajectories from an earlier system: one CSV file, checked first, imported whole or not at all."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.http import path
from services.kit.problems import Problem
from services.portal.care.clients import Importer, Referrals
from services.portal.care.forms import key_of, read_files, take, with_key
from services.portal.clients import new_key
from services.portal.components import Column, Row, Table
from services.portal.exports import download
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import flash, is_fragment, language_of, render, translate, views
from services.referral.client import ImportedFile, ReferralClient

router = APIRouter()

ROWS = 200


@dataclass(frozen=True, slots=True)
class Result:
    """What a file would do, or why it was refused: the wrong values with their line, column and what is right."""

    ok: bool
    summary: str
    table: Table | None = None
    more: str | None = None


@router.get("/access/import")
async def upload_form(request: Request, person: Importer, referrals: Referrals) -> HTMLResponse:
    """The form, with what the columns mean."""
    return await _show(request, referrals, Form())


@router.post("/access/import")
async def upload(request: Request, person: Importer, referrals: Referrals) -> Response:
    """Check a file (``action=check``) or import it; what is wrong comes back row by row."""
    form, files = await read_files(request, "file")
    if not form.is_valid:
        return await _show(request, referrals, form, status=422)
    check = form.value("action") != "import"
    try:
        # A check changes nothing: a key of its own leaves that of the form for the import.
        file = await referrals.import_trajectories(
            files[0][1], dry_run=check, idempotency_key=new_key() if check else key_of(form)
        )
    except Problem as problem:
        if problem.code != "rows-refused":
            take(request, form, problem, {"": "file"})
            return await _show(request, referrals, form, status=422)
        # A check tells line and column of each wrong value apart.
        file, check = await referrals.import_trajectories(files[0][1], dry_run=True, idempotency_key=new_key()), True
    if check:
        return await _show(request, referrals, form, _checked(request, file))
    told = N_("%(new)s trajectories were taken over, %(known)s were known already.")
    flash(request, translate(request, told, new=str(file.imported), known=str(file.already_known)))
    address = f"/access/import/{file.import_id}"
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


@router.get("/access/import/{import_id}")
async def imported(
    request: Request, import_id: UUID, person: Importer, referrals: Referrals, after: str | None = None
) -> HTMLResponse:
    """What each row of a file became."""
    file = await referrals.get(ImportedFile, path("/imports/{id}", id=import_id))
    rows = await referrals.import_rows(import_id, limit=ROWS, after=after)
    columns = [
        Column("line", translate(request, N_("Line")), kind="number"),
        Column("number", translate(request, N_("Allocation number")), main=True),
    ]
    found = [
        Row({"line": row.line, "number": str(row.allocation_number)}, url=f"/access/referrals/{row.referral_id}")
        for row in rows.items
    ]
    table = Table(translate(request, N_("What each row became")), columns, found)
    following = f"/access/import/{import_id}?after={rows.next}" if rows.next else None
    return render(
        request, "pages/access_team/imported.html", file=file, table=table, following=following, first=after is None
    )


@router.get("/access/import/{import_id}/file")
async def original(import_id: UUID, person: Importer, referrals: Referrals) -> Response:
    """The file as it came. The look is recorded for everybody in it."""
    return download(await referrals.import_content(import_id), "text/csv", f"trajecten-{import_id}.csv")


def _problems(request: Request, rows: list[tuple[int, str, str, str]]) -> Table:
    columns = [
        Column("line", translate(request, N_("Line")), kind="number"),
        Column("column", translate(request, N_("Column")), main=True),
        Column("wrong", translate(request, N_("What is wrong"))),
        Column("right", translate(request, N_("What is right"))),
    ]
    found = [Row({"line": line, "column": name, "wrong": wrong, "right": right}) for line, name, wrong, right in rows]
    return Table(translate(request, N_("What to correct")), columns, found, id="problems")


def _more(request: Request, count: int, shown: int) -> str | None:
    if count <= shown:
        return None
    return translate(request, N_("These are the first %(shown)s of %(count)s."), shown=str(shown), count=str(count))


def _checked(request: Request, file: ImportedFile) -> Result:
    words = views(request).words_for(request)
    if not file.problem_count:
        told = N_(
            "Nothing is wrong: %(new)s of %(rows)s rows are new, %(known)s are known already. Now import the file."
        )
        values = {"new": str(file.imported), "rows": str(file.rows), "known": str(file.already_known)}
        return Result(True, translate(request, told, **values))
    dutch = language_of(request) == "nl"
    rows = [
        (
            each.line,
            each.column,
            each.wrong_nl if dutch else each.wrong_en,
            each.right_nl if dutch else each.right_en,
        )
        for each in file.problems
    ]
    count = file.problem_count
    summary = words.ngettext(
        "%(num)s value is wrong. Correct it, and offer the whole file again.",
        "%(num)s values are wrong. Correct them, and offer the whole file again.",
        count,
    )
    return Result(False, summary % {"num": count}, _problems(request, rows), _more(request, count, len(rows)))


async def _show(
    request: Request, referrals: ReferralClient, form: Form, result: Result | None = None, status: int = 200
) -> HTMLResponse:
    dutch = language_of(request) == "nl"
    columns = [
        (
            each.name,
            each.required,
            each.personal,
            each.meaning_nl if dutch else each.meaning_en,
            each.right_nl if dutch else each.right_en,
        )
        for each in await referrals.import_columns()
    ]
    return render(
        request,
        "pages/access_team/import.html",
        fragment="upload",
        status=status,
        form=with_key(form),
        result=result,
        columns=columns,
    )
