"""iWmo/iJw messages over HTTP: send one, see what became of it, fetch the text."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Response
from pydantic import AwareDatetime

from services.kit.paging import Page, Paging
from services.kit.problems import Invalid, NotFound, Text
from services.kit.runner import Runner
from services.kit.tracing import current_traceparent
from services.referral import bodies, commands
from services.referral.api.access import ExchangeAdministrator, Messenger, OpenVault, Store, Workflow
from services.referral.api.pages import place
from services.referral.chain_views import ExchangeSettings
from services.referral.handlers.received.inbound import view
from services.referral.store import clients, messages, queries
from services.referral.views import Count, MessageView

router = APIRouter(tags=["messages"])

MessageId = Annotated[UUID, Path(alias="messageId", description="The message.")]
XML = "application/xml"


@router.post("/messages", status_code=201)
async def receive_message(
    run: Runner,
    vault: OpenVault,
    actor: Messenger,
    response: Response,
    original: Annotated[
        bytes,
        Body(media_type=XML, description="The message or an envelope with it, byte for byte; at most 25 MB."),
    ],
) -> MessageView:
    """Submit a message (315, 305, 307, or a retour on one of ours), bare or in a GGk envelope.

    It is kept unchanged, judged and answered.

    The same message again gets the same answer and has one effect. A message that fails level 1 gets no retour.
    """
    if not original:
        raise Invalid(
            Text("Het bericht is leeg. Stuur de XML als inhoud.", "The message is empty. Send the XML as body.")
        )
    command = commands.ReceiveMessage(original=original, mark=messages.mark_of(vault, original).hex())
    received: MessageView = await run(command, actor)
    response.headers["Location"] = f"/v1/messages/{received.message_id}"
    return received


async def _filter(
    direction: Annotated[
        str | None, Query(pattern="^(received|written)$", description="`received` or `written`.")
    ] = None,
    kind: Annotated[str | None, Query(pattern=r"^(JW|WMO)\d{3}$", description="Such as JW315.")] = None,
    accepted: Annotated[bool | None, Query(description="Only accepted, or only rejected ones.")] = None,
    referral_id: Annotated[UUID | None, Query(alias="referralId", description="Only of this journey.")] = None,
    sent: Annotated[bool | None, Query(description="Only what the caller's party sent, or only what it got.")] = None,
    awaited: Annotated[
        bool | None, Query(description="Only what the caller sent and still waits for a retour on, or only others.")
    ] = None,
    since: Annotated[AwareDatetime | None, Query(description="Only from this instant on.")] = None,
) -> messages.Filter:
    return messages.Filter(direction, kind, accepted, referral_id, sent, awaited, since)


Wanted = Annotated[messages.Filter, Depends(_filter)]


@router.get("/messages")
async def list_messages(database: Store, actor: Messenger, paging: Paging, wanted: Wanted) -> Page[MessageView]:
    """The messages that the caller sent or receives, latest first."""
    async with database.reading(actor) as unit:
        rows = await messages.listed(unit.conn, wanted, place(paging), paging.fetch)
    return paging.page(rows, view, lambda row: (row["at"].isoformat(), str(row["message_id"])))


@router.get("/message-counts")
async def count_messages(database: Store, actor: Messenger, wanted: Wanted) -> Count:
    """How many messages the list of the same filters has in all."""
    async with database.reading(actor) as unit:
        return Count(number=await messages.count(unit.conn, wanted))


@router.get("/messages/{messageId}")
async def get_message(message_id: MessageId, database: Store, actor: Messenger) -> MessageView:
    """One message of the caller, without its text."""
    async with database.reading(actor) as unit:
        row = await queries.get_message(unit.conn, message_id=message_id)
    if row is None:
        raise NotFound()
    return view(row)


@router.get(
    "/messages/{messageId}/content",
    response_class=Response,
    responses={200: {"content": {XML: {}}, "description": "The message, byte for byte."}},
)
async def get_message_content(message_id: MessageId, database: Store, vault: OpenVault, actor: Messenger) -> Response:
    """The text of a message, for its sender and its receiver. The look is recorded."""
    async with database.unit(actor, traceparent=current_traceparent()) as unit:
        original = await messages.original(unit, vault, message_id)
        if original.client_dossier is not None:
            await clients.record_looks(unit, "read-message", [original.client_dossier])
    name = f"{original.kind or 'message'}-{message_id}.xml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(original.content, media_type=XML, headers=headers)


@router.post("/messages/{messageId}/missed-receipts", status_code=201)
async def miss_receipt(message_id: MessageId, run: Runner, actor: Workflow) -> MessageView:
    """The retour on a message did not come in time; its sender is told."""
    message: MessageView = await run(commands.MissReceipt(message_id=message_id), actor)
    return message


@router.get("/exchange-settings")
async def get_exchange_settings(database: Store, actor: Messenger) -> ExchangeSettings:
    """How the caller exchanges messages."""
    async with database.reading(actor) as unit:
        own_retours = await queries.sends_own_retours(unit.conn, party=actor.party)
    return ExchangeSettings(own_retours=own_retours)


@router.put("/exchange-settings")
async def set_exchange(
    body: bodies.ExchangeSettingsBody, run: Runner, actor: ExchangeAdministrator
) -> ExchangeSettings:
    """Say whether the caller's own software sends the retours. It holds for what is sent from now on."""
    settings: ExchangeSettings = await run(commands.SetExchange(own_retours=body.own_retours), actor)
    return settings
