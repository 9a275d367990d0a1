"""The customer's phone: text messages that the shop sent, and the troubles of a text gateway."""

NOT_SIMULATED = (
    "통신사: 문자는 곧바로 도착하고, 길이·발신번호 등록·수신 거부를 따지지 않습니다",
    "문자 업체(Solapi, NHN Cloud)의 HTTP: 샌드박스에서는 보낼 편지함을 바로 읽습니다",
)
