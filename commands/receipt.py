"""`receipt.get`: what became of something that was confirmed, whichever command it was."""

from pydantic import Field

from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.spec import Ask, FunctionSpec
from commands.shapes import CommandParams, LineShape, ReceiptResult, ReceiptShape, RefundShape


class ReceiptParams(CommandParams):
    receipt_id: str = Field(min_length=1, max_length=60)


async def get(ask: Ask, params: ReceiptParams) -> ReceiptResult:
    return ReceiptResult(receipt=receipt_shape(await ask.ports.effects.receipt(ask, params.receipt_id)))


def receipt_shape(receipt: Receipt) -> ReceiptShape:
    shown = receipt.shown
    refund = shown.get("refund")
    return ReceiptShape(
        receipt_id=receipt.receipt_id,
        state=receipt.state.value,
        order_id=receipt.order_id,
        items=[LineShape.model_validate(line) for line in shown.get("items", ())],
        claim_code=receipt.claim_code,
        pending_id=receipt.receipt_id if receipt.state is ReceiptState.PENDING else None,
        refund=RefundShape.model_validate(refund) if refund else None,
        undo_until=receipt.undo_until,
        by=receipt.by,
        at=receipt.at,
        decision=dict(receipt.decision) if receipt.decision else None,
    )


RECEIPT = FunctionSpec("receipt.get", ReceiptParams, ReceiptResult, get)
