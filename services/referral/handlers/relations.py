"""Who stands around a client, who has legal authority, and stopping all messages about a client.

Source: iWmo/iJw 3.2 OP001 and OP002 (authority), OP003 (no messages), OP071 (numbers), OP076 (only whom contact needs).
"""

from uuid import UUID

from services.kit.model import refused, wrong
from services.kit.problems import FieldError, Invalid, NotFound, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.domain.person import Person, age_on
from services.referral.domain.person_checks import at_odds
from services.referral.domain.relations import OF_AGE_FOR_AUTHORITY, Relation, lacking
from services.referral.handlers import resuming
from services.referral.handlers.context import Context
from services.referral.relation_commands import AddRelation, ChangeRelation, EndRelation, SetAuthority, SetMessages
from services.referral.relation_views import CircumstancesState, ClientRelations, RelationState, RelationView
from services.referral.store import clients, queries, relations
from services.referral.store.clients import Dossier
from services.referral.vault.vault import Vault


async def look_around(unit: Unit, vault: Vault, client: UUID) -> ClientRelations:
    """Everybody around a client. The look is recorded. Not a command: see ``people.look``."""
    dossier = await opened(unit, client)
    found = await relations.recorded(unit, vault, dossier)
    holds = await relations.circumstances(unit, vault, dossier)
    await clients.record_looks(unit, "look-at-relations", [client])
    return ClientRelations(
        client=client,
        relations=tuple(
            RelationView(
                number=each.number,
                display_name=each.relation.display_name,
                relation=each.relation,
                ended_at=each.ended_at,
            )
            for each in found
        ),
        own_authority=holds.own_authority,
        may_have_authority=old_enough(unit, dossier.open(vault)),
        silent_since=holds.silent_since,
        judged_by=holds.judged_by,
    )


async def add_relation(context: Context, command: AddRelation, unit: Unit) -> RelationState:
    """Record somebody. Raises ``Invalid`` when a 301 could not carry them or does not need them."""
    dossier = await opened(unit, command.client)
    await _require_right(context, unit, dossier, command.relation)
    number = await relations.add(unit, context.vault, dossier, command.relation)
    if command.relation.authority:
        await relations.forget_authority_known(unit, dossier.client_id)
    await clients.record_looks(unit, "record-relation", [command.client])
    return RelationState(client=command.client, number=number)


async def change_relation(context: Context, command: ChangeRelation, unit: Unit) -> RelationState:
    """Replace what is known of somebody. Raises ``Conflict`` for a relation that ended, ``Invalid`` as above."""
    dossier = await opened(unit, command.client)
    before = await relations.get(unit, context.vault, dossier, command.number)
    if before.ended_at is not None:
        raise refused(
            "Deze relatie is beëindigd. Er is niets gewijzigd. Leg de persoon opnieuw vast.",
            "This relation has ended. Nothing was changed. Record the person again.",
            "ended",
        )
    if command.relation == before.relation:
        return RelationState(client=command.client, number=command.number, changed=False)
    await _require_right(context, unit, dossier, command.relation)
    await relations.change(unit, context.vault, dossier, command.number, command.relation)
    if command.relation.authority or before.relation.authority:
        await relations.forget_authority_known(unit, dossier.client_id)
    await clients.record_looks(unit, "record-relation", [command.client])
    return RelationState(client=command.client, number=command.number)


async def end_relation(context: Context, command: EndRelation, unit: Unit) -> RelationState:
    """They stand around the client no longer; once more changes nothing."""
    dossier = await opened(unit, command.client)
    before = await relations.get(unit, context.vault, dossier, command.number)
    if before.ended_at is not None:
        return RelationState(client=command.client, number=command.number, changed=False)
    await relations.end(unit, dossier.client_id, command.number)
    if before.relation.authority:
        await relations.forget_authority_known(unit, dossier.client_id)
    await clients.record_looks(unit, "record-relation", [command.client])
    return RelationState(client=command.client, number=command.number)


async def set_authority(context: Context, command: SetAuthority, unit: Unit) -> CircumstancesState:
    """Record whether the client has authority over themselves. Raises ``Invalid`` under sixteen, ``Conflict`` while
    somebody else has it."""
    dossier = await opened(unit, command.client)
    holds = await relations.circumstances(unit, context.vault, dossier)
    if holds.own_authority == command.own:
        return CircumstancesState(client=command.client, changed=False)
    if command.own:
        await _require_may_have_authority(context, unit, dossier)
    await relations.put(unit, context.vault, dossier, holds.model_copy(update={"own_authority": command.own}))
    await relations.forget_authority_known(unit, dossier.client_id)
    await clients.record_looks(unit, "record-relation", [command.client])
    return CircumstancesState(client=command.client)


