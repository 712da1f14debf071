"""The schema of a message, made of the overview of its elements: for the seven without an official one.

Nothing of the product takes part, so that the two can be held against each other.
"""

import csv
from collections import defaultdict
from functools import cache
from xml.sax.saxutils import quoteattr

from lxml import etree

from tests.shared_data import shared

Row = dict[str, str]
_NAMESPACE = "http://www.istandaarden.nl/{}/3_2/{}/schema"


def _rows(name: str) -> list[Row]:
    with shared(f"istandaarden/{name}").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def schema_of(kind: str) -> etree.XMLSchema:
    """Compiled from elements.csv, types.csv and codelists.csv."""
    standard = "ijw" if kind.startswith("JW") else "iwmo"
    rows = [row for row in _rows("elements.csv") if row["standard"] == standard]
    own, basic = _NAMESPACE.format(standard, kind.lower()), _NAMESPACE.format(standard, "basisschema")
    simple = "".join(_simple(row, standard) for row in _rows("types.csv") if row["standard"] in ("both", standard))
    code = next(r["code"] for r in _rows("codelists.csv") if r["list"] == "COD002" and r["label"] == kind)
    shared_text = _schema(
        basic, own, basic, _classes([row for row in rows if row["message"] == "basis"], code) + simple
    )
    root = f'<xs:import namespace="{basic}" schemaLocation="basic.xsd"/><xs:element name="Bericht" type="m:Root"/>'
    own_text = _schema(own, own, basic, root + _classes([row for row in rows if row["message"] == kind], code))
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Basic(shared_text))
    return etree.XMLSchema(etree.fromstring(own_text, parser))


class _Basic(etree.Resolver):
    def __init__(self, text: str) -> None:
        self._text = text

    def resolve(self, url, public_id, context):  # type: ignore[no-untyped-def]
        return self.resolve_string(self._text, context)


def _schema(target: str, own: str, basic: str, content: str) -> str:
    return (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:m="{own}" xmlns:s="{basic}" '
        f'targetNamespace="{target}" elementFormDefault="qualified">{content}</xs:schema>'
    )


def _classes(rows: list[Row], code: str) -> str:
    classes: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        classes[row["class"]].append(row)
    text = ""
    for name, elements in classes.items():
        content = "".join(_element(row, code) for row in elements)
        text += f'<xs:complexType name="{name}"><xs:sequence>{content}</xs:sequence></xs:complexType>'
    return text


def _element(row: Row, code: str) -> str:
    name, type_name = row["element"], row["type"]
    occurs = f'minOccurs="{row["min"]}" maxOccurs="{row["max"]}"'
    base, _, pattern = type_name.partition(" pattern=")
    if type_name == "ref":
        base = f"LDT_{name}"
        pattern = {"BerichtCode": code, "BerichtVersie": "3", "BerichtSubversie": "2"}[name]
    prefix = "s" if base.startswith(("LDT_", "CDT_")) else "m"
    if not pattern:
        return f'<xs:element name="{name}" type="{prefix}:{base}" {occurs}/>'
    return (
        f'<xs:element name="{name}" {occurs}><xs:simpleType><xs:restriction base="{prefix}:{base}">'
        f"<xs:pattern value={quoteattr(pattern)}/></xs:restriction></xs:simpleType></xs:element>"
    )


def _simple(row: Row, standard: str) -> str:
    facets = "".join(
        f"<xs:{facet} value={quoteattr(row[facet])}/>"
        for facet in ("minLength", "maxLength", "minInclusive", "maxInclusive", "pattern")
        if row[facet]
    )
    codes = row["enum"].split("|") if row["enum"] else []
    if row["enum"].startswith("zie"):
        lists = {"LDT_LandCode": "COD032", "LDT_RetourCode": "WJ001"}
        codes = sorted({found["code"] for found in _rows("codelists.csv") if found["list"] == lists[row["type"]]})
    facets += "".join(f"<xs:enumeration value={quoteattr(code)}/>" for code in codes)
    return (
        f'<xs:simpleType name="{row["type"]}"><xs:restriction base="xs:{row["base"]}">{facets}'
        "</xs:restriction></xs:simpleType>"
    )
