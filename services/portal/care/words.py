"""The words on screen for what the referral service calls by a code. Each is marked; translate before showing."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import Request

from contracts.events.commissioning import Law, Unit, Variant
from contracts.events.referral import (
    Assignment,
    Channel,
    DeclineReason,
    Frequency,
    NotBegunReason,
    Referrer,
    StopReason,
)
from services.portal.components import BadgeTone
from services.portal.i18n import N_
from services.portal.views import translate, views
from services.referral.client import OfferStatus, RefusalReason, Status, WaitReason, WithdrawalReason

STATUS: Final[Mapping[str, str]] = {
    Status.REQUESTED: N_("Waits for a decision"),
    Status.REFUSED: N_("Request refused"),
    Status.OFFERED: N_("Offered to several"),
    Status.GRANTED: N_("Waits for an answer"),
    Status.ACCEPTED: N_("Waits for the start"),
    Status.DECLINED: N_("No place yet"),
    Status.STARTED: N_("Under way"),
    Status.PAUSED: N_("Interrupted"),
    Status.STOPPED: N_("Ended"),
    Status.WITHDRAWN: N_("Taken back"),
}
TONES: Final[Mapping[str, BadgeTone]] = {
    Status.REQUESTED: "attention",
    Status.REFUSED: "quiet",
    Status.OFFERED: "neutral",
    Status.GRANTED: "neutral",
    Status.ACCEPTED: "neutral",
    Status.DECLINED: "bad",
    Status.STARTED: "good",
    Status.PAUSED: "attention",
    Status.STOPPED: "quiet",
    Status.WITHDRAWN: "quiet",
}
LAWS: Final[Mapping[str, str]] = {Law.YOUTH: N_("Youth Act"), Law.WMO: N_("Social Support Act")}
FREQUENCIES: Final[Mapping[str, str]] = {
    Frequency.DAY: N_("per day"),
    Frequency.WEEK: N_("per week"),
    Frequency.MONTH: N_("per month"),
    Frequency.WHOLE: N_("in total"),
}
REFERRERS: Final[Mapping[str, str]] = {
    Referrer.MUNICIPALITY: N_("Municipality"),
    Referrer.GENERAL_PRACTITIONER: N_("General practitioner"),
    Referrer.YOUTH_DOCTOR: N_("Youth doctor"),
    Referrer.CERTIFIED_INSTITUTION: N_("Certified institution"),
    Referrer.SPECIALIST: N_("Medical specialist"),
    Referrer.COURT: N_("Court, prosecutor or probation"),
    Referrer.NONE: N_("Nobody, on own initiative"),
}
REFERRER_RULES: Final[Mapping[str, str]] = {
    Referrer.MUNICIPALITY: N_("Your own team points the way: nothing more is needed."),
    Referrer.NONE: N_("The resident comes by itself. Your team weighs whether this help is needed."),
    Referrer.GENERAL_PRACTITIONER: N_(
        "A doctor is named by AGB code. Give the name only when you do not know the code, not both."
    ),
    Referrer.CERTIFIED_INSTITUTION: N_(
        "A certified institution decided. You do not weigh the need, only whether your municipality pays."
        " Give its AGB code, or its name."
    ),
    Referrer.COURT: N_(
        "A court decided. You do not weigh the need, only whether your municipality pays. A court has no AGB code."
    ),
}
"""What goes with each kind of referrer (CD066-068; SAP-GI); doctors and specialists share one rule."""
CHANNELS: Final[Mapping[str, str]] = {
    Channel.FORM: N_("by form"),
    Channel.MESSAGE: N_("by message"),
    Channel.IMPORT: N_("taken over from an earlier system"),
}
DECLINES: Final[Mapping[str, str]] = {
    DeclineReason.NO_ROOM: N_("We have no room"),
    DeclineReason.NOT_OUR_EXPERTISE: N_("This is not our expertise"),
    DeclineReason.CLIENT_CHOSE_OTHERWISE: N_("The client chose otherwise"),
    DeclineReason.TOO_FAR: N_("It is too far away"),
    DeclineReason.NO_ANSWER: N_("No answer within the term"),
}
NOT_BEGUN: Final[Mapping[str, str]] = {
    NotBegunReason.CLIENT_WISHES: N_("The client wants to begin later"),
    NotBegunReason.CLIENT_NOT_REACHED: N_("The client cannot be reached"),
    NotBegunReason.NO_STAFF: N_("There is nobody yet who can give the help"),
    NotBegunReason.OTHER_CARE_FIRST: N_("Other help comes first"),
    NotBegunReason.PREPARING: N_("The help is being prepared"),
}
STOPS: Final[Mapping[str, str]] = {
    StopReason.AS_PLANNED: N_("Ended as planned"),
    StopReason.IN_CONSULTATION: N_("Ended early, by agreement"),
    StopReason.CLIENT_BROKE_OFF: N_("Ended early by the client"),
    StopReason.PROVIDER_BROKE_OFF: N_("Ended early by the provider"),
    StopReason.EXTERNAL_CAUSE: N_("Ended early by circumstances"),
    StopReason.MUNICIPALITY_INITIATIVE: N_("On the initiative of the municipality"),
    StopReason.CHANGE_REQUEST: N_("Because the allocation changes"),
    StopReason.OTHER_PROVIDER: N_("The client goes on with another provider"),
    StopReason.OTHER_DOMAIN: N_("The client goes on under another law"),
    StopReason.TEMPORARY: N_("Interrupted for a time"),
    StopReason.DIED: N_("The client died"),
}
REFUSALS: Final[Mapping[str, str]] = {
    RefusalReason.NEW_REQUEST_NEEDED: N_("A new request is needed"),
    RefusalReason.OUTSIDE_BUDGET: N_("The request is outside the budget"),
    RefusalReason.NO_CONTRACT: N_("The provider has no contract"),
    RefusalReason.OUTSIDE_CONTRACT: N_("The request is outside the contract"),
    RefusalReason.OTHER_MUNICIPALITY: N_("Another municipality is responsible"),
    RefusalReason.STACKING: N_("The help does not go together with other help"),
    RefusalReason.NOT_SUITABLE: N_("The help does not suit the question"),
    RefusalReason.RESIDENCE_PRINCIPLE: N_("Residence principle: another municipality pays (Youth Act)"),
    RefusalReason.AGE_LIMIT: N_("The age limit has been reached"),
}
WITHDRAWALS: Final[Mapping[str, str]] = {
    WithdrawalReason.CLIENT_WITHDREW: N_("The client does not want the help any more"),
    WithdrawalReason.OTHER_HELP: N_("Other help was found"),
    WithdrawalReason.MOVED: N_("The client has moved"),
    WithdrawalReason.DIED: N_("The client died"),
    WithdrawalReason.MISTAKE: N_("It was a mistake"),
}
_MESSAGES: Final[Mapping[str, str]] = {
    "301": N_("Allocation"),
    "302": N_("Receipt of an allocation"),
    "305": N_("Start of help"),
    "306": N_("Receipt of a start"),
    "307": N_("End of help"),
    "308": N_("Receipt of an end"),
    "315": N_("Request for allocation"),
    "316": N_("Receipt of a request"),
    "317": N_("Request for change"),
    "318": N_("Receipt of a request for change"),
    "319": N_("Answer to a request"),
    "320": N_("Receipt of an answer"),
    "323": N_("Declaration"),
    "325": N_("Answer to a declaration"),
}
_MINUTES_IN_AN_HOUR: Final = 60
WAITS: Final[Mapping[str, str]] = {
    WaitReason.CLIENT_CHOICE: N_("The client chooses this provider"),
    WaitReason.EXPERTISE: N_("Only this provider has the expertise"),
    WaitReason.BRIDGED: N_("Other help bridges the wait"),
    WaitReason.NO_SHORTER_WAIT: N_("Nobody has a shorter wait"),
}
OFFERS: Final[Mapping[str, str]] = {
    OfferStatus.OPEN: N_("Can still claim"),
    OfferStatus.CLAIMED: N_("Was the first to claim"),
    OfferStatus.GONE: N_("Another was first"),
    OfferStatus.DECLINED: N_("Refused"),
    OfferStatus.LAPSED: N_("Did not claim in time"),
    OfferStatus.WITHDRAWN: N_("Taken back by the municipality"),
}
OUTCOMES: Final[Mapping[str, str]] = {**REFUSALS, **WITHDRAWALS, **DECLINES}


def options(request: Request, labels: Mapping[str, str], without: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Choices for a field: (code, words)."""
    left_out = set(without)
    return [(str(code), translate(request, label)) for code, label in labels.items() if code not in left_out]


