"""The region of the demonstration: real municipalities, fictional providers and invented amounts.

Inhabitants are of demonstration grade: population of about 2020 brought to the municipalities of 2026 and scaled to 18
million in total. Providers, tariffs, capacities and ceilings are invented and shown as "(fictief)".
"""

from dataclasses import dataclass

from contracts.events.commissioning import Law, Municipality, Unit, Variant
from contracts.events.referral import Frequency

REGION_ID = "rijk-van-nijmegen"
REGION_NAME = "Rijk van Nijmegen"

MUNICIPALITIES: tuple[Municipality, ...] = (
    Municipality(code="0268", name="Nijmegen", inhabitants=182_469),
    Municipality(code="0296", name="Wijchen", inhabitants=42_531),
    Municipality(code="1945", name="Berg en Dal", inhabitants=36_120),
    Municipality(code="0209", name="Beuningen", inhabitants=26_909),
    Municipality(code="0225", name="Druten", inhabitants=19_596),
    Municipality(code="0252", name="Heumen", inhabitants=17_134),
    Municipality(code="0944", name="Mook en Middelaar", inhabitants=8_138),
)


def slug(name: str) -> str:
    """The part of a person's id that names a municipality: ``Berg en Dal`` is ``berg-en-dal``."""
    return name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A product as the demonstration uses it, with its tariff per unit."""

    code: str
    category: str
    name: str
    law: Law
    unit: Unit
    tariff_cents: int
    frequency: Frequency
    variant: Variant = Variant.EFFORT


OUTPATIENT = DemoProduct("45A04", "45", "Jeugdhulp ambulant", Law.YOUTH, Unit.HOUR, 8510, Frequency.WHOLE)
MENTAL_HEALTH = DemoProduct("54J01", "54", "Jeugd-ggz", Law.YOUTH, Unit.HOUR, 12180, Frequency.WHOLE)
FAMILY_HOME = DemoProduct("43G02", "43", "Gezinshuis", Law.YOUTH, Unit.DAY, 17860, Frequency.WHOLE)
GUIDANCE = DemoProduct("02A03", "02", "Begeleiding", Law.WMO, Unit.HOUR, 6480, Frequency.WHOLE)
GUIDANCE_PLUS = DemoProduct("02B05", "02", "Begeleiding plus", Law.WMO, Unit.HOUR, 9890, Frequency.WHOLE)
DAY_ACTIVITIES = DemoProduct("07D01", "07", "Dagbesteding in de buurt", Law.WMO, Unit.DAY_PART, 5350, Frequency.WHOLE)
DOMESTIC_HELP = DemoProduct("01H01", "01", "Hulp bij het huishouden", Law.WMO, Unit.HOUR, 3760, Frequency.WHOLE)

PRODUCTS = (OUTPATIENT, MENTAL_HEALTH, FAMILY_HOME, GUIDANCE, GUIDANCE_PLUS, DAY_ACTIVITIES, DOMESTIC_HELP)


@dataclass(frozen=True, slots=True)
class DemoProvider:
    """A fictional provider. ``weight`` is its part of all starts; ``used_share`` is how much of the ceiling is
    committed on 14 August 2026; ``wait_days`` the usual wait.
    """

    agb: str
    name: str
    slug: str
    product: DemoProduct
    places: int
    ceiling_cents: int
    weight: float
    used_share: float
    wait_days: int


_PROVIDERS = (
    # AGB code, name, slug, product, places, ceiling in euros, weight, share committed, usual wait in days
    ("73730001", "De Zilveren Reiger", "de-zilveren-reiger", OUTPATIENT, 420, 2_600_000, 18, 0.711, 44),
    ("73730002", "Kompas & Kade", "kompas-kade", MENTAL_HEALTH, 260, 950_000, 11, 0.55, 52),
    ("73730003", "Gezinshuizen Wilgenhof", "gezinshuizen-wilgenhof", FAMILY_HOME, 24, 1_560_000, 1, 0.6, 60),
    ("73730004", "Waalwind", "waalwind", GUIDANCE, 520, 3_200_000, 23, 0.58, 30),
    ("73730005", "Dagatelier 't Molenrad", "dagatelier-t-molenrad", DAY_ACTIVITIES, 90, 1_950_000, 5, 0.57, 24),
    ("73730006", "Boerderij Klaverveld", "boerderij-klaverveld", DAY_ACTIVITIES, 14, 260_000, 1, 0.55, 28),
    ("73730007", "Thuisbuur Coöperatie", "thuisbuur-cooperatie", DOMESTIC_HELP, 900, 3_800_000, 37, 0.56, 18),
    ("73730008", "Noordster", "noordster", GUIDANCE_PLUS, 75, 550_000, 4, 0.6, 36),
)

PROVIDERS: tuple[DemoProvider, ...] = tuple(
    DemoProvider(agb, name, slug_, product, places, 100 * ceiling, weight, share, wait)
    for agb, name, slug_, product, places, ceiling, weight, share, wait in _PROVIDERS
)

BY_AGB = {provider.agb: provider for provider in PROVIDERS}
REIGER = PROVIDERS[0]
MOLENRAD = BY_AGB["73730005"]
KLAVERVELD = BY_AGB["73730006"]
NOORDSTER = BY_AGB["73730008"]
