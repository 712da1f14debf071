"""Every template compiles, and none needs what the content security policy of the portal forbids."""

import re

from jinja2 import Environment, TemplateSyntaxError

from deploy.checks.repository import SourceFile, source_files

FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "an inline event handler": re.compile(r"<[a-z][^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"[\"']javascript:", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b"),
}
_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True)


def wrong_in(file: SourceFile) -> list[str]:
    """What is wrong in a template, as ``path:line: what``."""
    try:
        _ENVIRONMENT.parse(file.text)
    except TemplateSyntaxError as error:
        return [f"{file.path}:{error.lineno}: {error.message}"]
    return [
        f"{file.path}:{file.text.count(chr(10), 0, found.start()) + 1}: {what}"
        for what, pattern in FORBIDDEN.items()
        for found in pattern.finditer(file.text)
    ]


def check() -> str | None:
    """All templates."""
    templates = [file for file in source_files() if "/templates/" in file.path]
    return "\n".join(line for file in templates for line in wrong_in(file)) or None
