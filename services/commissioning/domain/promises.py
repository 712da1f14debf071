"""Promises with a term: what must happen before when, whose it is, by which rule, and which workflow waits for it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.values import PartyId
from services.commissioning.domain.agreement import Agreement
from services.commissioning.domain.commission import Commission
from services.kit.model import Model


class Promise(StrEnum):
    """The kinds of deadline of this service."""

    QUESTIONS = "questions"
    APPLICATIONS = "applications"
    ASSESSMENT = "assessment"
    STANDSTILL = "standstill"
    SIGNATURE_COMMISSIONER = "signature-commissioner"
    SIGNATURE_PROVIDER = "signature-provider"
    EXTENSION_NOTICE = "extension-notice"
    TALK = "talk"
    DECISION = "decision"


RULES = {
    Promise.QUESTIONS: "IE 5.5",
    Promise.APPLICATIONS: "IE 5.2",
    Promise.ASSESSMENT: "IE 5.3",
    Promise.STANDSTILL: "IE 5.8.2",
    Promise.SIGNATURE_COMMISSIONER: "OV 3.24",
    Promise.SIGNATURE_PROVIDER: "OV 3.24",
    Promise.EXTENSION_NOTICE: "OV 1.3.3",
    Promise.TALK: "OV 1.5.7",
    Promise.DECISION: "OV 1.5.7",
}


class Deadline(Model):
    """A promise of ``party`` about ``subject``. ``workflow`` ``None``: people keep it, nothing acts by itself."""

    subject: str
    kind: Promise
    due: datetime
    party: PartyId
    rule: str
    workflow: str | None = None
    done_at: datetime | None = None


def about_commission(commission_id: UUID) -> str:
    """The subject of a commission's deadlines, which is also its workflow."""
    return f"commission/{commission_id}"


def about_agreement(agreement_id: UUID, year: int | None = None) -> str:
    """The subject of an agreement's deadlines, or of those about its spending room in a year."""
    return f"agreement/{agreement_id}" + (f"/{year}" if year is not None else "")


def of_commission(commission: Commission) -> list[Deadline]:
    """What the workflow of a published commission waits for."""
    subject = about_commission(commission.commission_id)
    dues = {
        Promise.QUESTIONS: commission.questions_due,
        Promise.APPLICATIONS: commission.applications_due,
        Promise.ASSESSMENT: commission.assessment_due,
    }
    return [
        Deadline(subject=subject, kind=kind, due=due, party=commission.owner, rule=RULES[kind], workflow=subject)
        for kind, due in dues.items()
        if due is not None
    ]


def of_standstill(commission: Commission, until: datetime) -> Deadline:
    """The standstill that begins when the decisions are announced."""
    subject, kind = about_commission(commission.commission_id), Promise.STANDSTILL
    return Deadline(subject=subject, kind=kind, due=until, party=commission.owner, rule=RULES[kind], workflow=subject)


def of_signing(agreement: Agreement, due: datetime) -> list[Deadline]:
    """Both sides sign, each its own promise."""
    subject = about_agreement(agreement.agreement_id)
    kinds = (Promise.SIGNATURE_COMMISSIONER, Promise.SIGNATURE_PROVIDER)
    return [
        Deadline(subject=subject, kind=kind, due=due, party=party, rule=RULES[kind])
        for kind, party in zip(kinds, agreement.sides, strict=True)
    ]


def of_extension(agreement: Agreement, now: datetime) -> list[Deadline]:
    """Notice of an extension, unless there is no end or the moment has passed."""
    due = agreement.extension_notice_due
    if due is None or due <= now:
        return []
    subject, kind = about_agreement(agreement.agreement_id), Promise.EXTENSION_NOTICE
    return [Deadline(subject=subject, kind=kind, due=due, party=agreement.owner, rule=RULES[kind])]


def of_warning(agreement_id: UUID, year: int, owner: PartyId, talk: datetime, decision: datetime) -> list[Deadline]:
    """Talk, then decide about the spending room."""
    subject = about_agreement(agreement_id, year)
    dues = {Promise.TALK: talk, Promise.DECISION: decision}
    return [Deadline(subject=subject, kind=kind, due=due, party=owner, rule=RULES[kind]) for kind, due in dues.items()]
