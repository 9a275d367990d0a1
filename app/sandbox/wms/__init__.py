"""The simulated warehouse, and the two servers that show it to the world: Sellmate's and Fassto's."""

NOT_SIMULATED = (
    "셀메이트의 주문·취소·보류·반품·교환·주소 변경: 공개된 문서가 없어 경로와 필드를 짐작했습니다 (가정)",
    "셀메이트의 주문 상태와 Fassto의 취소된 출고를 부르는 말, 품목코드로 찾는 필터도 짐작입니다 (가정)",
    "창고는 스스로 일하지 않습니다: 송장 출력, 입고, 출고는 실험실에서 누를 때만 일어납니다",
    "주문은 물어볼 때 바로 수집됩니다. Fassto의 수집 시각과 반품·입고 요청은 없습니다",
    "호출 제한과 등록된 IP 검사는 고장을 심을 때만 만납니다",
)
