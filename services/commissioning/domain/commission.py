"""The joint commission by admission (*toelating*, open house): its stages, and the instants that bound them.

Draft → published → answered → closed → assessed → standstill → final; withdrawn until the end. An admission has no cap
and no ranking: whoever meets the requirements gets an agreement (Aw 2.38-2.39; TI). Services compute the instants,
workflows only wait for them.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from contracts.values import MunicipalityCode, PartyId
from services.commissioning.domain.model import OfferedProduct
from services.kit.model import Code, Day, Line, Model, refused, wrong
from services.kit.working_days import add_working_days, end_of_day_utc, local_date

LONG_MONTHS = 48
"""A framework that lasts longer needs a reason (TI)."""


class Stage(StrEnum):
    """Where a commission is. ``ASSESSED`` is passed through: decisions are announced and the standstill begins."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ANSWERED = "answered"
    CLOSED = "closed"
    STANDSTILL = "standstill"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """The order in which an application is assessed (IE 5.3)."""

    EXCLUSION = "exclusion"
    SUITABILITY = "suitability"
    PERFORMANCE = "performance"


STEPS = tuple(Step)


class Requirement(Model):
    """What an applicant must meet, checked in its step."""

    code: Code
    step: Step
    text: Line


class Terms(Model):
    """How long each stage takes: working days, but calendar days for the standstill and for signing.

    The standstill of 20 calendar days is contractual; the law does not demand it for social services (TI; IE 5.8.2).
    """

    question_working_days: int = Field(default=10, ge=1, le=120)
    application_working_days: int = Field(default=20, ge=1, le=240)
    assessment_working_days: int = Field(default=15, ge=1, le=240)
    standstill_days: int = Field(default=20, ge=1, le=90)
    signing_days: int = Field(default=21, ge=1, le=90)


Products = Annotated[tuple[OfferedProduct, ...], Field(min_length=1, max_length=100)]
Requirements = Annotated[tuple[Requirement, ...], Field(min_length=1, max_length=100)]


class CommissionText(Model):
    """What a commissioner writes in a commission."""

    scenario_id: UUID
    title: Line
    municipalities: Annotated[tuple[MunicipalityCode, ...], Field(min_length=1, max_length=50)]
    products: Products
    requirements: Requirements
    terms: Terms = Terms()
    valid_from: Day
    valid_until: Day | None = None
    duration_reason: Line | None = None


