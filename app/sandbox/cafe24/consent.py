"""The two pages that a person sees on the way through OAuth."""

from __future__ import annotations

from html import escape

from app.sandbox.cafe24.state import Mall

SCOPE_WORDS: dict[str, str] = {
    "application": "앱", "store": "상점", "product": "상품", "category": "상품분류", "customer": "회원",
    "privacy": "개인정보", "promotion": "프로모션", "notification": "알림", "order": "주문", "shipping": "배송",
    "mileage": "적립금", "supply": "공급사", "personal": "개인화정보", "collection": "판매분류",
    "community": "게시판", "salesreport": "매출통계", "design": "디자인", "translation": "번역",
}  # fmt: skip
KINDS = {"P": "대표운영자", "A": "부운영자"}

STYLE = """
:root { color-scheme: light; font-family: system-ui, "Apple SD Gothic Neo", "Malgun Gothic", sans-serif; }
body { margin: 0; background: #f3f5f8; color: #1c2430; line-height: 1.6; word-break: keep-all; }
main { max-width: 30rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.notice { background: #fff4d6; border: 1px solid #8a6100; border-radius: .5rem; padding: .75rem 1rem; }
fieldset { border: 1px solid #6b7686; border-radius: .5rem; margin: 1.25rem 0; padding: .5rem 1rem 1rem; }
label { display: flex; gap: .5rem; align-items: center; min-height: 2.75rem; }
input { width: 1.25rem; height: 1.25rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button { flex: 1 1 9rem; min-height: 3rem; font: inherit; border-radius: .5rem; border: 1px solid #1b4fd1; }
button { background: #fff; color: #1b4fd1; cursor: pointer; }
button.agree { background: #1b4fd1; color: #fff; font-weight: 600; }
:focus-visible { outline: 3px solid #d1531b; outline-offset: 2px; }
"""


def consent_page(mall: Mall, scopes: tuple[str, ...]) -> str:
    """Who is logged in, what the app asks for, and two buttons."""
    operators = "".join(
        f'<label><input type="radio" name="operator" value="{escape(row["user_id"])}"'
        f"{' checked' if row['admin_type'] == 'P' else ''}>"
        f"{escape(row['user_name'])} ({KINDS[row['admin_type']]}, {escape(row['user_id'])})</label>"
        for row in mall.operators
    )
    wanted = "".join(f"<li>{escape(_words(scope))} <small>{escape(scope)}</small></li>" for scope in scopes)
    shop = f"<strong>{escape(mall.store['shop_name'])}</strong> ({escape(mall.mall_id)})"
    return _page(
        "앱 권한 동의",
        f"""
<p>{shop}에 jumun 앱을 연결합니다.</p>
<form method="post">
<fieldset><legend>로그인한 운영자</legend>{operators}</fieldset>
<h2>앱이 요청하는 권한</h2>
<ul>{wanted}</ul>
<div class="buttons">
<button class="agree" name="decision" value="agree">동의함</button>
<button name="decision" value="cancel">취소</button>
</div>
</form>""",
    )


def trouble_page(sentence: str) -> str:
    """An error that never reaches the app."""
    return _page("연결할 수 없습니다", f"<p>{escape(sentence)}</p>")


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="ko">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} (모의 카페24)</title><style>{STYLE}</style></head>
<body><main>
<p class="notice" role="note">시뮬레이션입니다. 실제 카페24가 아니며 어떤 정보도 밖으로 나가지 않습니다.</p>
<h1>{escape(title)}</h1>{body}
</main></body></html>"""


def _words(scope: str) -> str:
    verb, _, resource = scope.removeprefix("mall.").partition("_")
    return f"{SCOPE_WORDS.get(resource, resource)} {'쓰기' if verb == 'write' else '읽기'}"
