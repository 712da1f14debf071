"""Runs the commissioning service: ``python -m services.commissioning [--roles api,relay,consumer]``."""

import gc
import os
import sys

gc.disable()  # until it is complete: services.kit.garbage

from services.commissioning.bootstrap import build  # noqa: E402
from services.kit.process import run_service  # noqa: E402

if __name__ == "__main__":
    # A workbook with thousands of tariffs is larger than a JSON body.
    os.environ.setdefault("MAX_BODY_BYTES", "10000000")
    sys.exit(run_service("commissioning", build))
