"""The schema, for Alembic and for readers; the statements are plain SQL in the repositories beside this file.

`mall_id` leads every key where a mall exists. Columns in `_enc` are sealed (see sealed.py), `_hash` are look-ups
of what is not kept, instants are epoch milliseconds, JSON is text. Ids are ours: no serials.
"""

from . import agents, evidence, phone, records, ship_dates, shops, wms, work
from .base import metadata

__all__ = ["agents", "evidence", "metadata", "phone", "records", "ship_dates", "shops", "wms", "work"]
