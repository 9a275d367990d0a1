"""The official extensions beside `command` and `hook`, and who asks when the platform itself calls."""

from app.channel.chat_token import chat_token
from app.channel.suggestions import AskOf
from app.clock import Clock
from app.keys import KeyRing
from app.ports import Asking, Call, Surface
from commands.kernel.spec import Ask, CommandSpec


def asks_in_chats(asking: Asking, keys: KeyRing, clock: Clock) -> AskOf:
    """For calls without a chat token: a manager asks for the customer of the chat that the signed context names."""

    async def ask_of(call: Call, command: CommandSpec | None) -> Ask:
        token = None
        if call.surface is Surface.MANAGER and call.user_chat_id:
            token = chat_token(
                keys,
                channel_id=call.channel_id,
                manager_id=call.caller_id,
                chat_id=call.user_chat_id,
                now=clock(),
            )
        return await asking.ask(call, command, token)

    return ask_of
