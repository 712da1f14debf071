"""Runs the referral service: ``python -m services.referral [--roles api,relay,consumer]``."""

import os
import sys

from services.kit.process import run_service
from services.referral.bootstrap import build

if __name__ == "__main__":
    # A message may be 25 MB (OP179), and a file of trajectories several.
    os.environ.setdefault("MAX_BODY_BYTES", "26000000")
    sys.exit(run_service("referral", build))
