"""Lists that are composed of fixed fragments of SQL, so that each combination of filters has a plan of its own."""

from typing import Final, Literal

from contracts.values import PartyKind

Side = Literal["municipality", "provider"]

SIDES: Final[dict[PartyKind, Side]] = {PartyKind.MUNICIPALITY: "municipality", PartyKind.PROVIDER: "provider"}
"""Which of the two a caller is; one that is neither sees all and has no worklist."""


def is_side(side: Side | None) -> str:
    """The first condition of a list. Row-level security alone would leave the side open, and no index has the rows of
    either in order."""
    return f"{side} = my_{side}()" if side else "true"


class Composed:
    """Conditions, each with its values in the whole query."""

    def __init__(self, condition: str) -> None:
        self.values: list[object] = []
        self._conditions = [condition]

    def begin(self, condition: str) -> None:
        """Begin the conditions of another part of the query."""
        self._conditions = [condition]

    def given(self, value: object) -> str:
        """The place of a value in the query."""
        self.values.append(value)
        return f"${len(self.values)}"

    def add(self, condition: str, *values: object) -> None:
        """One more condition; ``{}`` stands for each value."""
        self._conditions.append(condition.format(*map(self.given, values)))

    def equal(self, **columns: object) -> None:
        """The columns have these values; ``None`` asks nothing of one."""
        for column, value in columns.items():
            if value is not None:
                self.add(f"{column} = {{}}", value)

    @property
    def where(self) -> str:
        """All conditions."""
        return " and ".join(self._conditions)
