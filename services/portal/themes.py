"""The look of each municipality: a small file of tokens, checked for contrast before the portal starts.

A theme lives in ``static/themes/<name>.css`` and gives only custom properties. Text on its background must reach
4.5:1 and the parts of a control 3:1 (WCAG 2.2, success criteria 1.4.3 and 1.4.11); a theme that does not is refused
at start-up, because a civil servant must not find out from a resident.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from services.portal.assets import STATIC

DEFAULT = "samenspel"
TEXT, PART = 4.5, 3.0

_DECLARATION = re.compile(r"(--samenspel-[\w-]+)\s*:\s*([^;]+);")
_VAR = re.compile(r"^var\((--[\w-]+)\)$")

PAIRS: tuple[tuple[str, str, float], ...] = (
    ("text", "page-background", TEXT),
    ("text", "surface", TEXT),
    ("text-subtle", "page-background", TEXT),
    ("text-subtle", "surface", TEXT),
    ("text-subtle", "accent-50", TEXT),
    ("accent-500", "surface", TEXT),
    ("accent-500", "page-background", TEXT),
    ("accent-500", "accent-50", TEXT),
    ("accent-500", "accent-100", TEXT),
    ("accent-700", "accent-100", TEXT),
    ("white", "accent-500", TEXT),
    ("white", "accent-600", TEXT),
    ("header-color", "header-background", TEXT),
    ("nav-color", "nav-background", TEXT),
    ("nav-current", "nav-background", TEXT),
    ("mark-color", "mark-background", TEXT),
    ("line-strong", "surface", PART),
    ("chart-main", "surface", PART),
    ("chart-warning", "surface", PART),
    ("accent-400", "accent-100", PART),
)
"""Foreground, background and the least contrast, as names of tokens without ``--samenspel-``."""


class ThemeError(Exception):
    """A theme misses a token or has too little contrast. The text names every shortcoming with its ratio."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A name (also the class on ``<html>``: ``theme-<name>``) and its tokens, colours as ``#rrggbb``."""

    name: str
    tokens: Mapping[str, str]

    def colour(self, token: str) -> str:
        """The colour of a token, followed through ``var()``. Raises :class:`ThemeError`."""
        value = self.tokens.get(f"--samenspel-{token}")
        for _ in range(8):
            if value is None:
                raise ThemeError(f"Theme {self.name}: --samenspel-{token} is missing.")
            reference = _VAR.match(value)
            if reference is None:
                return value
            value = self.tokens.get(reference.group(1))
        raise ThemeError(f"Theme {self.name}: --samenspel-{token} refers to itself.")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2, definition of relative luminance)."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ThemeError(f"{colour!r} is not a colour of the form #rrggbb.")
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio between two colours, from 1 to 21: ``contrast("#ffffff", "#000000") == 21``."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def shortcomings(theme: Theme) -> list[str]:
    """Every pair of colours in which the theme has too little contrast, in words."""
    found = []
    for foreground, background, least in PAIRS:
        ratio = contrast(theme.colour(foreground), theme.colour(background))
        if ratio < least:
            found.append(f"{foreground} on {background} is {ratio:.2f}:1, needs {least}:1")
    return found


def _tokens(path: Path) -> dict[str, str]:
    return {name: value.strip() for name, value in _DECLARATION.findall(path.read_text(encoding="utf-8"))}


def load_themes(static: Path = STATIC) -> Mapping[str, Theme]:
    """Every theme by name. Raises :class:`ThemeError` when one misses a token or lacks contrast."""
    shared = _tokens(static / "tokens.css")
    themes = {
        path.stem: Theme(path.stem, MappingProxyType(shared | _tokens(path)))
        for path in sorted((static / "themes").glob("*.css"))
    }
    if DEFAULT not in themes:
        raise ThemeError(f"The theme {DEFAULT} is missing in {static / 'themes'}.")
    wrong = [f"{theme.name}: {'; '.join(found)}" for theme in themes.values() if (found := shortcomings(theme))]
    if wrong:
        raise ThemeError("Too little contrast (WCAG 2.2 AA). " + " | ".join(wrong))
    return MappingProxyType(themes)