def message_label(request: Request, kind: str | None) -> str:
    """What a kind of message is called: ``Toewijzing (JW301)``."""
    if kind is None:
        return translate(request, N_("Unreadable message"))
    label = _MESSAGES.get(kind[-3:])
    return f"{translate(request, label)} ({kind})" if label else kind


PAID_FOR: Final[Mapping[Variant, str]] = {
    Variant.EFFORT: N_("the time that is spent"),
    Variant.OUTPUT: N_("a result"),
    Variant.TASK: N_("a task for a whole group"),
}
"""What a product of an agreement is paid for, in words."""


def units(request: Request, unit: Unit, number: int) -> str:
    """The name of a unit behind a number: ``uur``, ``dagdelen``."""
    ngettext = views(request).words_for(request).ngettext
    return {
        Unit.MINUTE: ngettext("minute", "minutes", number),
        Unit.HOUR: ngettext("hour", "hours", number),
        Unit.DAY_PART: ngettext("day part", "day parts", number),
        Unit.DAY: ngettext("day and night", "days and nights", number),
        Unit.PIECE: ngettext("piece", "pieces", number),
        Unit.EURO: ngettext("euro", "euros", number),
    }[unit]


def amount_of_care(request: Request, volume: int, unit: Unit) -> str:
    """A volume as people say it: ``10 uur``, ``1 uur en 35 minuten``; euros, which count in cents, as money."""
    formats = views(request).formats_for(request)
    if unit is Unit.EURO:
        return formats.euros(volume)
    if unit is Unit.MINUTE and abs(volume) >= _MINUTES_IN_AN_HOUR:
        hours, minutes = divmod(abs(volume), _MINUTES_IN_AN_HOUR)
        said = f"{formats.number(-hours if volume < 0 else hours)} {units(request, Unit.HOUR, hours)}"
        if not minutes:
            return said
        rest = f"{formats.number(minutes)} {units(request, Unit.MINUTE, minutes)}"
        return translate(request, N_("%(hours)s and %(minutes)s"), hours=said, minutes=rest)
    return f"{formats.number(volume)} {units(request, unit, volume)}"


def extent(request: Request, assignment: Assignment) -> str:
    """How much help: ``3 uur per week``, ``€ 300,00 per maand``, ``2 stuks (inspanning) per week``."""
    volume, unit, formats = assignment.volume, assignment.unit, views(request).formats_for(request)
    said = formats.euros(volume) if unit is Unit.EURO else f"{formats.number(volume)} {units(request, unit, volume)}"
    if unit is Unit.PIECE and assignment.by_effort:
        said = translate(request, N_("%(amount)s (by effort)"), amount=said)
    return f"{said} {translate(request, FREQUENCIES[assignment.frequency])}"


def said(request: Request, labels: Mapping[str, str], code: Any) -> str:
    """The words for a code; the code itself when it is a new one."""
    label = labels.get(str(code))
    return translate(request, label) if label else str(code or "")
