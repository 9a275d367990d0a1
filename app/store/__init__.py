"""What is kept: one database of two kinds, and a repository for each port."""

from .database import OpenDatabase, open_database
from .errors import Duplicate, TransactionLost
from .store import Store, open_store, store_on

__all__ = ["Duplicate", "OpenDatabase", "Store", "TransactionLost", "open_database", "open_store", "store_on"]
