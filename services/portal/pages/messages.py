"""The message box of a provider or a municipality: what came and went, sending, and what is wrong with what."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from contracts.values import Role
from services.commissioning.client import CommissioningClient
from services.kit.problems import Problem
from services.portal.care.clients import Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.forms import key_of, take, with_key
from services.portal.care.words import message_label
from services.portal.components import BadgeTone, Column, Row, Tab, Table
from services.portal.exports import download
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages import NavigationItem
from services.portal.people import Person, require
from services.portal.views import flash, is_fragment, language_of, render, translate
from services.referral.client import MessageView, ReferralClient

router = APIRouter()

_ROLES: Final = (Role.PLANNER, Role.PROVIDER_ADMINISTRATOR, Role.ACCESS_WORKER)
Messenger = Annotated[Person, Depends(require(*_ROLES))]
NAVIGATION = (NavigationItem(N_("Messages"), "/messages", frozenset(_ROLES), order=20),)
PER_PAGE: Final = 50
LATEST_BATCHES: Final = 5
MAX_FILES: Final = 20_000
"""As many files as the referral service takes in a batch."""
_TABS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "": (N_("All messages"), {}),
    "in": (N_("To you"), {"sent": False}),
    "out": (N_("From you"), {"sent": True}),
    "rejected": (N_("Rejected"), {"accepted": False}),
    "awaited": (N_("Waiting for receipt"), {"awaited": True}),
}
_LEVELS: Final = {
    "technical": N_("The file could not be read as a message."),
    "1": N_("The message is not built as the standard prescribes."),
    "2": N_("The parts of the message contradict each other."),
    "3": N_("The message does not fit with what was sent before."),
    "4": N_("The message does not fit with what the municipality knows."),
}


def verdict(request: Request, message: MessageView) -> tuple[str, BadgeTone]:
    """What became of a message, in a word, with the tone of its badge."""
    if message.receipt_missed and message.answer_id is None:
        return translate(request, N_("Receipt not confirmed in time")), "bad"
    if message.receipt_due is not None and message.answer_id is None:
        return translate(request, N_("Waits for receipt")), "attention"
    if message.accepted is None:
        return translate(request, N_("Sent")), "neutral"
    if message.accepted and message.return_codes:
        return translate(request, N_("Approved in part")), "attention"
    if message.accepted:
        return translate(request, N_("Approved")), "good"
    return translate(request, N_("Rejected")), "bad"


@router.get("/messages")
async def box(
    request: Request,
    person: Messenger,
    referrals: Referrals,
    commissioning: Commissioning,
    box: str = "",
    about: UUID | None = None,
    after: str | None = None,
) -> HTMLResponse:
    """A page of the box, the latest first, with the form to send one; ``about`` narrows it down to one journey."""
    return await _show(request, person, referrals, commissioning, Form(), box, after, about=about)


@router.post("/messages")
async def send(request: Request, person: Messenger, referrals: Referrals, commissioning: Commissioning) -> Response:
    """Send one message, or many as a batch: several files, or a zip. The same one again has no effect."""
    form = Form()
    async with request.form(max_files=MAX_FILES, max_fields=20) as data:
        for name, value in data.multi_items():
            if isinstance(value, str):
                form.values.setdefault(name, value.strip())
        files = [each for each in data.getlist("file") if isinstance(each, UploadFile) and each.filename]
        if not files:
            form.wrong("file", translate(request, N_("Choose a file.")))
        elif len(files) > 1 or await _is_zip(files[0]):
            named = [(each.filename or "", each.file) for each in files]
            try:
                batch = await referrals.submit_batch(named, idempotency_key=key_of(form))
            except Problem as problem:
                take(request, form, problem, {"": "file"})
            else:
                return _go_to(request, f"/message-batches/{batch.batch_id}")
        else:
            try:
                sent = await referrals.send_message(await files[0].read(), idempotency_key=key_of(form))
            except Problem as problem:
                take(request, form, problem, {"": "file"})
            else:
                if sent.accepted is not False:
                    flash(request, translate(request, N_("The message was approved.")))
                return _go_to(request, f"/messages/{sent.message_id}")
    return await _show(request, person, referrals, commissioning, form, "", None, 422)


async def _is_zip(file: UploadFile) -> bool:
    begin = await file.read(4)
    await file.seek(0)
    return begin in (b"PK\x03\x04", b"PK\x05\x06")


def _go_to(request: Request, address: str) -> Response:
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


@router.get("/messages/{message_id}")
async def one(
    request: Request, message_id: UUID, person: Messenger, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """One message: what became of it and, when it was rejected, what, where and how to mend it."""
    message = await referrals.message(message_id)
    names = await Directory(request, commissioning).parties([message.sender, message.receiver])
    dutch = language_of(request) == "nl"
    findings = [
        {
            "wrong": each.wrong_nl if dutch else each.wrong_en,
            "right": each.right_nl if dutch else each.right_en,
            "path": (each.path or "").replace("/", " › ").strip(" ›"),
            "line": each.line,
            "codes": ", ".join((*each.codes, *each.rules)),
        }
        for each in message.findings
    ]
    word, tone = verdict(request, message)
    declared = (message.kind or "")[-3:] in ("323", "325")
    declaration = (await referrals.declarations(message_id=message_id, limit=1)).items if declared else []
    return render(
        request,
        "pages/messages/one.html",
        message=message,
        declaration=declaration[0] if declaration else None,
        own=message.sender == person.party,
        label=message_label(request, message.kind),
        answer=message_label(request, message.answer_kind),
        word=word,
        tone=tone,
        level=translate(request, _LEVELS[message.level]) if message.level in _LEVELS else None,
        findings=findings,
        sender=names.get(message.sender, ""),
        receiver=names.get(message.receiver or "", ""),
    )


@router.get("/messages/{message_id}/download")
async def text(message_id: UUID, person: Messenger, referrals: Referrals) -> Response:
    """The message, byte for byte. The look is recorded."""
    message = await referrals.message(message_id)
    content = await referrals.message_content(message_id)
    return download(content, "application/xml", f"{message.kind or 'bericht'}-{message_id}.xml")


async def _show(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    form: Form,
    box: str,
    after: str | None,
    status: int = 200,
    *,
    about: UUID | None = None,
) -> HTMLResponse:
    chosen = box if box in _TABS else ""
    page = await referrals.messages(limit=PER_PAGE, after=after, referral_id=about, **_TABS[chosen][1])

    def address(**more: str) -> str:
        told = {name: value for name, value in ({"about": str(about or "")} | more).items() if value}
        return "/messages" + (f"?{urlencode(told)}" if told else "")

    others = {each.receiver if each.sender == person.party else each.sender for each in page.items}
    names = await Directory(request, commissioning).parties(others)
    rows = []
    for each in page.items:
        other = each.receiver if each.sender == person.party else each.sender
        word, tone = verdict(request, each)
        cells: dict[str, Any] = {
            "kind": message_label(request, each.kind),
            "way": translate(request, N_("From you") if each.sender == person.party else N_("To you")),
            "other": names.get(other or "", ""),
            "identification": each.identification,
            "at": each.at,
            "verdict": word,
            "tone": tone,
        }
        rows.append(Row(cells, url=f"/messages/{each.message_id}", warning=each.accepted is False))
    columns = [
        Column("kind", translate(request, N_("Message")), main=True),
        Column("way", translate(request, N_("Direction"))),
        Column("other", translate(request, N_("Other party"))),
        Column("identification", translate(request, N_("Reference"))),
        Column("at", translate(request, N_("When")), kind="moment"),
        Column("verdict", translate(request, N_("Result of the check")), kind="raw"),
    ]
    tabs = [
        Tab(translate(request, label), address(box=name), name == chosen) for name, (label, _query) in _TABS.items()
    ]
    batches = await referrals.batches(limit=LATEST_BATCHES)
    return render(
        request,
        "pages/messages/box.html",
        fragment="upload",
        status=status,
        form=with_key(form),
        of_municipality=person.has(Role.ACCESS_WORKER),
        sets_exchange=person.has(Role.PROVIDER_ADMINISTRATOR),
        tabs=tabs,
        table=Table(translate(request, N_("Messages")), columns, rows, caption_hidden=True, id="messages"),
        batches=batches.items,
        older=address(box=chosen, after=page.next) if page.next else None,
        everything=address(about="", box=chosen) if about else None,
        first=after is None,
    )
