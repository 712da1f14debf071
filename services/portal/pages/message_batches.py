"""Messages that were sent together: how far they are, what became of each file, and all replies in one file."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from contracts.values import Role
from services.portal.care.clients import Referrals
from services.portal.care.words import message_label
from services.portal.components import BadgeTone, Column, Row, Tab, Table
from services.portal.exports import download
from services.portal.i18n import N_
from services.portal.people import Person, require
from services.portal.views import language_of, render, translate
from services.referral.client import BatchItemView

router = APIRouter()

Messenger = Annotated[Person, Depends(require(Role.PLANNER, Role.PROVIDER_ADMINISTRATOR, Role.ACCESS_WORKER))]
PER_PAGE: Final = 100
_SHOWN: Final[dict[str, tuple[str, bool | None]]] = {
    "": (N_("All files"), None),
    "wrong": (N_("Not approved"), True),
    "right": (N_("Approved"), False),
}


def _verdict(request: Request, item: BatchItemView) -> tuple[str, BadgeTone]:
    """What became of a file, in a word, with the tone of its badge."""
    if item.settled_at is None:
        return translate(request, N_("Waiting")), "quiet"
    if item.message_id is None:
        return translate(request, N_("Refused")), "bad"
    if item.accepted is None:
        return translate(request, N_("Kept for the municipality")), "neutral"
    if item.accepted:
        return translate(request, N_("Approved")), "good"
    return translate(request, N_("Rejected")), "bad"


@router.get("/message-batches/{batch_id}")
async def one(
    request: Request, batch_id: UUID, person: Messenger, referrals: Referrals, shown: str = "", after: str | None = None
) -> HTMLResponse:
    """How far it is, renewed by itself while files wait, and what became of each file."""
    chosen = shown if shown in _SHOWN else ""
    batch = await referrals.batch(batch_id)
    page = await referrals.batch_items(batch_id, wrong=_SHOWN[chosen][1], limit=PER_PAGE, after=after)
    dutch = language_of(request) == "nl"
    rows = []
    for item in page.items:
        word, tone = _verdict(request, item)
        first = item.findings[0] if item.findings else None
        why = (item.refusal_nl if dutch else item.refusal_en) or (
            (first.wrong_nl if dutch else first.wrong_en) if first and not item.accepted else ""
        )
        cells: dict[str, Any] = {
            "number": item.number,
            "file": item.name,
            "kind": message_label(request, item.kind) if item.kind else "",
            "verdict": word,
            "tone": tone,
            "why": why,
        }
        url = f"/messages/{item.message_id}" if item.message_id else None
        rows.append(Row(cells, url=url, warning=tone == "bad"))
    columns = [
        Column("number", translate(request, N_("Number")), kind="number"),
        Column("file", translate(request, N_("File")), main=True),
        Column("kind", translate(request, N_("Message"))),
        Column("verdict", translate(request, N_("Result of the check")), kind="raw"),
        Column("why", translate(request, N_("What is wrong"))),
    ]
    address = f"/message-batches/{batch_id}"
    query = f"shown={chosen}&" if chosen else ""
    here = f"{address}?{query}after={after}" if after else address + (f"?shown={chosen}" if chosen else "")
    tabs = [
        Tab(translate(request, label), address + (f"?shown={name}" if name else ""), name == chosen)
        for name, (label, _) in _SHOWN.items()
    ]
    return render(
        request,
        "pages/messages/batch.html",
        fragment="progress",
        batch=batch,
        done=batch.items - batch.waiting,
        here=here,
        address=address,
        tabs=tabs,
        table=Table(translate(request, N_("What became of each file")), columns, rows, caption_hidden=True, id="files"),
        following=f"{address}?{query}after={page.next}" if page.next else None,
        first=after is None,
    )


@router.get("/message-batches/{batch_id}/results.csv")
async def results(batch_id: UUID, person: Messenger, referrals: Referrals) -> Response:
    """What became of each file, as CSV."""
    return download(await referrals.batch_results(batch_id), "text/csv", f"zending-{batch_id}.csv")


@router.get("/message-batches/{batch_id}/replies.zip")
async def replies(batch_id: UUID, person: Messenger, referrals: Referrals) -> Response:
    """Every reply, in one zip. Each look is recorded."""
    return download(await referrals.batch_replies(batch_id), "application/zip", f"retourberichten-{batch_id}.zip")
