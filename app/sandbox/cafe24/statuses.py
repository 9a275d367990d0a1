"""Line status codes: the mall's Korean labels and what a code says about payment and shipping."""

from __future__ import annotations

LABELS: dict[str, str] = {
    "N00": "입금전", "N01": "교환접수-교환상품", "N02": "입금전-카드결제대기", "N03": "교환접수-카드결제대기",
    "N10": "상품준비중", "N20": "배송준비중", "N21": "배송대기", "N22": "배송보류",
    "N30": "배송중", "N40": "배송완료", "N50": "구매확정",
    "C00": "취소신청", "C10": "취소접수", "C11": "취소접수거부", "C34": "취소처리중-환불전",
    "C35": "취소처리중-환불완료", "C36": "취소처리중-환불보류", "C40": "취소완료", "C41": "취소완료-환불전",
    "C42": "취소완료-환불요청중", "C43": "취소완료-환불보류", "C47": "입금전취소-구매자",
    "C48": "입금전취소-자동취소", "C49": "입금전취소-관리자",
    "R00": "반품신청", "R10": "반품접수", "R11": "반품접수거부", "R12": "반품보류", "R13": "반품접수-수거완료",
    "R20": "반품수거완료", "R30": "반품처리중-수거전", "R31": "반품처리중-수거완료", "R34": "반품처리중-환불전",
    "R36": "반품처리중-환불보류", "R40": "반품완료-환불완료", "R41": "반품완료-환불전",
    "R42": "반품완료-환불요청중", "R43": "반품완료-환불보류",
    "E00": "교환신청", "E10": "교환접수", "E11": "교환접수거부", "E12": "교환보류", "E13": "교환접수-수거완료",
    "E20": "교환준비", "E30": "교환처리중-수거전", "E31": "교환처리중-수거완료", "E32": "교환처리중-입금전",
    "E33": "교환처리중-입금완료", "E34": "교환처리중-환불전", "E35": "교환처리중-환불완료",
    "E36": "교환처리중-환불보류", "E40": "교환완료",
}  # fmt: skip

UNPAID = frozenset({"N00", "N02", "C47", "C48", "C49"})
CANCELLED = frozenset({"C35", "C40", "C41", "C42", "C43", "C47", "C48", "C49"})
RETURNED = frozenset({"R40", "R41", "R42", "R43"})
IN_TRANSIT = frozenset({"N30"})
DELIVERED = frozenset({"N40", "N50"})
ON_HOLD = frozenset({"N22"})


def label(code: str) -> str:
    """The mall's label; a code that this table does not know speaks for itself."""
    return LABELS.get(code, code)


def coarse(code: str, *, replacement: bool = False) -> str:
    """`status_code`: N1 normal, N2 replacement, C1/C2 cancelled, C3 returned, E1 exchanged."""
    if replacement:
        return "N2"
    if code in {"C47", "C48", "C49"}:
        return "C1"
    return {"C": "C2", "R": "C3", "E": "E1"}.get(code[:1], "N1")
