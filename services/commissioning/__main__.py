"""Runs the commissioning service: ``python -m services.commissioning [--roles api,relay,consumer]``."""

import os
import sys

from services.commissioning.bootstrap import build
from services.kit.process import run_service

if __name__ == "__main__":
    # A workbook with thousands of tariffs is larger than a JSON body.
    os.environ.setdefault("MAX_BODY_BYTES", "10000000")
    sys.exit(run_service("commissioning", build))
