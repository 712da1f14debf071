"""The provider asks for a change on a screen: the program writes its 317, and that goes the way of every 317.

Source: iWmo/iJw 3.2 IV092: the request names every current allocation of the client with this provider.
"""

from services.kit.model import wrong
from services.kit.problems import Conflict, FieldError, Invalid, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.commands import ReceiveMessage, RequestChange
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.journey import Act, after
from services.referral.handlers import messages
from services.referral.handlers.context import Context
from services.referral.istandaarden import DesiredProduct, Extent, MessageHeader, request_for_change_317
from services.referral.istandaarden.codes import STANDARDS
from services.referral.store import allocations, clients, referrals, relations
from services.referral.store import messages as stored
from services.referral.views import MessageView


async def request_change(context: Context, command: RequestChange, unit: Unit) -> MessageView:
    """Write and send the 317. Raises ``Invalid`` with what is wrong when the municipality would reject it."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    after(referral.status, Act.CHANGE)
    if command.ends_on is None and command.volume is None:
        raise wrong(
            "/endsOn",
            "Er verandert niets. Kies een andere einddatum of een andere omvang.",
            "Nothing changes. Choose another end date or another volume.",
            "nothing-changes",
        )
    relation, today = CareRelation.of(referral), local_date(unit.now)
    known = await allocations.of_relation(unit, relation)
    present = known[referral.granted.number]
    unchanged = [number for number, each in known.items() if number != present.number and each.holds_on_or_after(today)]
    dossier = await clients.dossier(unit, referral.client_id)
    if (await relations.circumstances(unit, context.vault, dossier)).silent:
        raise Conflict(relations.NO_MESSAGES, code="no-messages")
    person = dossier.open(context.vault)
    if person.bsn is None:
        raise wrong(
            "",
            "Het BSN van deze cliënt is niet bekend; daarom kan er geen verzoek worden verstuurd. Vraag de gemeente.",
            "The citizen number of this client is not known, so no request can be sent. Ask the municipality.",
            "no-citizen-number",
        )
    identification = await stored.next_identification(unit)
    header = MessageHeader(
        standard=STANDARDS[relation.law],
        municipality=relation.municipality,
        provider=relation.provider,
        identification=identification,
        dated=today,
    )
    original = request_for_change_317(
        header, person.bsn, identification, command.reason, unchanged=unchanged, changed=[_desired(command, present)]
    )
    mark = stored.mark_of(context.vault, original).hex()
    await clients.record_looks(unit, "request-change", [referral.client_dossier])
    sent = await messages.receive_message(context, ReceiveMessage(original=original, mark=mark), unit)
    if not sent.accepted:
        raise Invalid(
            Text(
                "Zo kan het verzoek niet: de gemeente zou het afwijzen. Er is niets verstuurd.",
                "The request cannot be made like this: the municipality would reject it. Nothing was sent.",
            ),
            code="would-be-rejected",
            errors=[
                FieldError(
                    "", Text(f"{each.wrong_nl} {each.right_nl or ''}", f"{each.wrong_en} {each.right_en or ''}"), code
                )
                for each in sent.findings
                for code in each.codes[:1]
            ],
        )
    return sent


def _desired(command: RequestChange, present: Allocation) -> DesiredProduct:
    extent = None
    if present.volume is not None and present.unit is not None and present.frequency is not None:
        volume = command.volume or present.volume
        extent = Extent(volume, present.unit, present.frequency, present.by_effort)
    return DesiredProduct(
        starts_on=command.from_day or present.starts_on,
        allocation_number=present.number,
        ends_on=command.ends_on or present.ends_on,
        extent=extent,
        budget_cents=present.budget_cents,
    )
