"""The settings of a mall that the panel offers, in the words of Cafe24's back office."""

from __future__ import annotations

from typing import Any

from app.sandbox.cafe24.state import Mall

MOST_DAYS = 365
MOST_CHARACTERS = 100

LABELS: dict[str, str] = {
    "claim_request": "취소/교환/반품 신청 사용",
    "claim_request_auto_accept": "취소·반품 신청 시 자동 접수",
    "refund_processing_setting": "접수와 환불 처리 (S 함께, D 따로)",
    "claim_request_button_date_type": "신청 가능 기간의 기준 (order_date, shipend_date)",
    "claim_request_button_period": "신청 가능 기간 (일)",
    "claim_request_button_exposure": "신청 버튼을 보이는 상태",
    "receiver_address_modify_button_exposure": "배송지 변경 버튼을 보이는 상태",
    "use_product_prepare_status": "상품준비중 단계 사용",
    "stock_recover": "재고 복구 자동 설정 사용",
    "stock_recover_base": "재고 복구 (T 자동, F 안 함, M 선택)",
    "customer_pays_return_shipping": "반품 배송비를 구매자가 온라인 결제",
    "refund_bank_account_required": "환불 계좌 필수",
}


class SettingRefused(Exception):
    """The panel asked for a setting or a value that this mall cannot have."""


def offered(mall: Mall, shop_no: int) -> list[dict[str, Any]]:
    """What exists in this mall's order settings: the well-known first, then the rest as they are named."""
    order = mall.settings[shop_no].order
    known = [name for name in LABELS if name in order]
    rest = [name for name in order if name not in LABELS and _kind(order[name]) is not None]
    return [
        {"name": name, "label": LABELS.get(name, name), "kind": _kind(order[name]), "value": order[name]}
        for name in [*known, *rest]
        if _kind(order[name]) is not None
    ]


def change(mall: Mall, shop_no: int, name: str, value: Any) -> None:
    """Sets one order setting, in the form that it has."""
    if shop_no not in mall.settings or name not in mall.settings[shop_no].order:
        raise SettingRefused(f"이 몰에 없는 설정입니다: {name}")
    order = mall.settings[shop_no].order
    if not _fits(_kind(order[name]), value):
        raise SettingRefused(f"{name}에 넣을 수 없는 값입니다.")
    order[name] = value


def _fits(kind: str | None, value: Any) -> bool:
    if kind == "flag":
        return value in ("T", "F")
    if kind == "number":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_DAYS
    if kind == "list":
        return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    return kind == "text" and isinstance(value, str) and len(value) <= MOST_CHARACTERS


def _kind(value: Any) -> str | None:
    if value in ("T", "F"):
        return "flag"
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return "list"
    return None
