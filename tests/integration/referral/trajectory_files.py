"""Files of trajectories for the import tests."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from services.referral.domain.columns import COLUMNS
from services.referral.domain.identity import fictional_bsn
from tests.integration.referral.referral_world import HEUMEN, OUTPATIENT, REIGER


def row(number: int, **changes: Any) -> dict[str, str]:
    """A trajectory that ended as planned; ``changes`` replace columns."""
    starts_on = date(2024, 3, 1) + timedelta(days=number % 600)
    values = {
        "municipality": HEUMEN,
        "allocation_number": str(number),
        "provider": REIGER,
        "bsn": fictional_bsn(number).digits,
        "last_name": f"Sterrenwoud{number}",
        "birth_date": "2010-05-06",
        "law": "youth",
        "category": "45",
        "product_code": OUTPATIENT,
        "unit": "hour",
        "frequency": "week",
        "volume": "3",
        "referrer": "municipality",
        "granted_on": str(starts_on - timedelta(days=10)),
        "starts_on": str(starts_on),
        "ends_on": str(starts_on + timedelta(days=180)),
        "started_on": str(starts_on + timedelta(days=20)),
        "stopped_on": str(starts_on + timedelta(days=170)),
        "stop_reason": "as_planned",
    }
    return values | {name: str(value) for name, value in changes.items()}


NEVER_STARTED = {"started_on": "", "stopped_on": "", "stop_reason": ""}


def file(rows: list[dict[str, str]], delimiter: str = ";") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
