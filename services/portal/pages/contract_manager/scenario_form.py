"""The form of a story: from fields to what the service takes, and back."""

from uuid import UUID

from pydantic import ValidationError

from services.commissioning.client import DesiredOutcome, Scenario, ScenarioText
from services.portal.directing.speech import Speech
from services.portal.forms import Form

BLANKS = 12
"""How many outcomes a form can hold."""

FIELDS = {
    "/title": "title",
    "/story": "story",
    "/municipalities": "municipalities",
    "/frames": "frames",
    "/outcomes/*/title": "title_{}",
    "/outcomes/*/lower": "lower_{}",
    "/outcomes/*/upper": "upper_{}",
    "/outcomes/*/year": "year_{}",
    "/outcomes/*/indicator": "indicator_{}",
    "/outcomes/*": "lower_{}",
    "/outcomes": "title_0",
}
"""Where the errors of the service stand in our form."""


def measure(form: Form, name: str, _: Speech) -> float | None:
    """A number as people write it, with a comma or a point; nothing for an empty field."""
    text = form.value(name).replace("%", "").strip()
    if not text:
        return None
    try:
        value = float(text.replace(".", "").replace(",", ".") if "," in text else text)
    except ValueError:
        form.wrong(name, _("Give a number, for example 12,5."))
        return None
    return value


def _outcomes(form: Form, _: Speech) -> list[DesiredOutcome]:
    """The outcomes that were filled in; what is empty is left out, and the others move up."""
    found: list[DesiredOutcome] = []
    for place in range(BLANKS):
        title, indicator = form.value(f"title_{place}"), form.value(f"indicator_{place}")
        if not title and not indicator:
            continue
        year = form.value(f"year_{place}")
        form.require([f"title_{place}"], _("Say what should be true."))
        form.require([f"indicator_{place}"], _("Choose the figure that shows it."))
        if not (year.isascii() and year.isdigit() and 2000 <= int(year) <= 2100):
            form.wrong(f"year_{place}", _("Give a year, for example 2029."))
        lower, upper = measure(form, f"lower_{place}", _), measure(form, f"upper_{place}", _)
        if lower is None and upper is None:
            form.wrong(f"lower_{place}", _("Give at least one side of the band."))
        if not form.is_valid:
            continue
        identifier = form.value(f"outcome_{place}")
        try:
            found.append(
                DesiredOutcome(
                    outcome_id=UUID(identifier) if identifier else None,
                    indicator=int(indicator),
                    title=title,
                    lower=lower,
                    upper=upper,
                    year=int(year),
                )
            )
        except (ValidationError, ValueError):
            form.wrong(f"indicator_{place}", _("Choose the figure that shows it."))
    return found


def read(form: Form, _: Speech) -> ScenarioText | None:
    """The story that was filled in; nothing when something is wrong, which then stands in the form."""
    form.require(["title"], _("Give the story a title."))
    form.require(["story"], _("Tell in a few sentences where you want to go."))
    if not form.chosen("municipalities"):
        form.wrong("municipalities", _("Choose at least one municipality."))
    outcomes = _outcomes(form, _)
    if not form.is_valid:
        return None
    try:
        return ScenarioText(
            title=form.value("title"),
            story=form.value("story"),
            municipalities=tuple(form.chosen("municipalities")),
            frames=tuple(UUID(each) for each in form.chosen("frames")),
            outcomes=tuple(outcomes),
        )
    except (ValidationError, ValueError):
        form.wrong("", _("Something in this form is too long or not possible. Shorten the texts and try again."))
        return None


def filled(scenario: Scenario, _: Speech) -> Form:
    """A draft as a form."""
    values: dict[str, object] = {"title": scenario.title, "story": scenario.story}
    for place, outcome in enumerate(scenario.outcomes):
        values |= {
            f"outcome_{place}": outcome.outcome_id,
            f"title_{place}": outcome.title,
            f"indicator_{place}": outcome.indicator,
            f"lower_{place}": None if outcome.lower is None else _.fmt.number(outcome.lower),
            f"upper_{place}": None if outcome.upper is None else _.fmt.number(outcome.upper),
            f"year_{place}": outcome.year,
        }
    form = Form.of(values)
    form.lists = {
        "municipalities": list(scenario.municipalities),
        "frames": [str(frame) for frame in scenario.frames],
    }
    return form
