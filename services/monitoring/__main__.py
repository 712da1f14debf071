"""Runs the monitoring service: ``python -m services.monitoring [--roles api,relay,consumer]``."""

import sys

from services.kit.process import run_service
from services.monitoring.bootstrap import build

if __name__ == "__main__":
    sys.exit(run_service("monitoring", build))
