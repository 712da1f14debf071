"""Runs the council service: ``python -m services.council [--roles api,relay,consumer]``."""

import sys

from services.council.bootstrap import build
from services.kit.process import run_service

if __name__ == "__main__":
    sys.exit(run_service("council", build))
