"""The structure of all 28 messages of iWmo and iJw 3.2: classes, elements, order and occurrence.

Source: iWmo/iJw 3.2. A class is written as one line, ``Class: Element Element=Type Element?``; a name without a type
has the type of the same name; ``?`` is optional, ``+`` is one or more, ``ijw/`` marks what only iJw has. A type is
looked up among the classes of the message, then the shared classes (``CDT_``), then the simple types (``LDT_``).

A retour (302, 306, 308, 316, 318, 320) is its message with a longer header and return codes on every class that is more
than a list, so it is derived, not described.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.referral.istandaarden.simple_types import Standard

SHARED_CLASSES = """
Achternaam: Achternaam=Naam Voorvoegsel?
Adres: Huis? Postcode? Straatnaam? Plaatsnaam? LandCode?
BedragMetDC: Bedrag DebetCredit
BerichtIdentificatie: Identificatie=IdentificatieBericht Dagtekening=Datum
Communicatie: Vorm=Communicatievorm Taal?
Geboortedatum: Datum DatumGebruik?
GeslotenPeriode: Begindatum=Datum Einddatum=Datum
Huis: Huisnummer Huisletter? HuisnummerToevoeging? AanduidingWoonadres?
Omvang: Volume Eenheid Frequentie
OpenPeriode: Begindatum=Datum? Einddatum=Datum?
Product: Categorie=ProductCategorie Code=ProductCode?
Referentie: ReferentieNummer VorigReferentieNummer=ReferentieNummer?
Telefoon: Telefoonnummer Landnummer
Telefoonnummers: Telefoon01=Telefoon Telefoon02=Telefoon?
TotaalBedragMetDC: TotaalBedrag DebetCredit
VerkorteNaam: Geslachtsnaam=Achternaam Voornamen=Naam? Voorletters?
Verwijzer: Type=TypeVerwijzer Naam=NaamVerwijzer? ZorgverlenerCode=AgbCode?
VolledigeNaam: Geslachtsnaam=Achternaam Partnernaam=Achternaam? Voornamen=Naam? Voorletters? NaamGebruik
XsdVersie: BasisschemaXsdVersie=Versie BerichtXsdVersie=Versie
"""

HEADER = (
    "BerichtCode BerichtVersie BerichtSubversie Afzender={sender} Ontvanger={receiver} BerichtIdentificatie XsdVersie"
)
RETOUR_HEADER = (
    " IdentificatieRetour=IdentificatieBericht DagtekeningRetour=Datum XsltVersie=Versie? XsdVersieRetour=XsdVersie"
    " RetourCodes?"
)

Sender = Literal["Gemeente", "AgbCode"]


@dataclass(frozen=True)
class Sheet:
    """One message for both standards. ``codes``: BerichtCode of the message and, where there is one, of its retour."""

    number: str
    sender: Sender
    body: str
    codes: Mapping[Standard, tuple[str, ...]]
    classes: str
    retour: str | None = None
    body_optional: bool = False
    extra_header: str = field(default="")


def _codes(ijw: str, iwmo: str) -> Mapping[Standard, tuple[str, ...]]:
    return {Standard.IJW: tuple(ijw.split()), Standard.IWMO: tuple(iwmo.split())}


_CLIENT = "Bsn=BurgerServicenummer Geboortedatum Geslacht Naam={name}"
_SHORT_CLIENT = _CLIENT.format(name="VerkorteNaam")

SHEETS = (
    Sheet(
        "301",
        "Gemeente",
        "Client",
        _codes("436 437", "414 415"),
        f"""
Client: {_CLIENT.format(name="VolledigeNaam")} Communicatie? JuridischeStatus? WettelijkeVertegenwoordiging? \
Commentaar? Relaties? Contactgegevens ToegewezenProducten
Relaties: Relatie+
Relatie: Nummer=Persoonsid Volgorde=RelatieVolgorde? Soort=SoortRelatie Geboortedatum? Geslacht? \
Naam=VolledigeNaam Contact
Contact: Soort=AdresSoort Adres? Organisatie=Organisatienaam? Telefoon=Telefoonnummers? Emailadres? Periode=OpenPeriode?
Contactgegevens: Contact+
ToegewezenProducten: ToegewezenProduct+
ToegewezenProduct: ToewijzingNummer=Nummer ReferentieAanbieder=LDT_Referentie? Product? Toewijzingsdatum=Datum \
Toewijzingstijd=Tijd Ingangsdatum=Datum Einddatum=Datum? RedenWijziging? Omvang? Budget? Commentaar?
""",
        retour="302",
    ),
    Sheet(
        "305",
        "AgbCode",
        "Client",
        _codes("438 439", "418 419"),
        f"""
