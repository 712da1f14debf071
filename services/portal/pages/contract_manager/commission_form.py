"""The form of a commission: from fields to what the service takes, and back."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from contracts.events.commissioning import Law, Unit, Variant
from services.commissioning.client import Commission, CommissionText, OfferedProduct, Requirement, Step, Terms
from services.portal.directing.speech import Speech
from services.portal.forms import Form
from services.portal.i18n import N_

MOST_PRODUCTS: Final = 10
MOST_REQUIREMENTS: Final = 20

STEPS: Final = {
    Step.EXCLUSION: N_("Exclusion: is there no reason to exclude them?"),
    Step.SUITABILITY: N_("Suitability: can they do it?"),
    Step.PERFORMANCE: N_("Performance: how it must be done"),
}
UNITS: Final = {
    Unit.MINUTE: N_("minute"),
    Unit.HOUR: N_("hour"),
    Unit.DAY_PART: N_("day part"),
    Unit.DAY: N_("day and night"),
    Unit.PIECE: N_("piece"),
    Unit.EURO: N_("euro"),
}
LAWS: Final = {Law.YOUTH: N_("Youth Act"), Law.WMO: N_("Social Support Act")}
TERMS: Final = (
    ("question_working_days", N_("Questions may be asked"), N_("working days")),
    ("application_working_days", N_("Providers may apply"), N_("working days")),
    ("assessment_working_days", N_("We assess"), N_("working days")),
    ("standstill_days", N_("Standstill after the results"), N_("calendar days")),
    ("signing_days", N_("Both sides sign"), N_("calendar days")),
)
"""The terms in order: field, what happens in it, and what is counted."""

FIELDS: Final = {
    "/scenarioId": "scenario",
    "/title": "title",
    "/municipalities": "municipalities",
    "/products/*/productCode": "product_code_{}",
    "/products/*/category": "product_category_{}",
    "/products/*/name": "product_name_{}",
    "/products/*/tariffCents": "product_tariff_{}",
    "/products/*": "product_code_{}",
    "/products": "product_code_0",
    "/requirements/*/text": "requirement_text_{}",
    "/requirements/*": "requirement_text_{}",
    "/requirements": "requirement_text_0",
    "/terms/questionWorkingDays": "question_working_days",
    "/terms/applicationWorkingDays": "application_working_days",
    "/terms/assessmentWorkingDays": "assessment_working_days",
    "/terms/standstillDays": "standstill_days",
    "/terms/signingDays": "signing_days",
    "/validFrom": "valid_from",
    "/validUntil": "valid_until",
    "/durationReason": "duration_reason",
}
"""Where the errors of the service stand in our form."""


def cents(form: Form, name: str, _: Speech) -> int | None:
    """An amount in euros as people write it (``85,10``), in cents."""
    text = form.value(name).replace("€", "").replace(" ", "")
    text = text.replace(".", "").replace(",", ".") if "," in text else text
    try:
        amount = round(Decimal(text) * 100)
    except InvalidOperation:
        form.wrong(name, _("Give an amount in euros, for example 85,10."))
        return None
    return amount


def day(form: Form, name: str, _: Speech, *, optional: bool = False) -> date | None:
    """A day from a field."""
    if optional and not form.value(name):
        return None
    try:
        return date.fromisoformat(form.value(name))
    except ValueError:
        form.wrong(name, _("Give the day, for example 01-01-2027."))
        return None


def _products(form: Form, _: Speech) -> list[OfferedProduct]:
    found: list[OfferedProduct] = []
    for place in range(MOST_PRODUCTS):
        names = [f"product_{part}_{place}" for part in ("code", "category", "name", "law", "unit", "variant")]
        code, category, name, law, unit, variant = (form.value(each) for each in names)
        if not code and not name:
            continue
        form.require(names, _("Fill in every part of the product."))
        moments = {
            part: form.value(f"product_{part}_{place}") or None
            for part in ("declared_when", "start_means", "stop_means")
        }
        if moments["declared_when"] and variant != Variant.OUTPUT:
            form.wrong(
                f"product_declared_when_{place}",
                _(
                    "When it is declared is agreed for a result only. Leave this empty, or choose that we pay for a"
                    " result."
                ),
            )
        tariff = cents(form, f"product_tariff_{place}", _)
        if not form.is_valid or tariff is None:
            continue
        try:
            found.append(
                OfferedProduct.model_validate(
                    {
                        "product_code": code.upper(),
                        "category": category.upper(),
                        "name": name,
                        "law": Law(law),
                        "unit": Unit(unit),
                        "variant": Variant(variant),
                        "tariff_cents": tariff,
                        **moments,
                    }
                )
            )
        except (ValidationError, ValueError):
            form.wrong(
                names[0], _("A product has a code of five characters, a category of two and a tariff above zero.")
            )
    if not found:
        form.wrong("product_code_0", _("Name at least one product."))
    return found


def _requirements(form: Form, _: Speech) -> list[Requirement]:
    found: list[Requirement] = []
    counts = dict.fromkeys(Step, 0)
    for place in range(MOST_REQUIREMENTS):
        text, chosen = form.value(f"requirement_text_{place}"), form.value(f"requirement_step_{place}")
        if not text:
            continue
        if chosen not in set(Step):
            form.wrong(f"requirement_step_{place}", _("Choose in which step it is looked at."))
            continue
        step = Step(chosen)
        counts[step] += 1
        code = form.value(f"requirement_code_{place}") or f"{step.value[0]}{counts[step]}"
        try:
            found.append(Requirement(code=code, step=step, text=text))
        except ValidationError:
            form.wrong(f"requirement_text_{place}", _("A requirement is one sentence of at most 200 characters."))
    if not found:
        form.wrong("requirement_text_0", _("Name at least one requirement."))
    return found


def _terms(form: Form, _: Speech) -> Terms | None:
    values: dict[str, int] = {}
    for name, _label, _unit in TERMS:
        text = form.value(name)
        if text.isascii() and text.isdigit() and len(text) < 4:
            values[name] = int(text)
        else:
            form.wrong(name, _("Give a whole number of days."))
    if len(values) < len(TERMS):
        return None
    try:
        return Terms(**values)
    except ValidationError as error:
        for wrong in error.errors():
            form.wrong(str(wrong["loc"][-1]), _("This number of days is not possible."))
        return None


def read(form: Form, _: Speech) -> CommissionText | None:
    """The commission that was filled in; nothing when something is wrong, which then stands in the form."""
    form.require(["title"], _("Give the commission a title."))
    form.require(["scenario"], _("Choose the story that it belongs to."))
    if not form.chosen("municipalities"):
        form.wrong("municipalities", _("Choose at least one municipality."))
    products, requirements, terms = _products(form, _), _requirements(form, _), _terms(form, _)
    begins, ends = day(form, "valid_from", _), day(form, "valid_until", _, optional=True)
    if not form.is_valid or terms is None or begins is None:
        return None
    try:
        return CommissionText(
            scenario_id=UUID(form.value("scenario")),
            title=form.value("title"),
            municipalities=tuple(form.chosen("municipalities")),
            products=tuple(products),
            requirements=tuple(requirements),
            terms=terms,
            valid_from=begins,
            valid_until=ends,
            duration_reason=form.value("duration_reason") or None,
        )
    except (ValidationError, ValueError):
        form.wrong("", _("Something in this form is too long or not possible. Shorten the texts and try again."))
        return None


def blank() -> Form:
    """An empty form with the usual terms."""
    return Form.of(Terms().model_dump())


def filled(commission: Commission, _: Speech) -> Form:
    """A draft as a form."""
    values: dict[str, object] = {
        "scenario": commission.scenario_id,
        "title": commission.title,
        "valid_from": commission.valid_from,
        "valid_until": commission.valid_until,
        "duration_reason": commission.duration_reason,
        **commission.terms.model_dump(),
    }
    for place, product in enumerate(commission.products):
        values |= {
            f"product_code_{place}": product.product_code,
            f"product_category_{place}": product.category,
            f"product_name_{place}": product.name,
            f"product_law_{place}": product.law.value,
            f"product_unit_{place}": product.unit.value,
            f"product_variant_{place}": product.variant.value if product.variant else "",
            f"product_declared_when_{place}": product.declared_when or "",
            f"product_start_means_{place}": product.start_means or "",
            f"product_stop_means_{place}": product.stop_means or "",
            f"product_tariff_{place}": _.fmt.number(product.tariff_cents / 100, 2),
        }
    for place, requirement in enumerate(commission.requirements):
        values |= {
            f"requirement_code_{place}": requirement.code,
            f"requirement_step_{place}": requirement.step.value,
            f"requirement_text_{place}": requirement.text,
        }
    form = Form.of(values)
    form.lists = {"municipalities": list(commission.municipalities)}
    return form


def parts(form: Form, prefix: str, most: int, least: int) -> range:
    """How many products or requirements to show: those that are filled in, and one more."""
    used = [place for place in range(most) if form.value(f"{prefix}_{place}")]
    return range(min(most, max(least, (max(used) if used else -1) + 2)))
