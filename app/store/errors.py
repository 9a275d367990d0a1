"""What a database refuses. Anything else of a driver passes as it is: the store is down or the SQL is wrong."""

from app.errors import AppError


class TransactionLost(AppError):
    """Another writer was in the way. Nothing was kept; the whole transaction may be repeated."""


class Duplicate(AppError):
    """A row with this key stands already. On PostgreSQL the transaction around it is lost too."""
