"""Runs the council service: ``python -m services.council [--roles api,relay,consumer]``."""

import gc
import sys

gc.disable()  # until it is complete: services.kit.garbage

from services.council.bootstrap import build  # noqa: E402
from services.kit.process import run_service  # noqa: E402

if __name__ == "__main__":
    sys.exit(run_service("council", build))
