"""What somebody types who looks for a client: a citizen number, an own reference, or the number of an allocation."""

from dataclasses import dataclass, field

from services.referral.domain.identity import Bsn

_BETWEEN = str.maketrans("", "", ".-\N{NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True)
class Sought:
    """What may have been meant by a number as it was typed. ``repr`` shows none of it.

    ``mistyped`` says that it looks like a citizen number and is none; a reference may look like that too.
    ``allocation`` is the number of an allocation that it may be, or None.
    """

    bsn: Bsn | None = field(repr=False)
    reference: str = field(repr=False)
    mistyped: bool

    @property
    def allocation(self) -> int | None:
        """The allocation number that this may be: nine digits at most."""
        digits = self.reference
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None


def sought(number: str) -> Sought:
    """Read ``number`` as people write it. Spaces, dots and hyphens in a citizen number mean nothing.

    >>> sought("9999.00.006").bsn == Bsn("999900006"), sought("9999 00 007").mistyped, sought("WMO-12").mistyped
    (True, True, False)
    """
    digits = "".join(number.translate(_BETWEEN).split())
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
        return Sought(None, number.strip(), mistyped=False)
    try:
        return Sought(Bsn(digits), number.strip(), mistyped=False)
    except ValueError:
        return Sought(None, number.strip(), mistyped=True)
