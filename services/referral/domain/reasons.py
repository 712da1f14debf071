"""Why something did not go on. The codes of the iStandaarden 3.2 stand in ``istandaarden/codes.py``."""

from enum import StrEnum


class RefusalReason(StrEnum):
    """Why the municipality refuses a request (WJ759, *RedenAfwijzingVerzoek*)."""

    NEW_REQUEST_NEEDED = "new_request_needed"
    OUTSIDE_BUDGET = "outside_budget"
    NO_CONTRACT = "no_contract"
    OUTSIDE_CONTRACT = "outside_contract"
    OTHER_MUNICIPALITY = "other_municipality"
    STACKING = "stacking"
    NOT_SUITABLE = "not_suitable"
    RESIDENCE_PRINCIPLE = "residence_principle"
    AGE_LIMIT = "age_limit"


class Answer(StrEnum):
    """WJ760: what a 319 says."""

    REJECTED = "rejected"
    UNDER_INVESTIGATION = "under_investigation"


class ChangeReason(StrEnum):
    """Why an allocation was changed (JZ002 and WMO002, *RedenWijziging*)."""

    CORRECTION_WITHDRAWN = "correction_withdrawn"
    DIED = "died"
    CONTRACT = "contract"
    EXTENDED = "extended"
    SHORTENED = "shortened"
    OTHER_DOMAIN = "other_domain"
    MOVED = "moved"
    FORM_OF_DELIVERY = "form_of_delivery"
    OTHER_PROVIDER = "other_provider"
    FUNDING_SYSTEM = "funding_system"
    MUNICIPAL_REORGANISATION = "municipal_reorganisation"
    PROVIDER_INITIATIVE = "provider_initiative"
    REMOVED = "removed"
    CORRECTION = "correction"


class ChangeRequestReason(StrEnum):
    """WJ758: why a provider asks for a change."""

    CLIENT_SITUATION = "client_situation"
    CARE_PLAN = "care_plan"


class WaitReason(StrEnum):
    """Why somebody is placed where the wait is longer than the norm (OV 3.5.1)."""

    CLIENT_CHOICE = "client_choice"
    EXPERTISE = "expertise"
    BRIDGED = "bridged"
    NO_SHORTER_WAIT = "no_shorter_wait"


class WithdrawalReason(StrEnum):
    """Why a referral is taken back before care began."""

    CLIENT_WITHDREW = "client_withdrew"
    DIED = "died"
    MOVED = "moved"
    OTHER_HELP = "other_help"
    MISTAKE = "mistake"


class Promise(StrEnum):
    """What a party promises within a term. ``REPORT`` is to report a start, ``STOP`` to report an end."""

    DECIDE = "decide"
    ACCEPT = "accept"
    START = "start"
    REPORT = "report"
    PLACE = "place"
    CLAIM = "claim"
    STOP = "stop"
