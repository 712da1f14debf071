"""Charts say the same to who looks, who listens and who wants a file, and need no exception in the policy."""

import re
from xml.etree import ElementTree

import pytest

from services.portal.chart_specs import Band, Point
from services.portal.charts import Chart, Charts
from services.portal.drawings import Stage, sparkline
from services.portal.formats import Formats
from services.portal.i18n import load_words
from tests.web.conftest import STUDIO

FMT = Formats(load_words("nl"))
POINTS = [Point(month, value) for month, value in zip(("jan", "feb", "mrt"), (0.61, None, 0.74), strict=True)]


@pytest.fixture(scope="module")
def studio() -> Charts:
    return STUDIO


async def every_chart(studio: Charts) -> list[Chart]:
    title, description = "Wat <b>beter</b> gaat", "Van 61 % naar 74 %."
    band = Band(0.7, 0.8, "Bandbreedte 70–80 % & meer")
    return [
        await studio.trend(FMT, title=title, description=description, points=POINTS, unit="percent", band=band),
        await studio.small_multiples(
            FMT,
            title=title,
            description=description,
            series={"Nijmegen": POINTS, "Heumen": POINTS},
            unit="percent",
            band=band,
            own="Heumen",
        ),
        await studio.run_rate(
            FMT,
            title=title,
            description=description,
            spent=[("jan", 100_000_00), ("feb", 2_000_000_00)],
            forecast=[("mrt", 3_000_000_00)],
            ceiling=2_600_000_00,
        ),
        await studio.amounts(
            FMT, title=title, description=description, series={"Nijmegen": POINTS, "Heumen": POINTS[:1]}
        ),
        await studio.flow(
            title=title,
            description=description,
            stages=[Stage("Gevraagd <", 120, "120", ("ingetrokken", 16, "16")), Stage("Toegewezen", 104, "104")],
        ),
    ]


async def test_every_chart_is_safe_named_and_themed(studio: Charts) -> None:
    charts = await every_chart(studio)
    seen: list[str] = []
    for chart in charts:
        for svg in (str(chart.wide), str(chart.narrow)):
            root = ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
            assert root.attrib["role"] == "img"
            named = root.attrib["aria-labelledby"].split()
            texts = {node.attrib.get("id"): node.text for node in root.iter()}
            assert [texts[name] for name in named] == ["Wat <b>beter</b> gaat", "Van 61 % naar 74 %."]
            assert not re.search(r"\sstyle=|<style|<script|\son\w+=|#010a0|font-family", svg)
            assert "var(--samenspel-chart-main)" in svg
            seen += [identifier for identifier in texts if identifier]
            assert len(svg) < 20_000
    assert len(seen) == len(set(seen)), "identifiers are unique on a page"


async def test_numbers_in_a_picture_are_dutch(studio: Charts) -> None:
    run_rate = str((await every_chart(studio))[2].wide).replace("\N{NO-BREAK SPACE}", " ")
    assert "€ 2 mln" in run_rate
    assert "Plafond € 2,6 mln." in run_rate
    assert "€ 3 mln." in run_rate


async def test_thousands_are_whole_in_a_picture(studio: Charts) -> None:
    chart = await studio.run_rate(
        FMT,
        title="Budget",
        description="x",
        spent=[("jan", 222_998_00)],
        forecast=[("feb", 275_913_00)],
        ceiling=950_000_00,
    )
    for picture in (str(chart.wide), str(chart.narrow)):
        assert ">€ 275.913<" in picture.replace("\N{NO-BREAK SPACE}", " ")
        assert not re.search(r'="[^"]*\d\.\d{4,}', picture), "a drawing is no finer than anybody sees"


async def test_the_same_data_are_drawn_once(studio: Charts) -> None:
    await every_chart(studio)
    drawn = len(studio._drawn)
    await every_chart(studio)
    assert len(studio._drawn) == drawn


async def test_a_chart_can_be_kept_as_a_picture(studio: Charts) -> None:
    for chart in await every_chart(studio):
        assert (await studio.png(chart)).startswith(b"\x89PNG")


async def test_no_data_still_gives_a_picture(studio: Charts) -> None:
    empty = await studio.trend(FMT, title="Leeg", description="Nog niets gemeld.", points=[], unit="number")
    assert "<svg" in empty.wide


def test_a_sparkline_says_what_it_shows() -> None:
    svg = str(sparkline([1, None, 3], 'Van 1 naar "3"', (1, 2)))
    assert 'aria-label="Van 1 naar &#34;3&#34;"' in svg
    assert svg.count("<circle") == 1
    assert sparkline([1], "te weinig") == ""
