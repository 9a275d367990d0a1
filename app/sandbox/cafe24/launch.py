"""The signed query of an app launch from the mall's back office."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from app.sandbox.cafe24.state import Mall
from app.sandbox.cafe24.wire import flag


def launch_query(
    mall: Mall,
    client_secret: str,
    now: Callable[[], datetime],
    user_id: str,
    user_type: str = "P",
    shop_no: int = 1,
) -> str:
    """The raw query string, pairs in alphabetical order, `hmac` over all the others at the end."""
    operator = next((row for row in mall.operators if row["user_id"] == user_id), {"user_name": user_id})
    pairs = {
        "is_multi_shop": flag(len(mall.shops) > 1),
        "lang": "ko_KR",
        "mall_id": mall.mall_id,
        "nation": "KR",
        "shop_no": str(shop_no),
        "timestamp": str(int(now().timestamp())),
        "user_id": user_id,
        "user_name": operator["user_name"],
        "user_type": user_type,
    }
    message = "&".join(f"{key}={quote(value, safe='')}" for key, value in pairs.items())
    digest = hmac.new(client_secret.encode(), message.encode(), hashlib.sha256).digest()
    return f"{message}&hmac={quote(b64encode(digest), safe='')}"
