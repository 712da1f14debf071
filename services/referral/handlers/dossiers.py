"""Correcting who a client is and how to reach them.

No message leaves for it: the standard has none, and the next allocation (301) carries what is then known (OP039). The
citizen number and the reference stay: they say whose dossier it is.
"""

from services.kit.problems import FieldError, Invalid, Text
from services.kit.runner import require_version
from services.kit.unit import Unit
from services.kit.working_days import local_date
from services.referral.domain.person_checks import at_odds, emptied
from services.referral.domain.relations import OF_AGE_FOR_AUTHORITY
from services.referral.handlers.context import Context
from services.referral.handlers.relations import locked, old_enough
from services.referral.relation_commands import ChangeClient
from services.referral.relation_views import ClientState
from services.referral.store import clients, relations

_PLACE = "/person"


async def change_client(context: Context, command: ChangeClient, unit: Unit) -> ClientState:
    """Replace what is known of a client; once more changes nothing. Raises ``NotFound``, ``PreconditionFailed`` when
    somebody else changed it since it was read, ``Invalid`` for what cannot be or an allocation cannot do without."""
    dossier, version = await locked(unit, command.client)
    known = dossier.open(context.vault)
    person = known.changed_to(command.person)
    if person == known:
        return ClientState(client=command.client, version=version, changed=False)
    require_version(command.version, version)
    errors = at_odds(person, local_date(unit.now), _PLACE) + emptied(known, person, _PLACE)
    if not old_enough(unit, person) and (await relations.circumstances(unit, context.vault, dossier)).own_authority:
        errors.append(
            FieldError(
                f"{_PLACE}/birthDate",
                Text(
                    f"Bij deze cliënt staat dat die zelf het gezag heeft. Dat kan pas vanaf {OF_AGE_FOR_AUTHORITY} jaar"
                    " (iStandaarden OP001). Wijzig dat eerst.",
                    "It is recorded that this client has authority over themselves. That can be only from"
                    f" {OF_AGE_FOR_AUTHORITY} years on (iStandaarden OP001). Change that first.",
                ),
                "own-authority",
            )
        )
    if errors:
        raise Invalid(
            Text(
                "Deze gegevens kunnen zo niet worden vastgelegd. Er is niets gewijzigd. Verbeter wat eronder staat.",
                "These data cannot be recorded like this. Nothing was changed. Correct what stands below.",
            ),
            code="details-not-right",
            errors=errors,
        )
    await clients.correct(unit, context.vault, dossier, person)
    await clients.record_looks(unit, "change-dossier", [command.client])
    return ClientState(client=command.client, version=version + 1)
