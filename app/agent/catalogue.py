"""Which tools there are: one line each. The words are for a model that must choose, so they say when not to."""

from collections.abc import Mapping

from app.ports import Function
from app.ports.agents import Scope

from . import wire
from .tools import ACTS, PREVIEWS, READS, SENDS, Kind, Run, Tool

READ, PREVIEW, CONFIRM = Scope.READ, Scope.PREVIEW, Scope.CONFIRM
COMMANDS: tuple[tuple[str, str, Scope, Kind, str], ...] = (
    ("orderList.view", "Recent orders", READ, READS,
     "The customer's newest orders, five at most, with state and tracking. Start here when no order number is known."),
    ("orderList.detail", "One order", READ, READS,
     "One order of this customer: items, payment, delivery, claims, and what may be done with it and why not."),
    ("cancel.candidates", "What can be cancelled", READ, READS,
     "Orders and items that can be cancelled now. `why` and `hidden` explain what cannot. Changes nothing."),
    ("cancel.preview", "Preview a cancellation", PREVIEW, PREVIEWS,
     ("What a cancellation of these items would do: decision, outcome and refund. Gives a planToken for ten "
      "minutes. Cancels nothing. Show the outcome to the customer before you go on.")),
    ("cancel.confirm", "Cancel", CONFIRM, ACTS,
     "Carries a previewed cancellation out. Needs an approval, see approval_request. Safe to repeat."),
    ("cancel.undo", "Undo a cancellation", CONFIRM, ACTS,
     "Takes a cancellation back while its receipt is `scheduled`. Needs an approval for that receipt."),
    ("exchangeReturn.candidates", "What can be exchanged or returned", READ, READS,
     "Orders and items that can be exchanged or returned now, and why others cannot. Changes nothing."),
    ("exchangeReturn.preview", "Preview an exchange or return", PREVIEW, PREVIEWS,
     ("What an exchange or a return of these items would do, and who pays the shipping. Gives a planToken for "
      "ten minutes. Files nothing.")),
    ("exchangeReturn.confirm", "Exchange or return", CONFIRM, ACTS,
     "Files a previewed exchange or return. Needs an approval, see approval_request. Safe to repeat."),
    ("exchangeReturn.withdraw", "Withdraw an exchange or return", CONFIRM, ACTS,
     "Takes back a claim that still waits for a manager. Needs an approval for its receipt."),
    ("addressChange.candidates", "Orders whose address can change", READ, READS,
     "Orders that can still be sent elsewhere, and why others cannot. Changes nothing."),
    ("addressChange.preview", "Preview a new address", PREVIEW, PREVIEWS,
     ("Whether a whole order can be sent to this address, and whether the fee stays the same. Gives a planToken "
      "for ten minutes. Changes nothing.")),
    ("addressChange.confirm", "Change the address", CONFIRM, ACTS,
     "Sends a previewed order to its new address. Always needs an approval. Safe to repeat."),
    ("shipDate.view", "Ship dates", READ, READS,
     "When items are expected to leave the warehouse, for one order or those being prepared. No firm promise."),
    ("receipt.get", "Receipt", READ, READS,
     "What became of a confirmed plan: its state, refund and, if it failed, why."),
)  # fmt: skip
APPROVED = frozenset({"cancel.undo", "exchangeReturn.withdraw"})


def tool_name(function: str) -> str:
    """`exchangeReturn.preview` → `exchange_return_preview`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in function).replace(".", "_")


def commands(functions: Mapping[str, Function], read: Run, act: Run) -> list[Tool]:
    """`read` and `act` get the Function's name with the params: (name, params)."""
    return [
        Tool(
            tool_name(name),
            title,
            says,
            scope,
            kind,
            functions[name].params,
            functions[name].result,
            _named(name, act if kind is ACTS else read),
            approvable=kind is ACTS,
        )
        for name, title, scope, kind, says in COMMANDS
    ]


def _named(name: str, run: Run) -> Run:
    async def named(turn: object, params: object) -> object:
        return await run(turn, (name, params))  # type: ignore[arg-type]

    return named


def people(send: Run, verify: Run, choose: Run, ask: Run) -> list[Tool]:
    return [
        Tool(
            "identity_send_code",
            "Send a code",
            "Sends a six-digit code to the mobile phone of the customer you talk to (Korean numbers only). Ask them "
            "first. Do this before anything about orders.",
            READ,
            SENDS,
            wire.SendCodeParams,
            wire.SentCode,
            send,
            for_customer=False,
        ),
        Tool(
            "identity_verify_code",
            "Check the code",
            "Checks the code that the customer tells you. Gives a customerHandle for 30 minutes and the accounts "
            "behind the number. Next, let the customer choose with identity_choose_account.",
            READ,
            SENDS,
            wire.VerifyCodeParams,
            wire.VerifiedCustomer,
            verify,
            for_customer=False,
        ),
        Tool(
            "identity_choose_account",
            "Choose an account",
            "Whose orders to look at: an accountRef that was offered, or guest: true for orders without membership. "
            "With neither it lists the accounts again.",
            READ,
            Kind(idempotent=True),
            wire.ChooseParams,
            wire.ChosenAccount,
            choose,
        ),
        Tool(
            "approval_request",
            "Ask for an approval",
            "Asks the customer by a second text message that names action, order and amount (3 minutes, 3 tries), or "
            "a manager of the shop. Takes a planToken, or the receiptId of what is to be undone or withdrawn.",
            CONFIRM,
            SENDS,
            wire.ApprovalParams,
            wire.AskedApproval,
            ask,
        ),
    ]
