"""The burgerservicenummer: who a client is for the government.

A ``Bsn`` is proof that its digits pass the 11-test (Wabb art. 1, *Besluit bsn*). Neither ``str`` nor ``repr`` shows
them, so that a stray log line does not; ``digits`` does, on purpose.
"""

from functools import cache
from operator import mul
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
FICTIONAL_FIRST = 999_900_006
FICTIONAL_LAST = 999_999_990
"""The range for tests and demonstrations; no person ever gets one of these numbers."""


def passes_eleven_test(digits: str) -> bool:
    """Whether nine digits, weighted 9 … 2 and −1, add up to a multiple of eleven that is not zero throughout.

    >>> passes_eleven_test("999900006")
    True
    """
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()) or digits == "000000000":
        return False
    total: int = sum(map(mul, _WEIGHTS, map(int, digits)))
    return total % 11 == 0


class Bsn:
    """A burgerservicenummer that passes the 11-test. Immutable, comparable, hashable; usable as a pydantic field.

    Raises ValueError, without repeating the input, when the text is no BSN. A pydantic model with a ``Bsn`` sets
    ``hide_input_in_errors``, since pydantic's own error text repeats what was entered.
    """

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        if not passes_eleven_test(digits):
            raise ValueError("not a valid BSN: nine digits that pass the 11-test are needed")
        object.__setattr__(self, "_digits", digits)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Bsn does not change")

    @property
    def digits(self) -> str:
        """The nine digits. Personal data: never into a log, event, address or error text."""
        digits: str = object.__getattribute__(self, "_digits")
        return digits

    @property
    def is_fictional(self) -> bool:
        """Whether the number lies in the range for tests."""
        return FICTIONAL_FIRST <= int(self.digits) <= FICTIONAL_LAST

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bsn) and other.digits == self.digits

    def __hash__(self) -> int:
        return hash((Bsn, self.digits))

    def __repr__(self) -> str:
        return "Bsn(…)"

    def __reduce__(self) -> tuple[type["Bsn"], tuple[str]]:
        return Bsn, (self.digits,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Text in, text out; the error never says which number was refused."""
        return core_schema.no_info_plain_validator_function(
            _parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda bsn: bsn.digits, return_schema=core_schema.str_schema()
            ),
            json_schema_input_schema=core_schema.str_schema(pattern=r"^[0-9]{9}$"),
        )


def _parse(value: object) -> Bsn:
    if isinstance(value, Bsn):
        return value
    try:
        return Bsn(value if isinstance(value, str) else "")
    except ValueError:
        raise PydanticCustomError("bsn", "This is not a valid BSN: nine digits that pass the 11-test.") from None


@cache
def fictional_numbers() -> tuple[str, ...]:
    """Every number of the range for tests that passes the 11-test, in order; there are 9,091."""
    found = []
    for first_eight in range(FICTIONAL_FIRST // 10, FICTIONAL_LAST // 10 + 1):
        weighed = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, str(first_eight), strict=False))
        number = first_eight * 10 + weighed % 11
        if weighed % 11 < 10 and FICTIONAL_FIRST <= number <= FICTIONAL_LAST:
            found.append(str(number))
    return tuple(found)


def fictional_bsn(ordinal: int) -> Bsn:
    """The fictional BSN of a person in a test or demo: the same for the same ordinal, and unique below 9,091.

    >>> fictional_bsn(0).digits
    '999900006'
    """
    numbers = fictional_numbers()
    return Bsn(numbers[ordinal % len(numbers)])
