"""Runs the portal: ``python -m services.portal``."""

import sys

from services.kit import logging
from services.kit.process import run_process, serve
from services.kit.settings import SettingsError
from services.portal.app import create_app
from services.portal.settings import PortalSettings
from services.portal.themes import ThemeError


async def run() -> None:
    """Serve until told to stop. Raises ``SettingsError`` for a setting or a theme that is wrong."""
    settings = PortalSettings.load()
    try:
        app = create_app(settings)
    except ThemeError as error:
        raise SettingsError(str(error)) from error
    logging.configure("portal", settings.log_level)
    await serve(app, settings)


def main() -> int:
    """Entry point; what is wrong with a setting or a theme is told in one line, with exit status 2."""
    return run_process("portal", run)


if __name__ == "__main__":
    sys.exit(main())
