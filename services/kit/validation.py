"""What is wrong with a field, in words for people: pydantic's error types in Dutch and English.

The value itself is never repeated: it may say something about a person.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from services.kit.logging import redact
from services.kit.problems import FieldError, Invalid, Location, Text

_LOCATIONS = ("body", "query", "path", "header")

MESSAGES: Mapping[str, Text] = {
    "missing": Text("Dit veld is verplicht.", "This field is required."),
    "extra_forbidden": Text("Dit veld bestaat niet.", "This field does not exist."),
    "json_invalid": Text("Dit is geen geldige JSON.", "This is not valid JSON."),
    "string_type": Text("Geef een tekst.", "Give a text."),
    "string_too_short": Text("Geef ten minste {min_length} tekens.", "Give at least {min_length} characters."),
    "string_too_long": Text("Geef ten hoogste {max_length} tekens.", "Give at most {max_length} characters."),
    "string_pattern_mismatch": Text("De schrijfwijze klopt niet.", "The format is not right."),
    "int_type": Text("Geef een geheel getal.", "Give a whole number."),
    "int_parsing": Text("Geef een geheel getal.", "Give a whole number."),
    "int_from_float": Text("Geef een geheel getal.", "Give a whole number."),
    "float_parsing": Text("Geef een getal.", "Give a number."),
    "decimal_parsing": Text("Geef een getal.", "Give a number."),
    "bool_parsing": Text("Geef true of false.", "Give true or false."),
    "bool_type": Text("Geef true of false.", "Give true or false."),
    "greater_than": Text("Geef meer dan {gt}.", "Give more than {gt}."),
    "greater_than_equal": Text("Geef {ge} of meer.", "Give {ge} or more."),
    "less_than": Text("Geef minder dan {lt}.", "Give less than {lt}."),
    "less_than_equal": Text("Geef {le} of minder.", "Give {le} or less."),
    "enum": Text("Kies uit {expected}.", "Choose from {expected}."),
    "literal_error": Text("Kies uit {expected}.", "Choose from {expected}."),
    "date_type": Text("Geef een datum als 2026-08-31.", "Give a date such as 2026-08-31."),
    "date_parsing": Text("Geef een datum als 2026-08-31.", "Give a date such as 2026-08-31."),
    "date_from_datetime_parsing": Text("Geef een datum als 2026-08-31.", "Give a date such as 2026-08-31."),
    "date_from_datetime_inexact": Text("Geef een datum zonder tijd.", "Give a date without a time."),
    "datetime_type": Text(
        "Geef een tijdstip als 2026-08-31T09:00:00Z.", "Give an instant such as 2026-08-31T09:00:00Z."
    ),
    "datetime_parsing": Text(
        "Geef een tijdstip als 2026-08-31T09:00:00Z.", "Give an instant such as 2026-08-31T09:00:00Z."
    ),
    "datetime_from_date_parsing": Text(
        "Geef een tijdstip als 2026-08-31T09:00:00Z.", "Give an instant such as 2026-08-31T09:00:00Z."
    ),
    "timezone_aware": Text(
        "Geef de tijdzone mee, bijvoorbeeld Z of +02:00.", "Give the time zone, such as Z or +02:00."
    ),
    "uuid_parsing": Text("Geef een UUID.", "Give a UUID."),
    "uuid_type": Text("Geef een UUID.", "Give a UUID."),
    "list_type": Text("Geef een lijst.", "Give a list."),
    "dict_type": Text("Geef een object.", "Give an object."),
    "model_type": Text("Geef een object.", "Give an object."),
    "model_attributes_type": Text("Geef een object.", "Give an object."),
    "too_short": Text("Geef er ten minste {min_length}.", "Give at least {min_length}."),
    "too_long": Text("Geef er ten hoogste {max_length}.", "Give at most {max_length}."),
    "union_tag_invalid": Text("Kies uit {expected_tags}.", "Choose from {expected_tags}."),
}
_FALLBACK = Text("Deze waarde is hier niet toegestaan.", "This value is not allowed here.")


def pointer(parts: Iterable[object]) -> str:
    """The JSON pointer (RFC 6901) of a path: ``pointer(["lines", 0, "amount"]) == "/lines/0/amount"``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _message(error: Mapping[str, Any]) -> Text:
    kind = str(error["type"])
    if kind == "value_error":
        # Raised by a validator of ours, whose words are meant for people; English only, at the edge of the types.
        words = redact(str(error.get("msg", "")).removeprefix("Value error, "))
        return Text(f"{_FALLBACK.nl} ({words})", f"{_FALLBACK.en} ({words})")
    text = MESSAGES.get(kind, _FALLBACK)
    context = dict(error.get("ctx") or {})
    if "{" not in text.nl:
        return text
    expected = str(context.get("expected", ""))
    context_nl = {**context, "expected": expected.replace(" or ", " of ")}
    return Text(text.nl.format_map(context_nl), text.en.format_map(context))


def invalid_from(errors: Iterable[Mapping[str, Any]]) -> Invalid:
    """The problem for pydantic's errors, whose ``loc`` begins with body, query, path or header."""
    found: list[FieldError] = []
    for error in errors:
        first, *rest = error["loc"] or ("body",)
        location = cast(Location, first if first in _LOCATIONS else "body")
        parts: list[object] = [] if error["type"] == "json_invalid" else rest
        found.append(FieldError(pointer(parts), _message(error), str(error["type"]).replace("_", "-"), location))
    return Invalid(errors=found)
