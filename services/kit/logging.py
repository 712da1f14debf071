"""Logs: one JSON object a line on standard output, and never anything about a person.

Two walls: a value under a key such as ``bsn``, ``name`` or ``address`` is removed, wherever it stands, and any
nine-digit number that passes the 11-test of the citizen service number (Besluit burgerservicenummer) is blanked in
every text. Exceptions are logged by type and place; their messages go through the same walls.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, WrappedLogger

REMOVED = "[removed]"

PERSONAL_KEYS = frozenset(
    {
        "bsn",
        "name",
        "first_name",
        "last_name",
        "full_name",
        "given_name",
        "family_name",
        "surname",
        "initials",
        "prefix",
        "birth_date",
        "date_of_birth",
        "address",
        "street",
        "house_number",
        "postal_code",
        "postcode",
        "city",
        "phone",
        "telephone",
        "mobile",
        "email",
        "e_mail",
        "iban",
        "free_text",
        "note",
        "remark",
        "naam",
        "voornaam",
        "voornamen",
        "achternaam",
        "geslachtsnaam",
        "voorvoegsel",
        "geboortedatum",
        "adres",
        "straat",
        "huisnummer",
        "woonplaats",
        "telefoon",
        "toelichting",
        "vault",
        "authorization",
        "cookie",
        "token",
        "password",
        "secret",
    }
)
"""Keys whose values are removed; compared in lower case with ``-`` and camelCase read as ``_``."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NINE_DIGITS = re.compile(r"(?<!\d)(?:\d{9}|\d{3}[ .-]\d{3}[ .-]\d{3}|\d{4}[ .-]\d{2}[ .-]\d{3})(?!\d)")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def passes_eleven_test(digits: str) -> bool:
    """Whether nine digits could be a citizen service number: the weighted sum (9…2, −1) divides by 11."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return total % 11 == 0 and digits != "000000000"


def redact(text: str) -> str:
    """``text`` with every number that could be a citizen service number blanked."""

    def blank(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match[0])
        return REMOVED if passes_eleven_test(digits) else match[0]

    return _NINE_DIGITS.sub(blank, text)


def is_personal(key: str) -> bool:
    """Whether a value under ``key`` would say something about a person (or is a secret)."""
    return _CAMEL.sub("_", key).replace("-", "_").lower() in PERSONAL_KEYS


def without_personal_data(value: Any) -> Any:
    """A copy of ``value`` that may be logged."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        text = str(value)
        return REMOVED if len(text) == 9 and passes_eleven_test(text) else value
    if isinstance(value, float):
        return value
    if isinstance(value, Mapping):
        return {
            redact(str(key)): REMOVED if is_personal(str(key)) else without_personal_data(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [without_personal_data(item) for item in value]
    return redact(str(value))


def refuse_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The structlog processor: removes what must not be logged, and says so under ``refused``."""
    clean: MutableMapping[str, Any] = without_personal_data(event)
    refused = sorted(key for key in event if is_personal(key))
    if refused:
        clean["refused"] = refused
    return clean


def describe_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The structlog processor for ``exc_info``: type, message and places; never the values of variables."""
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else None
    if info is True:
        error = sys.exc_info()[1]
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__qualname__
        event["error_message"] = str(error)
        event["error_at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    describe_exception,
    refuse_personal_data,
]

# Done at import, because structlog's own default prints the local variables of every frame of an exception.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=False,
)


def configure(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of this process, ours and the libraries', as JSON to ``stream`` (standard output)."""

    def stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                stamp,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Addresses are logged by route template in our own line; these would log them in full.
    for noisy in ("uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for owned in ("uvicorn", "uvicorn.error"):
        logging.getLogger(owned).handlers.clear()
        logging.getLogger(owned).propagate = True


def get_logger(part: str) -> structlog.stdlib.BoundLogger:
    """A logger for one part of a process: ``get_logger("relay").info("published", events=12)``."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(f"samenspel.{part}", part=part)
    return logger
