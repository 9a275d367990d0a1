"""연결 코드: carries a mall from its back office to a desk in Channel, by way of a person who types it."""

import re
import secrets
from datetime import datetime, timedelta

from app.ports import Once

PURPOSE = "pairing_code"
LIFE = timedelta(minutes=10)
LENGTH = 8
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that two people could read differently


async def new_code(once: Once, mall_id: str, shop_no: int, now: datetime) -> str:
    """A code that no other mall holds, as a person reads it: ABCD-2345."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if await once.first(PURPOSE, code, now, now + LIFE, f"{mall_id}/{shop_no}"):
            return f"{code[:4]}-{code[4:]}"


def read_code(typed: str) -> str:
    """As typed: blanks, hyphens and small letters do not matter."""
    return re.sub(r"[\s-]", "", typed).upper()
