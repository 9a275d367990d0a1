"""The console of managers and operators at `/console`: signing in, and the page 연동. Plain pages, no script."""

from .routes import console_routes, console_sign_in

__all__ = ["console_routes", "console_sign_in"]
