"""The composition root in parts. Only `app.main` and tests import it."""
