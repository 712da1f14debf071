"""No municipality's colours are unreadable: the portal refuses to start with them."""

from pathlib import Path

import pytest

from services.portal.assets import STATIC
from services.portal.themes import PAIRS, ThemeError, contrast, load_themes


def test_contrast_ratio_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_every_theme_of_ours_reaches_aa_and_they_differ() -> None:
    themes = load_themes()
    assert len(themes) >= 4
    assert len({theme.colour("accent-500") for theme in themes.values()}) == len(themes)
    assert len({theme.tokens["--samenspel-radius"] for theme in themes.values()}) >= 3
    for theme in themes.values():
        for foreground, background, least in PAIRS:
            assert contrast(theme.colour(foreground), theme.colour(background)) >= least


@pytest.mark.parametrize(
    ("declaration", "complaint"),
    [
        ("--samenspel-accent-500: #9dabe8;", "accent-500 on surface"),
        ("--samenspel-header-color: #333333;", "header-color on header-background"),
        ("--samenspel-nav-color: blue;", "'blue' is not a colour"),
        ("--samenspel-text: var(--samenspel-text);", "refers to itself"),
    ],
)
def test_a_theme_without_contrast_stops_the_start(tmp_path: Path, declaration: str, complaint: str) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "tokens.css").write_text((STATIC / "tokens.css").read_text())
    (tmp_path / "themes" / "samenspel.css").write_text((STATIC / "themes" / "samenspel.css").read_text())
    weak = (STATIC / "themes" / "nijmegen.css").read_text().replace("}", declaration + "}")
    (tmp_path / "themes" / "weak.css").write_text(weak)
    with pytest.raises(ThemeError, match=complaint):
        load_themes(tmp_path)


def test_a_missing_token_is_named(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "tokens.css").write_text((STATIC / "tokens.css").read_text())
    (tmp_path / "themes" / "samenspel.css").write_text(".theme-samenspel { }")
    with pytest.raises(ThemeError, match="samenspel: --samenspel-page-background is missing"):
        load_themes(tmp_path)