Client: {_SHORT_CLIENT} StartProducten
StartProducten: StartProduct+
StartProduct: ToewijzingNummer=Nummer? Product? ToewijzingIngangsdatum=Datum? Begindatum=Datum StatusAanlevering
""",
        retour="306",
    ),
    Sheet(
        "307",
        "AgbCode",
        "Client",
        _codes("440 441", "420 421"),
        f"""
Client: {_SHORT_CLIENT} StopProducten
StopProducten: StopProduct+
StopProduct: ToewijzingNummer=Nummer? Product? ToewijzingIngangsdatum=Datum? Begindatum=Datum RedenBeeindiging \
Einddatum=Datum StatusAanlevering
""",
        retour="308",
    ),
    Sheet(
        "315",
        "AgbCode",
        "Client",
        _codes("446 447", "444 445"),
        f"""
Client: {_SHORT_CLIENT} ijw/GezagsdragerBekend=JaNee? Commentaar? AangevraagdeProducten
AangevraagdeProducten: AangevraagdProduct+
AangevraagdProduct: ReferentieAanbieder=LDT_Referentie BeschikkingNummer=Nummer? Product? \
BeschikkingIngangsdatum=Datum? ToewijzingIngangsdatum=Datum ToewijzingEinddatum=Datum? Omvang? Budget? Verwijzer \
Raamcontract=JaNee? Commentaar?
""",
        retour="316",
    ),
    Sheet(
        "317",
        "AgbCode",
        "Client",
        _codes("486 487", "480 481"),
        """
Client: Bsn=BurgerServicenummer Verzoek
Verzoek: ReferentieAanbieder=LDT_Referentie RedenVerzoek OngewijzigdeProducten? TeWijzigenProducten? NieuweProducten?
OngewijzigdeProducten: OngewijzigdProduct+
OngewijzigdProduct: ToewijzingNummer=Nummer
TeWijzigenProducten: TeWijzigenProduct+
TeWijzigenProduct: ToewijzingNummer=Nummer GewensteIngangsdatum=Datum Einddatum=Datum? Omvang? Budget?
NieuweProducten: NieuwProduct+
NieuwProduct: Product? GewensteIngangsdatum=Datum Einddatum=Datum? Omvang? Budget?
""",
        retour="318",
    ),
    Sheet(
        "319",
        "Gemeente",
        "Antwoord",
        _codes("488 489", "482 483"),
        """
Antwoord: ReferentieAanbieder=LDT_Referentie VerzoekAntwoord RedenAfwijzingVerzoek? ijw/Woonplaatsbeginsel?
ijw/Woonplaatsbeginsel: Gemeente
""",
        retour="320",
    ),
    Sheet(
        "323",
        "AgbCode",
        "Declaratie",
        _codes("490", "484"),
        """
Declaratie: DeclaratieNummer DeclaratiePeriode=GeslotenPeriode DeclaratieDagtekening=Datum \
TotaalIngediendBedrag=TotaalBedragMetDC Clienten
Clienten: Client+
Client: Bsn=BurgerServicenummer Prestaties
Prestaties: Prestatie+
Prestatie: ProductReferentie=CDT_Referentie ToewijzingNummer=Nummer ProductCategorie ProductCode \
ProductPeriode=GeslotenPeriode GeleverdVolume=Volume Eenheid ProductTarief=Bedrag? IngediendBedrag=BedragMetDC
""",
    ),
    Sheet(
        "325",
        "Gemeente",
        "DeclaratieAntwoord",
        _codes("491", "485"),
        """
RetourCodes: RetourCode+
DeclaratieAntwoord: DeclaratieNummer=IdentificatieDeclaratie TotaalIngediendBedrag=TotaalBedragMetDC \
TotaalToegekendBedrag=TotaalBedragMetDC Clienten? RetourCodes
Clienten: Client+
Client: Bsn=BurgerServicenummer Prestaties RetourCodes
Prestaties: Prestatie+
Prestatie: ProductReferentie=CDT_Referentie ToewijzingNummer=Nummer ProductCategorie ProductCode \
ProductPeriode=GeslotenPeriode GeleverdVolume=Volume Eenheid ProductTarief=Bedrag? IngediendBedrag=BedragMetDC \
RetourCodes
""",
        body_optional=True,
        extra_header=" DeclaratieIdentificatie=BerichtIdentificatie XsltVersie=Versie? XsdVersieDeclaratie=XsdVersie"
        " RetourCodes",
    ),
)
"""The forward messages and the 325; the retours follow from them."""
