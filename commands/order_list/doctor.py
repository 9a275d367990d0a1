"""What stands between a customer and `/주문목록`, told to the merchant beforehand. Pure."""

from collections.abc import Iterator

from commands.kernel.decision import ChangesWhen, Effect, Finding, Layer
from commands.kernel.doctor import ShopFacts

CONSOLE_CONNECTION = "jumun 콘솔 > 연동"
HASH_PATH = "채널 설정 > 보안 및 개발 > 멤버 해시"


def examine(facts: ShopFacts) -> Iterator[Finding]:
    yield from the_connection(facts)
    yield from the_identity(facts)
    if not facts.command_on:
        yield Finding(
            "D5", "command_off", Effect.NOTES, Layer.COMMAND_SETTING, setting_path="commands.orderList"
        )


def the_connection(facts: ShopFacts) -> Iterator[Finding]:
    """D1: 연결이 끊겼거나 멈춤. D2: 동의되지 않은 권한."""
    if facts.reconnect_needed:
        yield Finding(
            "D1",
            "reconnect_needed",
            Effect.BLOCKS,
            Layer.MALL_SETTING,
            setting_path=CONSOLE_CONNECTION,
            changes_when=ChangesWhen(act="reconnect"),
        )
    if facts.suspended:
        yield Finding("D1", "shop_suspended", Effect.BLOCKS, Layer.MALL_SETTING)
    if facts.missing_scopes:
        yield Finding(
            "D2",
            "scopes_missing",
            Effect.LOWERS,
            Layer.MALL_SETTING,
            facts={"scopes": ", ".join(facts.missing_scopes)},
            setting_path=CONSOLE_CONNECTION,
            changes_when=ChangesWhen(act="reconnect"),
        )


def the_identity(facts: ShopFacts) -> Iterator[Finding]:
    """D3: 회원 해시 미확인. D4: 문자 발송 불가 또는 번호 부분 확인."""
    if facts.member_trust == "hash" and not facts.member_hash_confirmed:
        yield Finding(
            "D3",
            "member_hash_unconfirmed",
            Effect.LOWERS,
            Layer.IDENTITY,
            setting_path=HASH_PATH,
            changes_when=ChangesWhen(act="confirm_member_hash"),
        )
    if not facts.texts_can_be_sent:
        yield Finding("D4", "texts_off", Effect.LOWERS, Layer.IDENTITY, setting_path="sms.provider")
    if not facts.whole_number_checked:
        yield Finding("D4", "number_filter_trusted", Effect.NOTES, Layer.IDENTITY)
