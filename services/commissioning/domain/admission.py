"""Applications for admission, sealed until they are opened, and their assessment in a fixed order.

Exclusion first, then suitability, then performance: a step is looked at only when the one before it was met in full
(IE 5.3). Whoever meets everything is admitted; there is no ranking and no price competition (TI).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.values import AgbCode, PartyId, ProductCode
from services.commissioning.domain.commission import STEPS, Commission, Requirement
from services.kit.model import Code, Line, Model, Prose, wrong


class RequirementAnswer(Model):
    """How the applicant meets one requirement."""

    code: Code
    text: Prose


class ApplicationText(Model):
    """What a provider writes in an application."""

    products: Annotated[tuple[ProductCode, ...], Field(min_length=1, max_length=100)]
    answers: Annotated[tuple[RequirementAnswer, ...], Field(min_length=1, max_length=100)]


class Application(ApplicationText):
    """The application of one provider. Before ``sealed_until`` nobody but the provider can read it."""

    application_id: UUID
    commission_id: UUID
    owner: PartyId
    provider: AgbCode
    provider_party: PartyId
    submitted_at: datetime
    sealed_until: datetime


class Judgement(Model):
    """Whether one requirement is met; a ground is required when it is not."""

    code: Code
    met: bool
    ground: Line | None = None


class Assessment(Model):
    """The decision about one application; the provider sees it once it is announced."""

    application_id: UUID
    commission_id: UUID
    owner: PartyId
    provider_party: PartyId
    admitted: bool
    judgements: tuple[Judgement, ...]
    assessed_at: datetime
    announced_at: datetime | None = None

    @property
    def grounds(self) -> tuple[str, ...]:
        """The codes of the requirements that were not met."""
        return tuple(judgement.code for judgement in self.judgements if not judgement.met)


def check_application(text: ApplicationText, commission: Commission) -> None:
    """Raise ``Invalid`` unless the application asks for products of the commission and answers every requirement."""
    offered = {product.product_code for product in commission.products}
    for index, code in enumerate(text.products):
        if code not in offered or code in text.products[:index]:
            raise wrong(
                f"/products/{index}",
                f"Product {code} hoort niet bij deze opdracht of staat er al. Kies uit {', '.join(sorted(offered))}.",
                f"Product {code} is not in this commission or stands there already. Choose from"
                f" {', '.join(sorted(offered))}.",
                "unknown-product",
            )
    asked = [requirement.code for requirement in commission.requirements]
    answered = [answer.code for answer in text.answers]
    missing = [code for code in asked if code not in answered]
    if missing or sorted(asked) != sorted(answered):
        raise wrong(
            "/answers",
            f"Beantwoord elke eis één keer. Er ontbreekt: {', '.join(missing) or 'niets, maar er staat te veel'}.",
            f"Answer every requirement once. Missing: {', '.join(missing) or 'nothing, but there is too much'}.",
            "incomplete",
        )


def assess(requirements: Sequence[Requirement], judgements: Sequence[Judgement]) -> bool:
    """Whether an application with these judgements is admitted.

    Raises ``Invalid`` when a requirement of a reached step was not judged, a later step was, or a refusal lacks its
    ground.
    """
    by_code = {judgement.code: judgement for judgement in judgements}
    expected: list[str] = []
    met = True
    for step in STEPS:
        codes = [requirement.code for requirement in requirements if requirement.step is step]
        expected += codes
        met = all(code in by_code and by_code[code].met for code in codes)
        if not met:
            break
    if sorted(expected) != sorted(judgement.code for judgement in judgements):
        raise wrong(
            "/judgements",
            "Beoordeel in volgorde: uitsluiting, geschiktheid, uitvoering. Beoordeel elke eis van een stap één keer en"
            f" ga pas verder als alles voldoet. Nu te beoordelen: {', '.join(expected)}.",
            "Assess in order: exclusion, suitability, performance. Judge every requirement of a step once and go on"
            f" only when all are met. To be judged now: {', '.join(expected)}.",
            "out-of-order",
        )
    for index, judgement in enumerate(judgements):
        if not judgement.met and not judgement.ground:
            raise wrong(
                f"/judgements/{index}/ground",
                "Schrijf waarom niet aan deze eis is voldaan. De aanbieder heeft recht op de reden.",
                "Write why this requirement is not met. The provider is entitled to the reason.",
                "ground-required",
            )
    return met
