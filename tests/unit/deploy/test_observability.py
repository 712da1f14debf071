"""Dashboards and alerts look at what the processes measure, and every alert says what to do."""

import json
import re
from pathlib import Path

import yaml

from services.kit import metrics

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "deploy" / "observability"
DASHBOARDS = sorted((FOLDER / "grafana" / "dashboards").glob("*.json"))
ALERTS = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
EXPRESSIONS = [
    *(
        target["expr"]
        for path in DASHBOARDS
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]
        for target in panel.get("targets", [])
    ),
    *(rule["expr"] for rule in ALERTS),
]
SUFFIXES = ("_bucket", "_count", "_sum", "_total", "")


def measured() -> dict[str, str]:
    """Every metric that some process sets: its name without suffix, and the constant that holds it."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("services", "workflows")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "metrics.py"
    )
    found = {}
    for constant, metric in vars(metrics).items():
        if hasattr(metric, "labels") and re.search(rf"\b{constant}\.labels\(", code):
            found[metric._name] = constant
    return found


def test_what_is_looked_at_is_measured() -> None:
    assert EXPRESSIONS
    known = {name + suffix for name in measured() for suffix in SUFFIXES}
    for expression in EXPRESSIONS:
        for name in re.findall(r"\bsamenspel_\w+", expression):
            assert name in known, f"{name} is looked at and no process measures it"


def test_what_is_declared_is_measured() -> None:
    declared = {
        metric._name for metric in vars(metrics).values() if hasattr(metric, "labels") and hasattr(metric, "_name")
    }
    assert declared == set(measured())


def test_labels_that_are_looked_at_exist() -> None:
    labels = {label for metric in vars(metrics).values() for label in getattr(metric, "_labelnames", ())}
    for expression in EXPRESSIONS:
        for group in re.findall(r"\bby \(([^)]*)\)", expression):
            assert {label.strip() for label in group.split(",")} <= labels | {"le"}


def test_every_alert_names_a_page_that_says_what_to_do() -> None:
    for rule in ALERTS:
        assert (ROOT / rule["annotations"]["runbook"]).is_file()
        assert rule["labels"]["severity"] in {"warning", "critical"}


def test_every_panel_says_what_it_shows() -> None:
    for path in DASHBOARDS:
        panels = json.loads(path.read_text(encoding="utf-8"))["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        assert all(panel.get("description") for panel in panels if panel["type"] != "row")
