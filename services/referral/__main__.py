"""Runs the referral service: ``python -m services.referral [--roles api,relay,consumer]``."""

import gc
import os
import sys

gc.disable()  # until it is complete: services.kit.garbage

from services.kit.process import run_service  # noqa: E402
from services.referral.bootstrap import build  # noqa: E402

if __name__ == "__main__":
    # A message may be 25 MB (OP179), and a file of trajectories several.
    os.environ.setdefault("MAX_BODY_BYTES", "26000000")
    sys.exit(run_service("referral", build))
