"""Which native calls are answered, and with which token."""

from __future__ import annotations

APP_CALLS = frozenset({"registerExtension", "unregisterExtension"})
CHANNEL_CALLS = frozenset({
    "writeUserChatMessage", "writeUserChatMessageAsManager", "writeUserChatMessageAsUser",
    "writeGroupMessage", "patchMessage", "getUserChat", "manageUserChat", "updateUserChatState",
    "getUser", "searchUser", "getManager", "getChannel", "getGroup",
})  # fmt: skip
NATIVE_NAMES = CHANNEL_CALLS
