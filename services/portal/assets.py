"""Builds the static files that come from npm: ``python -m services.portal.assets``.

Copies htmx, its SSE extension and the fonts from ``node_modules`` to ``static/vendor/`` and makes one stylesheet of
the NL Design System components that we use, with only the design tokens that those components and our own
stylesheets refer to. Nothing of it is committed. The catalogues of translations need no build: they are read as
they are (see :mod:`services.portal.i18n`).
"""

import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
STATIC = HERE / "static"
VENDOR = STATIC / "vendor"
NODE_MODULES = HERE.parent.parent / "node_modules"

UTRECHT = "@utrecht/{name}-css/dist/index.css"
TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css"

COMPONENTS = (
    "root", "document", "body", "page-header", "page-footer", "skip-link",
    "link", "heading-1", "heading-2", "heading-3", "heading-4", "paragraph", "unordered-list", "ordered-list",
    "alert", "status-badge", "number-badge", "figure", "table", "pagination",
    "button", "button-link", "button-group", "form-field", "form-field-description", "form-field-error-message",
    "form-fieldset", "form-label", "textbox", "textarea", "select", "checkbox", "radio-button",
)  # fmt: skip
"""Components of the Utrecht library whose classes our templates use."""

FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx-ext-sse.min.js": "htmx-ext-sse/dist/sse.min.js",
    **{
        name: f"@fontsource-variable/{font}/files/{name}"
        for font in ("figtree", "nunito-sans", "source-sans-3", "source-serif-4")
        for name in (f"{font}-latin-wght-normal.woff2", f"{font}-latin-ext-wght-normal.woff2")
    },
}
"""What is copied as it is: name in ``static/vendor/`` and place in ``node_modules``."""

_REFERENCE = re.compile(r"var\(\s*(--[\w-]+)")
_DECLARATION = re.compile(r"(--[\w-]+)\s*:\s*([^;]+);")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class AssetsError(Exception):
    """A package is missing from ``node_modules``. The text says how to get it."""


def _read(node_modules: Path, path: str) -> str:
    try:
        return (node_modules / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AssetsError(f"{node_modules / path} is missing. Run: npm install") from None


def minify(css: str) -> str:
    """The stylesheet without comments and superfluous white space; meaning is unchanged."""
    css = re.sub(r"\s+", " ", _COMMENT.sub("", css))
    return re.sub(r"\s*([{};,])\s*", r"\1", css).replace(";}", "}").strip()


def used_tokens(theme: str, stylesheets: str) -> dict[str, str]:
    """The declarations of ``theme`` that ``stylesheets`` refer to, directly or through other tokens."""
    declared = {name: value.strip() for name, value in _DECLARATION.findall(_COMMENT.sub("", theme))}
    wanted, used = _REFERENCE.findall(stylesheets), set[str]()
    while wanted:
        name = wanted.pop()
        if name in declared and name not in used:
            used.add(name)
            wanted.extend(_REFERENCE.findall(declared[name]))
    return {name: value for name, value in declared.items() if name in used}


def own_stylesheets() -> str:
    """All stylesheets of ours, which the tokens must serve as well."""
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("**/*.css")) if VENDOR not in path.parents
    )


def design_system(node_modules: Path) -> str:
    """One stylesheet: the tokens that are used, then the components that are used."""
    components = "\n".join(_read(node_modules, UTRECHT.format(name=name)) for name in COMPONENTS)
    tokens = used_tokens(_read(node_modules, TOKENS), components + own_stylesheets())
    root = "".join(f"{name}:{value};" for name, value in tokens.items())
    licence = "/* EUPL-1.2: NL Design System community, Frameless B.V., Gemeente Utrecht */\n"
    return licence + minify(f".voorbeeld-theme{{{root}}}\n{components}")


def build(node_modules: Path = NODE_MODULES, vendor: Path = VENDOR) -> list[Path]:
    """Write everything to ``vendor`` and return what was written. Raises :class:`AssetsError`."""
    css = design_system(node_modules)
    missing = [path for path in FILES.values() if not (node_modules / path).is_file()]
    if missing:
        raise AssetsError(f"{node_modules / missing[0]} is missing. Run: npm install")
    vendor.mkdir(parents=True, exist_ok=True)
    (vendor / "nl-design-system.css").write_text(css, encoding="utf-8")
    for name, path in FILES.items():
        shutil.copyfile(node_modules / path, vendor / name)
    return [vendor / "nl-design-system.css", *(vendor / name for name in FILES)]


def main() -> int:
    """Entry point; says what was built."""
    try:
        built = build()
    except AssetsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Built {len(built)} files in {VENDOR}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
