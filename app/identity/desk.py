"""Whose orders a manager sees in a chat: the chat's own login, or its phone session. A profile is never identity."""

from app.clock import Clock
from app.ports import Connection, Conversation, PhoneSessions
from commands.kernel.who import Customer, Member

from .choices import identity_choices
from .sessions import Sessions, is_alive, member_id_of


class ChatCustomers:
    def __init__(
        self, sessions: Sessions, store: PhoneSessions, conversation: Conversation, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._conversation = conversation
        self._clock = clock

    async def customer_of_chat(
        self, connection: Connection, user_chat_id: str, *, by_phone_only: bool = False
    ) -> Customer | None:
        """`by_phone_only`: for a login that the mall does not know. Raises `Unavailable`.

        A phone session counts only if the chat still belongs to the user who made it.
        """
        channel_id = connection.shop.channel_id
        user = await self._conversation.customer_of_chat(channel_id, user_chat_id)
        if user is None:
            return None
        member_id = None if by_phone_only else member_id_of(user, user.id)
        if member_id is not None:
            return Member(member_id, proven=identity_choices(connection.settings).members_are_proven)
        now = self._clock()
        for session in await self._store.of_chat(channel_id, user_chat_id):
            if is_alive(session, now) and user.id == session.chat_user_id:
                return self._sessions.customer_in(session)
        return None
