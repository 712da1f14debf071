"""Runs the portal: ``python -m services.portal``."""

import gc
import sys

gc.disable()  # until it is complete: services.kit.garbage

from services.kit import logging  # noqa: E402
from services.kit.process import run_process, serve  # noqa: E402
from services.kit.settings import SettingsError  # noqa: E402
from services.portal.app import create_app  # noqa: E402
from services.portal.settings import PortalSettings  # noqa: E402
from services.portal.themes import ThemeError  # noqa: E402


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