class Commission(CommissionText):
    """A commission of ``owner``. The due instants are there once it is published."""

    commission_id: UUID
    owner: PartyId
    stage: Stage
    version: int
    drafted_at: datetime
    published_at: datetime | None = None
    questions_due: datetime | None = None
    applications_due: datetime | None = None
    assessment_due: datetime | None = None
    standstill_until: datetime | None = None
    reminded_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawal_reason: Line | None = None

    def edit(self, text: CommissionText) -> Self:
        """Other words for a draft."""
        self._require(Stage.DRAFT)
        check(text)
        changed = {name: getattr(text, name) for name in CommissionText.model_fields}
        return self.model_copy(update={**changed, "version": self.version + 1})

    def publish(self, now: datetime) -> Self:
        """Open it; from now on the terms run."""
        self._require(Stage.DRAFT)
        today = local_date(now)
        applications_on = add_working_days(today, self.terms.application_working_days)
        return self._now(
            stage=Stage.PUBLISHED,
            published_at=now,
            questions_due=end_of_day_utc(add_working_days(today, self.terms.question_working_days)),
            applications_due=end_of_day_utc(applications_on),
            assessment_due=end_of_day_utc(add_working_days(applications_on, self.terms.assessment_working_days)),
        )

    @property
    def until(self) -> datetime | None:
        """When the present stage ends."""
        return {
            Stage.PUBLISHED: self.questions_due,
            Stage.ANSWERED: self.applications_due,
            Stage.CLOSED: self.assessment_due,
            Stage.STANDSTILL: self.standstill_until,
        }.get(self.stage)

    def advance(self, to: Stage, now: datetime) -> Self:
        """The next stage, because its moment came; the same commission when it already is there or withdrawn.

        Only closing the questions, closing the applications and ending the standstill wait for a moment.
        """
        before = _BEFORE.get(to)
        if before is None:
            raise refused(
                "Deze stap zet de opdrachtgever zelf; hij hoort niet bij een termijn.",
                "This step is the commissioner's own; it does not belong to a term.",
                "not-a-timed-stage",
            )
        if self.stage is Stage.WITHDRAWN or _RANK[self.stage] >= _RANK[to]:
            return self
        self._require(before)
        if self.until is not None and now < self.until:
            raise refused(
                "De termijn van deze stap loopt nog. Wacht tot hij voorbij is.",
                "The term of this stage is still running. Wait until it has passed.",
                "term-running",
            )
        return self._now(stage=to)

    def announce(self, now: datetime) -> Self:
        """Tell every applicant the decision: the standstill begins."""
        self._require(Stage.CLOSED)
        last_day = local_date(now) + timedelta(days=self.terms.standstill_days)
        return self._now(stage=Stage.STANDSTILL, standstill_until=end_of_day_utc(last_day))

    def withdraw(self, reason: str, now: datetime) -> Self:
        """Take it back; possible until an agreement under it is signed by both."""
        if self.stage is Stage.WITHDRAWN:
            raise refused(
                "Deze opdracht is al ingetrokken.", "This commission is withdrawn already.", "commission-withdrawn"
            )
        return self._now(stage=Stage.WITHDRAWN, withdrawn_at=now, withdrawal_reason=reason)

    def require_open_for_questions(self, now: datetime) -> None:
        """Raise ``Conflict`` unless questions may be asked now (IE 5.5)."""
        if self.stage is not Stage.PUBLISHED or self.questions_due is None or now >= self.questions_due:
            raise refused(
                "Vragen stellen kan niet meer: de vragenronde is gesloten. De antwoorden staan bij de opdracht.",
                "Questions can no longer be asked: the round is closed. The answers are with the commission.",
                "questions-closed",
            )

    def require_open_for_applications(self, now: datetime) -> None:
        """Raise ``Conflict`` unless applications are accepted now: nothing after the deadline (IE 5.2)."""
        open_stages = (Stage.PUBLISHED, Stage.ANSWERED)
        if self.stage not in open_stages or self.applications_due is None or now >= self.applications_due:
            raise refused(
                "Inschrijven kan niet: de opdracht staat niet open of de termijn is voorbij. Een te late inschrijving"
                " wordt niet aangenomen.",
                "You cannot apply: the commission is not open or its term has passed. A late application is not"
                " accepted.",
                "applications-closed",
            )

    def require_in_assessment(self) -> None:
        """Raise ``Conflict`` unless applications are open on the table: after closing, before announcing."""
        if self.stage is not Stage.CLOSED:
            raise refused(
                "Beoordelen kan alleen nadat de inschrijving gesloten is en voordat de uitslag bekend is.",
                "Assessing is possible only after applications closed and before the results are announced.",
                "not-in-assessment",
            )

    def require_final(self) -> None:
        """Raise ``Conflict`` unless the standstill has ended: no agreement before (IE 5.8.2)."""
        if self.stage is not Stage.FINAL:
            raise refused(
                "De wachttijd na de uitslag is nog niet voorbij. Daarna kunt u de overeenkomst opstellen.",
                "The standstill after the results has not ended. After that you can draft the agreement.",
                "standstill-running",
            )

    def _require(self, stage: Stage) -> None:
        if self.stage is not stage:
            raise refused(
                f"Dit kan alleen in de fase '{_DUTCH[stage]}'; de opdracht is nu in de fase '{_DUTCH[self.stage]}'.",
                f"This is possible only in stage '{stage}'; the commission now is in stage '{self.stage}'.",
                "wrong-stage",
            )

    def _now(self, **update: object) -> Self:
        return self.model_copy(update={**update, "version": self.version + 1})


_RANK = {stage: rank for rank, stage in enumerate(Stage)}
_BEFORE = {
    Stage.ANSWERED: Stage.PUBLISHED,
    Stage.CLOSED: Stage.ANSWERED,
    Stage.FINAL: Stage.STANDSTILL,
}
_DUTCH = {
    Stage.DRAFT: "concept",
    Stage.PUBLISHED: "vragen",
    Stage.ANSWERED: "inschrijving",
    Stage.CLOSED: "beoordeling",
    Stage.STANDSTILL: "wachttijd",
    Stage.FINAL: "definitief",
    Stage.WITHDRAWN: "ingetrokken",
}


def check(text: CommissionText) -> None:
    """Raise ``Invalid`` when the parts of a commission do not fit together."""
    _once("/products", [product.product_code for product in text.products])
    _once("/requirements", [requirement.code for requirement in text.requirements])
    if text.terms.question_working_days >= text.terms.application_working_days:
        raise wrong(
            "/terms/questionWorkingDays",
            "De vragenronde moet eindigen vóór de inschrijving sluit, anders helpen de antwoorden niemand.",
            "Questions must end before applications close, or the answers help nobody.",
            "questions-after-applications",
        )
    if text.valid_until is not None and text.valid_until <= text.valid_from:
        raise wrong(
            "/validUntil",
            "De einddatum ligt niet na de ingangsdatum. Kies een latere einddatum.",
            "The last day is not after the first. Choose a later one.",
            "ends-before-start",
        )
    lasts_long = text.valid_until is None or text.valid_until > _months_after(text.valid_from, LONG_MONTHS)
    if lasts_long and not text.duration_reason:
        raise wrong(
            "/durationReason",
            "Een looptijd van meer dan 48 maanden vraagt een reden. Vul die in of kort de looptijd in.",
            "A duration of more than 48 months needs a reason. Give it or shorten the duration.",
            "reason-required",
        )


def _once(pointer: str, codes: Sequence[str]) -> None:
    repeated = sorted({code for code in codes if codes.count(code) > 1})
    if repeated:
        raise wrong(
            pointer,
            f"{', '.join(repeated)} komt vaker voor. Noem elke code één keer.",
            f"{', '.join(repeated)} occurs more than once. Name each code once.",
            "repeated",
        )


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    following = date(day.year + year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(day.year + year, month + 1, min(day.day, last))
