"""Runs the local OpenID provider: ``python -m deploy.local.identity`` (SAMENSPEL_STATE, OIDC_ISSUER, HOST, PORT)."""

import os
import sys

import uvicorn

from deploy.local.identity.app import create_app
from deploy.local.identity.clients import registered
from deploy.local.identity.tokens import Issuer
from deploy.local.ports import LOOPBACK
from deploy.local.state import State, default_directory


def main() -> int:
    """Serve until told to stop. It signs in anybody, so it serves this machine only."""
    host, port = os.environ.get("HOST", LOOPBACK), int(os.environ.get("PORT", "8090"))
    if host != LOOPBACK:
        sys.stderr.write(f"HOST={host} is refused: this provider knows no passwords and serves {LOOPBACK} only.\n")
        return 2
    state = State(default_directory())
    state.create()
    issuer = Issuer.of(state, os.environ.get("OIDC_ISSUER") or f"http://{host}:{port}")
    app = create_app(issuer, registered(state))
    uvicorn.run(app, host=host, port=port, access_log=False, server_header=False, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