async def set_messages(context: Context, command: SetMessages, unit: Unit) -> CircumstancesState:
    """Stop all messages about a client, or let them go again; then what was decided and answered meanwhile is sent
    (OP087)."""
    dossier = await opened(unit, command.client)
    await relations.wait_in_line(unit, dossier.client_id)
    holds = await relations.circumstances(unit, context.vault, dossier)
    if holds.silent is not command.allowed:
        return CircumstancesState(client=command.client, changed=False)
    if not command.allowed and command.judged_by is None:
        raise wrong(
            "/judgedBy",
            "Vul in welke professional dit heeft beoordeeld.",
            "Say which professional judged this.",
            "missing",
        )
    update = {
        "silent_since": None if command.allowed else unit.now,
        "judged_by": None if command.allowed else command.judged_by,
    }
    await relations.put(unit, context.vault, dossier, holds.model_copy(update=update))
    await clients.record_looks(unit, "record-circumstances", [command.client])
    if not command.allowed:
        return CircumstancesState(client=command.client)
    if holds.silent_since is None:
        raise LookupError("messages were stopped at some instant")
    written, impossible = await resuming.tell_all(context, unit, dossier.client_id, holds.silent_since)
    return CircumstancesState(client=command.client, messages_written=written, messages_impossible=impossible)


async def opened(unit: Unit, client: UUID) -> Dossier:
    """The dossier of a client of the caller's municipality, locked. Raises ``NotFound``, also when it was erased."""
    return (await locked(unit, client))[0]


async def locked(unit: Unit, client: UUID) -> tuple[Dossier, int]:
    """The same, with its version."""
    row = await queries.lock_client_of_pseudonym(unit.conn, pseudonym=client)
    if row is None or row["erased_at"] is not None:
        raise NotFound(
            Text(
                "Deze cliënt is niet bekend bij uw gemeente, of de gegevens zijn gewist.",
                "This client is not known to your municipality, or the data were erased.",
            )
        )
    return await clients.dossier(unit, row["client_id"]), row["version"]


async def _require_right(context: Context, unit: Unit, dossier: Dossier, relation: Relation) -> None:
    errors = lacking(relation) + at_odds(relation, local_date(unit.now), "/relation")
    if relation.authority and (await relations.circumstances(unit, context.vault, dossier)).own_authority:
        errors.append(
            FieldError(
                "/relation/authority",
                Text(
                    "Bij deze cliënt staat dat die zelf het gezag heeft. Wijzig dat eerst.",
                    "It is recorded that this client has authority over themselves. Change that first.",
                ),
                "own-authority",
            )
        )
    if errors:
        raise Invalid(
            Text(
                "Deze relatie kan zo niet worden vastgelegd. Er is niets gewijzigd. Verbeter wat eronder staat.",
                "This relation cannot be recorded like this. Nothing was changed. Correct what stands below.",
            ),
            code="relation-not-right",
            errors=errors,
        )


async def _require_may_have_authority(context: Context, unit: Unit, dossier: Dossier) -> None:
    if not old_enough(unit, dossier.open(context.vault)):
        raise wrong(
            "/own",
            f"Een cliënt kan pas vanaf {OF_AGE_FOR_AUTHORITY} jaar zelf het gezag hebben (iStandaarden OP001). Leg vast"
            " wie het gezag heeft.",
            f"A client can have authority over themselves only from {OF_AGE_FOR_AUTHORITY} years on (iStandaarden"
            " OP001). Record who has authority.",
            "too-young",
        )
    others = await relations.recorded(unit, context.vault, dossier)
    if any(each.relation.authority and each.ended_at is None for each in others):
        raise refused(
            "Er staat al iemand anders met gezag bij deze cliënt. Er is niets gewijzigd. Wijzig of beëindig die relatie"
            " eerst.",
            "Somebody else is recorded as having authority over this client. Nothing was changed. Change or end that"
            " relation first.",
            "authority-of-another",
        )


def old_enough(unit: Unit, person: Person) -> bool:
    """Whether a client is old enough to have authority over themselves (OP001)."""
    return person.birth_date is not None and age_on(person.birth_date, local_date(unit.now)) >= OF_AGE_FOR_AUTHORITY
