"""Dutch and English: the words of the portal.

Texts stand in templates and code in English (``_("Sign in")``); ``translations/nl/LC_MESSAGES/*.po`` gives them in
Dutch at B1 level. Each page module may have a catalogue of its own, so that pages do not wait for one another; the
catalogues are read as they are when the portal starts. ``python -m services.portal.i18n`` prints what lacks a
translation; a test fails on the same.
"""

import gettext as standard
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as BabelMessage
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

Language = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
DEFAULT_LANGUAGE: Final[Language] = "nl"

HERE = Path(__file__).parent
TRANSLATIONS = HERE / "translations"

_METHODS = [("pages/**.py", "python"), ("**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}}
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}

Message = str | tuple[str, str]
Key = tuple[str | None, Message]


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Marks a text for translation where no reader is known yet; translate it when it is shown."""
    return text


def _identity(message: BabelMessage) -> Key:
    """What a message is known by: its context and its text, or its singular and plural."""
    text = message.id
    return message.context, (text if isinstance(text, str) else (str(text[0]), str(text[1])))


def _strings(message: BabelMessage) -> tuple[str, ...]:
    """The translations of a message: one, or one for each plural form."""
    text = message.string
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text or ""),)


class Words(standard.NullTranslations):
    """The texts of one language, merged from all its catalogues."""

    def __init__(self, language: Language, catalogs: Iterator[Catalog] | None = None) -> None:
        super().__init__()
        self.language = language
        self._singular: dict[tuple[str | None, str], str] = {}
        self._plural: dict[tuple[str | None, str], tuple[str, str]] = {}
        for catalog in catalogs or ():
            self._add(catalog)

    def _add(self, catalog: Catalog) -> None:
        for message in catalog:
            if not message.id or message.fuzzy:
                continue
            key, strings = _identity(message), _strings(message)
            if not all(strings):
                continue
            context, identity = key
            self._singular[(context, identity if isinstance(identity, str) else identity[0])] = strings[0]
            if not isinstance(identity, str):
                self._plural[(context, identity[0])] = (strings[0], strings[1])

    def gettext(self, message: str) -> str:
        return self._singular.get((None, message), message)

    def pgettext(self, context: str, message: str) -> str:
        return self._singular.get((context, message), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        one, many = self._plural.get((None, msgid1), (msgid1, msgid2))
        return one if n == 1 else many

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        one, many = self._plural.get((context, msgid1), (msgid1, msgid2))
        return one if n == 1 else many


def catalogs(language: Language, folder: Path = TRANSLATIONS) -> Iterator[Catalog]:
    """Every catalogue of a language, by name."""
    for path in sorted((folder / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            yield read_po(file, locale=language)


def load_words(language: Language, folder: Path = TRANSLATIONS) -> Words:
    """The texts of a language as they are on disk now."""
    return Words(language, catalogs(language, folder))


@cache
def extract(folder: Path = HERE) -> dict[Key, list[str]]:
    """Every text in our code and templates that needs a translation, with the places where it stands; read once."""
    found: dict[Key, list[str]] = {}
    for name, line, message, _comments, context in extract_from_dir(
        folder, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=()
    ):
        key: Key = (context, message if isinstance(message, str) else (message[0], message[1]))
        found.setdefault(key, []).append(f"{name}:{line}")
    return found


def missing(language: Language) -> dict[Key, list[str]]:
    """The texts that the catalogues of ``language`` lack, with the places where they stand."""
    known: set[Key] = set()
    for catalog in catalogs(language):
        for message in catalog:
            if message.id and all(_strings(message)) and not message.fuzzy:
                known.add(_identity(message))
    return {key: places for key, places in extract().items() if key not in known}


def main() -> int:
    """Print what lacks a Dutch translation as entries for a catalogue; exit status 1 when anything does."""
    lacking = missing("nl")
    for (context, message), places in sorted(lacking.items(), key=lambda item: item[1][0]):
        sys.stdout.write(f"#: {' '.join(places)}\n")
        if context:
            sys.stdout.write(f'msgctxt "{context}"\n')
        if isinstance(message, tuple):
            one, many = (part.replace('"', '\\"') for part in message)
            sys.stdout.write(f'msgid "{one}"\nmsgid_plural "{many}"\nmsgstr[0] ""\nmsgstr[1] ""\n\n')
        else:
            escaped = message.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            sys.stdout.write(f'msgid "{escaped}"\nmsgstr ""\n\n')
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
