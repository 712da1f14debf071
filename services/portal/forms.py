"""Forms that lose nothing: what was filled in comes back, with each error beside its field and in a summary."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from fastapi import Request

from services.kit.problems import Problem
from services.portal.i18n import Language


@dataclass(slots=True)
class Form:
    """The values and the errors of a form, by name of the field; ``""`` holds errors of the form as a whole."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    async def read(cls, request: Request) -> Self:
        """What the visitor filled in; white space at the ends is removed, files are left out."""
        form = cls()
        async with request.form() as data:
            for name, value in data.multi_items():
                if isinstance(value, str):
                    form.values.setdefault(name, value.strip())
                    form.lists.setdefault(name, []).append(value.strip())
        return form

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A form filled with what is known already."""
        return cls(values={name: "" if value is None else str(value) for name, value in values.items()})

    def value(self, name: str, otherwise: str = "") -> str:
        """What stands in a field."""
        return self.values.get(name, otherwise)

    def chosen(self, name: str) -> list[str]:
        """Every choice made for a field with several."""
        return self.lists.get(name, [])

    def require(self, names: Iterable[str], message: str) -> None:
        """Put ``message`` beside every one of ``names`` that is empty."""
        for name in names:
            if not self.values.get(name):
                self.errors.setdefault(name, message)

    def wrong(self, name: str, message: str) -> None:
        """Put a message beside a field; the first one stays."""
        self.errors.setdefault(name, message)

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors

    def take(self, problem: Problem, language: Language, fields: Mapping[str, str] | None = None) -> None:
        """Put the errors of a service beside our fields: ``fields`` maps its pointers (``/volume/amount``) to names.

        A pointer without a field of ours, or a problem without pointers, becomes an error of the whole form.
        """
        fields = fields or {}
        for error in problem.errors:
            name = fields.get(error.pointer) or error.pointer.lstrip("/")
            self.wrong(
                name if name in self.values or name in fields.values() else "", error.message.in_language(language)
            )
        if not problem.errors:
            self.wrong("", problem.detail.in_language(language))
