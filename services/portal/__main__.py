"""Runs the portal: ``python -m services.portal``."""

import sys

import uvicorn

from services.kit import logging, tracing
from services.kit.settings import SettingsError
from services.portal.app import create_app
from services.portal.settings import PortalSettings
from services.portal.themes import ThemeError


def main() -> int:
    """Start the portal; a setting or theme that is wrong is told in one line, with exit status 2."""
    try:
        settings = PortalSettings.load()
        app = create_app(settings)
    except (SettingsError, ThemeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.configure("portal", settings.log_level)
    tracing.configure("portal", settings.otel_exporter_otlp_endpoint)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port or 8080,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
