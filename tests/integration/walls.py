"""Which rows of which table a party may see, written down apart from the policies that see to it.

Every table of every service stands here once. A new table without a line fails the test, and so does a policy that
shows more or less than its line says.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wall:
    """SQL conditions on the rows that a provider and a municipality see: ``$1`` its party, ``$2`` its AGB or CBS code.

    ``open`` says why everybody may see all of it; ``names_others`` why a provider's own row may name a competitor.
    """

    provider: str
    municipality: str
    open: str = ""
    names_others: str = ""


EVERYTHING, NOTHING = "true", "false"


def public(reason: str) -> Wall:
    return Wall(EVERYTHING, EVERYTHING, open=reason)


def both(condition: str) -> Wall:
    return Wall(condition, condition)


PARTY = both("party = $1")
CASE = Wall("provider = $2", "municipality = $2")
_JOINT = "select subject from participant where party = $1"
_AGREEMENTS = (
    f"select agreement_id from agreement where provider_party = $1 or owner = $1 or agreement_id in ({_JOINT})"
)
_REFERRALS = "select referral_id from referral where provider = $2"
_EXCHANGED = "subject in (select message_id::text from message where sender = $1 or receiver = $1)"
_CLIENTS = Wall(
    "client_id in (select client_id from referral where provider = $2)",
    "client_id in (select client_id from client where municipality = $2)",
)
_OF_AGREEMENT = both(f"agreement_id in ({_AGREEMENTS})")
_MEMBER = "$2 = any (municipalities)"

KIT = {
    "event_log": both("audience @> array[$1]"),
    "command_log": PARTY,
}
"""What every service keeps."""

UNWALLED = {
    "log_head": "a counter per partition of the log: no party's rows",
    "relay_cursor": "how far the relay is; people's requests may not read it at all",
    "consumer_position": "how far consumers are; people's requests may not read it at all",
    "dead_letter": "parked events of all parties; people's requests may not read it at all",
    "_yoyo_log": "which migrations ran",
    "_yoyo_migration": "which migrations ran",
    "_yoyo_version": "which migrations ran",
    "yoyo_lock": "which migrations ran",
}
"""Tables of every service without row-level security, with the reason."""

CLOSED_TO_PEOPLE = ("relay_cursor", "consumer_position", "dead_letter")

CONDUCTOR = {
    "workflow_started": "ids of workflows; only the conductor reads them, and no person can ask it anything",
    "early_fact": "facts for workflows that did not open yet; only the conductor reads them",
}

SECURITY_DEFINERS = {
    "find_client": "a provider that asks must not make a second dossier; it learns an identifier, never the dossier",
    "find_clients": "the same for the many clients of a declaration",
    "find_pseudonym": "goes with find_client",
    "next_allocation_number": "whoever makes an allocation needs a number that is free, also one it may not see",
    "messages_about": "an index that no condition of a caller may use finds them; it gives those of the caller alone",
    "forget_files_with": "who erases a client need not be who imported the file; it throws away and tells nothing",
}
"""Functions that look past the walls on purpose."""
REACHED_BY_DEFINERS = {
    "allocation",
    "allocation_counter",
    "client",
    "client_pseudonym",
    "import_original",
    "message",
    "message_clients",
    "message_original",
}
"""The tables that they reach, as the owner, whom nobody can be."""

EXPECTED = "a round says which providers it expects: that is no secret"
OPENED = "nl.samenspel.rounds.opened.v1"
"""The one event that may name several providers, for that reason."""

WALLS: dict[str, dict[str, Wall]] = {
    "council": {
        "frame": Wall("status = 'adopted'", "status = 'adopted' or municipality = $2"),
        "moment": public("a council's business is everyone's"),
        "view": public("a council's business is everyone's"),
        "question": public("a council's business is everyone's"),
        "letter": public("a council's business is everyone's"),
        "question_term": public("a council's rules of order"),
        "deadline": PARTY,
        "published_figure": public("published means public"),
    },
    "commissioning": {
        "participant": both("party = $1 or owner = $1"),
        "region": public("who works together is public"),
        "region_municipality": public("who works together is public"),
        "provider": public("who provides is public"),
        "capacity": Wall("provider_party = $1", EVERYTHING),
        "deadline": both(
            "party = $1 or split_part(subject, '/', 2) in"
            " (select agreement_id::text from agreement where provider_party = $1 or owner = $1)"
        ),
        "scenario": both(f"status = 'published' or owner = $1 or scenario_id in ({_JOINT})"),
        "commission": both(f"published_at is not null or owner = $1 or commission_id in ({_JOINT})"),
        "question": both("answer is not null or owner = $1 or asked_by = $1"),
        "application": both(f"provider_party = $1 or owner = $1 or commission_id in ({_JOINT})"),
        "assessment": both(f"provider_party = $1 or owner = $1 or commission_id in ({_JOINT})"),
        "agreement": both(f"agreement_id in ({_AGREEMENTS})"),
        "signature": _OF_AGREEMENT,
        "import_file": both("owner = $1"),
        "spending_warning": _OF_AGREEMENT,
        "frame": public("adopted frames are public"),
        "commitment": Wall(NOTHING, NOTHING),
        "price": Wall(NOTHING, NOTHING),
        "agreed_ceiling": Wall(NOTHING, NOTHING),
        "committed_month": _OF_AGREEMENT,
        "committed_year": _OF_AGREEMENT,
        "agreement_progress": _OF_AGREEMENT,
        "heard_from": Wall("provider = $2", EVERYTHING),
        "spent": _OF_AGREEMENT,
        "reservation": Wall(NOTHING, NOTHING),
        "reserved_month": _OF_AGREEMENT,
    },
    "referral": {
        "referral": CASE,
        "allocation": CASE,
        "allocation_counter": Wall(NOTHING, "municipality = $2"),
        "reported_delivery": CASE,
        "chain_request": CASE,
        "exchange_setting": public("whose software sends its own retours: whoever sends it a message must know"),
        "deadline": Wall(
            f"party = $1 or subject in (select referral_id::text from ({_REFERRALS}) mine) or {_EXCHANGED}"
            " or subject in (select request_id::text from chain_request where provider = $2)",
            f"party = $1 or subject in (select referral_id::text from referral where municipality = $2) or {_EXCHANGED}"
            " or subject in (select request_id::text from chain_request where municipality = $2)",
        ),
        "client": _CLIENTS,
        "client_pseudonym": _CLIENTS,
        "provider_client": Wall("provider = $2", NOTHING),
        "client_relation": _CLIENTS,
        "client_circumstance": _CLIENTS,
        "named_around": Wall(
            f"provider = $2 and {_CLIENTS.provider}",
            "client_id in (select client_id from client where municipality = $2)",
        ),
        "authority_known": Wall("provider = $2", "client_id in (select client_id from client where municipality = $2)"),
        "personal_budget": Wall(NOTHING, "municipality = $2"),
        "erasure": Wall(NOTHING, NOTHING),
        "processing_record": PARTY,
        "message": both("sender = $1 or receiver = $1"),
        "message_original": both("message_id in (select message_id from message where sender = $1 or receiver = $1)"),
        "message_clients": Wall(NOTHING, NOTHING),
        "message_batch": PARTY,
        "message_batch_item": PARTY,
        "message_batch_original": PARTY,
        "import_file": PARTY,
        "import_original": PARTY,
        "imported_row": Wall(NOTHING, "municipality = $2"),
        "declaration": CASE,
        "performance": CASE,
        "elsewhere_declaration": CASE,
        "elsewhere_performance": CASE,
        "known_provider": public("who provides is public"),
        "agreed_product": CASE,
        "agreed_tariff": CASE,
        "stated_capacity": Wall("provider = $2", EVERYTHING),
        "provider_location": Wall("provider = $2", EVERYTHING),
        "open_offer": CASE,
        "referrer_detail": Wall(
            f"referral_id in ({_REFERRALS})",
            "referral_id in (select referral_id from referral where municipality = $2)",
        ),
    },
    "monitoring": {
        "region": public("who works together is public"),
        "region_municipality": public("who works together is public"),
        "aim": public("goals of councils and scenarios are public"),
        "agreement": Wall("provider = $2", _MEMBER),
        "capacity": Wall("provider = $2", f"provider in (select provider from agreement where {_MEMBER})"),
        "trajectory": CASE,
        "counted_outcome": CASE,
        "measure_month": CASE,
        "waiting_month": CASE,
        "evidence_month": CASE,
        "reporting_round": Wall("$2 = any (providers)", _MEMBER, names_others=EXPECTED),
        "round_provider": Wall("provider = $2", _MEMBER),
        "outcome": CASE,
        "deadline": PARTY,
        "release": public("published means public"),
        "release_figure": public("published means public"),
        "peer_spread": Wall(EVERYTHING, NOTHING, open="quartiles of at least five providers, without names"),
    },
}
