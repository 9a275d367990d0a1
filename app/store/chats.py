"""The chat of a customer's last command."""

from datetime import datetime

from app.clock import to_millis
from commands.kernel.who import ChannelId

from .database import OpenDatabase


class SqlChats:
    def __init__(self, database: OpenDatabase) -> None:
        self._database = database

    async def remember(self, channel_id: ChannelId, user_id: str, user_chat_id: str, at: datetime) -> None:
        """Calls arrive out of order: an older one changes nothing."""
        await self._database.write(
            """INSERT INTO chat_of_user (channel_id, user_id, user_chat_id, at)
            VALUES (:channel_id, :user_id, :user_chat_id, :at)
            ON CONFLICT (channel_id, user_id) DO UPDATE
                SET user_chat_id = excluded.user_chat_id, at = excluded.at WHERE chat_of_user.at <= excluded.at""",
            channel_id=channel_id,
            user_id=user_id,
            user_chat_id=user_chat_id,
            at=to_millis(at),
        )

    async def of_user(self, channel_id: ChannelId, user_id: str) -> str | None:
        rows = await self._database.read(
            "SELECT user_chat_id FROM chat_of_user WHERE channel_id = :channel_id AND user_id = :user_id",
            channel_id=channel_id,
            user_id=user_id,
        )
        return str(rows[0]["user_chat_id"]) if rows else None
