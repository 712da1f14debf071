"""Every text on screen exists in Dutch; placeholders survive the translation."""

import re

import pytest

from services.portal.i18n import LANGUAGES, Language, catalogs, extract, load_words, missing

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def test_nothing_lacks_a_dutch_translation() -> None:
    assert missing("nl") == {}


def test_texts_are_found_in_templates_and_in_code() -> None:
    places = [place for found in extract().values() for place in found]
    assert any(".html:" in place for place in places)
    assert any("formats.py:" in place for place in places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_plurals_survive(language: Language) -> None:
    for catalog in catalogs(language):
        for message in catalog:
            if not message.id:
                continue
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
            known = {name for text in ids for name in PLACEHOLDER.findall(text)}
            for place, text in enumerate(strings):
                # A singular may leave the number out, where its English does so as well.
                wanted = set(PLACEHOLDER.findall(ids[min(place, len(ids) - 1)]))
                assert set(PLACEHOLDER.findall(text)) <= known, message.id
                assert not (text and wanted and not PLACEHOLDER.findall(text)), message.id


def test_no_translation_is_left_over() -> None:
    used = set(extract())
    for catalog in catalogs("nl"):
        for message in catalog:
            if message.id:
                identity = message.id if isinstance(message.id, str) else tuple(message.id)
                assert (message.context, identity) in used, f"{message.id!r} is nowhere on screen any more"


def test_plurals_follow_the_number() -> None:
    words = load_words("nl")
    assert words.ngettext("%(num)d day left", "%(num)d days left", 1) % {"num": 1} == "nog 1 dag"
    assert words.ngettext("%(num)d day left", "%(num)d days left", 3) % {"num": 3} == "nog 3 dagen"
    assert words.gettext("Sign in") == "Aanmelden"
    assert load_words("en").gettext("Sign in") == "Sign in"
