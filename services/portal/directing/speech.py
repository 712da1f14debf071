"""Sentences made in code, in the language of the reader: ``_ = speech(request)`` and then ``_("Sign in")``."""

from typing import Protocol

from fastapi import Request

from services.portal.formats import Formats
from services.portal.i18n import Words
from services.portal.views import views


class Sayable(Protocol):
    """The same words in Dutch and English, as a service gives them."""

    @property
    def nl(self) -> str: ...

    @property
    def en(self) -> str: ...


class Speech:
    """Speaks one language, and writes dates, numbers and money in it (``fmt``)."""

    def __init__(self, words: Words, fmt: Formats) -> None:
        self._words = words
        self.fmt = fmt

    def __call__(self, marked: str, /, **values: object) -> str:
        """A marked text, translated, with its placeholders filled."""
        said = self._words.gettext(marked)
        return said % values if values else said

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """The singular or the plural; ``%(num)s`` is the number as people write it, unless ``num`` says otherwise."""
        return self._words.ngettext(one, many, count) % {"num": self.fmt.number(count), **values}

    def of(self, words: Sayable) -> str:
        """What a service said in both languages."""
        return words.en if self._words.language == "en" else words.nl

    @property
    def language(self) -> str:
        """The language of the reader."""
        return self._words.language


def speech(request: Request) -> Speech:
    """The language of the visitor."""
    return Speech(views(request).words_for(request), views(request).formats_for(request))
