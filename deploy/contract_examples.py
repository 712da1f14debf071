"""One example of every event, the same at each generation: what a partner sees before the first real one arrives.

Values come from the name of a field where the name tells more than its type does, else from the type. Parties and
providers are those of the demo region; no example holds anything about a person.
"""

import types
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel

from contracts.envelope import Envelope, partition_of, to_structured
from contracts.event import Event
from contracts.topics import BY_SERVICE

Part = TypeVar("Part", bound=BaseModel)

DAY = date(2026, 8, 14)
MOMENT = datetime(2026, 8, 14, 9, 30, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

BY_NAME: Mapping[str, Any] = {
    "municipality": "0268",
    "municipalities": ("0268", "0252"),
    "code": "0268",
    "inhabitants": 189_000,
    "provider": "73730001",
    "providers": ("73730001", "73730002"),
    "missing": ("73730002",),
    "agb": "73730001",
    "region_id": "rijk-van-nijmegen",
    "area": "municipality:0252",
    "wider_area": None,
    "signed_by": "municipality:0268",
    "sender": "provider:73730001",
    "receiver": "municipality:0268",
    "product_code": "45A04",
    "products": ("45A04",),
    "category": "45",
    "volume": 120,
    "left": 2,
    "spell": 1,
    "watch": 1,
    "responsible_municipality": "0252",
    "total_units": 6_240,
    "tariff_cents": 8_510,
    "committed_cents": 182_000_000,
    "ceiling_cents": 260_000_000,
    "forecast_cents": 294_000_000,
    "year": 2026,
    "first_year": 2026,
    "last_year": 2029,
    "indicator": 9,
    "indicators": (8, 9, 10),
    "lower": 0.0,
    "upper": 12.0,
    "term_days": 84,
    "standstill_days": 20,
    "allocation_number": 260_001,
    "usefulness": 8,
    "outcomes": 14,
    "places": 420,
    "free": 12,
    "wait_days": 21,
    "month": "2026-07",
    "period_end": "2026-07",
    "grounds": ("suitability-quality-mark",),
    "return_codes": ("0200",),
    "kind": "JW315",
    "promise": "start",
    "reason": "moved",
    "rule": "Wgr art. 35",
    "unit": "percent",
    "LabelPart.unit": "parties",
    "correction": 0,
    "definition_version": 1,
    "value": 11.5,
    "numerator": 15,
    "denominator": 130,
    "withheld": None,
    "wider_value": None,
    "source_events": 130,
    "parties_reported": 8,
    "parties_expected": 8,
    "found": 8.0,
    "needed": 8.0,
    "period": "2026-07-01",
    "submitted_cents": 4_085_000,
    "granted_cents": 4_050_960,
    "rejected_cents": 34_040,
    "cents": 102_120,
    "lines": 48,
    "party": "provider:73730001",
    "items": 1_200,
    "MessageBatchFinished.accepted": 1_180,
    "MessageBatchFinished.rejected": 16,
    "MessageBatchFinished.kept": 0,
    "MessageBatchFinished.refused": 4,
    "rejected_lines": 1,
    "budget_cents": 500_000,
    "allocation_numbers": (260_001,),
    "answer": "granted",
}
"""What a field of this name (or of ``Model.name``) holds in an example, where the model accepts it."""

TITLES: Mapping[str, str] = {
    "FrameAdopted": "Kader jeugd 2026-2029",
    "Goal": "Hulp die werkt en eindigt",
    "MomentScheduled": "Zienswijze ontwerpbegroting",
    "LetterSent": "Raadsinformatiebrief budgetruimte",
    "ScenarioPublished": "Dichtbij, tenzij",
    "OutcomeBand": "Minder hulp stopt voortijdig",
    "CommissionPublished": "Toelating jeugdhulp ambulant",
}
NAMES: Mapping[str, str] = {
    "Municipality": "Nijmegen",
    "Product": "Jeugdhulp ambulant",
    "ProviderRegistered": "De Zilveren Reiger",
    "RegionFormed": "Rijk van Nijmegen",
}
_DUE_DAYS = {"accept_due": 7, "start_due": 42, "talk_due": 14, "decision_due": 28, "due": 5, "valid_until": 1_460}


def example(model: type[Event]) -> Event:
    """The example of an event, valid by construction. Raises ``ValidationError`` when a field needs an entry above."""
    return _build(model)


def minimal(model: type[Event]) -> Event:
    """The same event without anything that may be left out: every optional field is ``None`` or its default."""
    return _build(model, minimal=True)


def structured(model: type[Event], service: str) -> dict[str, Any]:
    """The example as a CloudEvent in structured mode, as a webhook or the events API would give it."""
    event = example(model)
    key = _key(event)
    envelope = Envelope(
        service=service,
        partition=partition_of(key, BY_SERVICE[service].partitions),
        sequence=1,
        key=key,
        type=event.type,
        time=MOMENT,
        data=b"",
        traceparent=TRACE,
    )
    return to_structured(envelope, event.model_dump(mode="json", by_alias=True, exclude_none=True))


def _key(event: Event) -> str:
    first = next(iter(type(event).model_fields))
    return str(getattr(event, first))


def _build(model: type[Part], *, minimal: bool = False) -> Part:
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        optional = type(None) in get_args(field.annotation)
        if not minimal or (field.is_required() and not optional):
            values[name] = _value(model, name, field.annotation, minimal=minimal)
        elif field.is_required():
            values[name] = None
    return model.model_validate(values)


def _value(model: type[BaseModel], name: str, annotation: Any, *, minimal: bool) -> Any:
    if name in BY_NAME and BY_NAME[name] is None:
        return None
    kind = _bare(annotation)
    if get_origin(kind) is tuple:
        item = _bare(get_args(kind)[0])
        if isinstance(item, type) and issubclass(item, BaseModel | Enum):
            return (_value(model, name, item, minimal=minimal),)
        return BY_NAME.get(name) or (_value(model, name, item, minimal=minimal),)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _build(kind, minimal=minimal)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if kind is UUID:
        return uuid5(NAMESPACE_URL, f"samenspel:{name}")
    if kind is bool:
        return True
    if kind is datetime:
        return MOMENT + timedelta(days=_DUE_DAYS.get(name, 0))
    if kind is date:
        return DAY + timedelta(days=_DUE_DAYS.get(name, 0))
    if name in ("title", "name"):
        return (TITLES if name == "title" else NAMES).get(model.__name__, model.__name__)
    for known in (f"{model.__name__}.{name}", name):
        if known in BY_NAME:
            return BY_NAME[known]
    raise LookupError(f"no example value for {model.__name__}.{name}: add one to BY_NAME in {__file__}")


def _bare(annotation: Any) -> Any:
    """The type itself, without ``| None`` and constraints."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(option for option in get_args(annotation) if option is not type(None)))
    return annotation
