"""Messages as bytes for Channel: nothing that a product is called can become markup (CHANNEL.md §6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channel.messages import CommandButton, button, escaped, message
from app.sandbox.channel.markup import tree
from app.sandbox.channel.message import check

JOINER = "\u2060"


@pytest.mark.parametrize(
    ("_case", "text", "wire"),
    [
        ("plain Korean", "한옥 컵 2개", "한옥 컵 2개"),
        ("markup", "<b>굵게</b>", "&lt;b&gt;굵게&lt;/b&gt;"),
        (
            "a link",
            '<link type="url" value="https://x">공짜</link>',
            "&lt;link type=&quot;url&quot; value=&quot;https://x&quot;&gt;공짜&lt;/link&gt;",
        ),
        ("an ampersand, escaped once", "A&B &amp; C", "A&amp;B &amp;amp; C"),
        ("quotes", """그는 "네" 라고 'ok'""", "그는 &quot;네&quot; 라고 'ok'"),
        ("a variable", "${user.name|고객}", f"${JOINER}{{user.name|고객}}"),
        ("a lone dollar", "$5 {x}", "$5 {x}"),
        ("two dollars", "$${x}", f"$${JOINER}{{x}}"),
        ("an emoji", ":smile:", f":{JOINER}smile:"),
        ("an emoji beside a time", "10:30 :+1:", f"10:30 :{JOINER}+1:"),
        ("a time of day", "10:30:00", f"10:{JOINER}30:00"),
        ("a colon", "색상: 아이보리", "색상: 아이보리"),
        ("nothing", "", ""),
    ],
)
def test_escaping(_case: str, text: str, wire: str) -> None:
    assert escaped(text) == wire


@given(st.text(max_size=80))
def test_whatever_is_escaped_comes_out_as_it_was_and_as_text_only(text: str) -> None:
    nodes = tree(escaped(text))
    assert all(node.keys() == {"text"} for node in nodes)
    assert "".join(node["text"] for node in nodes).replace(JOINER, "") == text.replace(JOINER, "")


@given(st.text(alphabet='<>&"$:{}|ab\n', max_size=40))
def test_no_variable_and_no_emoji_survives(text: str) -> None:
    wire = escaped(text)
    assert "${" not in wire
    assert "<" not in wire
    assert '"' not in wire


def test_lines_become_blocks_and_empty_lines_none() -> None:
    dto = message("첫 줄\n\n<둘째>\n", request_id="r", bot_name="주문 도우미")
    assert dto["blocks"] == [
        {"type": "text", "value": "첫 줄"},
        {"type": "text", "value": "&lt;둘째&gt;"},
    ]
    assert dto["requestId"] == "r"
    assert "options" not in dto
    assert "buttons" not in dto


def test_a_private_note() -> None:
    assert message("x", request_id="r", bot_name="b", private=True)["options"] == ["MESSAGE_OPTION_PRIVATE"]


@pytest.mark.parametrize(
    ("form", "action"),
    [
        ("flat", {"type": "command", "appId": "app", "name": "orderList"}),
        ("attributes", {"type": "command", "attributes": {"appId": "app", "name": "orderList"}}),
    ],
)
def test_both_forms_of_a_button(form: str, action: dict) -> None:
    made = button(CommandButton("내 주문 보기", "app", "orderList"), form)  # type: ignore[arg-type]
    assert made == {"title": "내 주문 보기", "action": action}


def test_titles_end_at_thirty_characters_and_there_are_two_buttons_at_most() -> None:
    buttons = tuple(CommandButton("가" * n, "app", "orderList") for n in (30, 31, 5))
    dto = message("x", request_id="r", bot_name="b", buttons=buttons)
    assert [len(b["title"]) for b in dto["buttons"]] == [30, 30]


@given(st.text(max_size=200), st.text(min_size=1, max_size=60))
def test_the_appstore_takes_every_message(text: str, title: str) -> None:
    if not text.strip("\n"):
        return
    for form in ("flat", "attributes"):
        dto = message(
            text,
            request_id="r",
            bot_name="주문 도우미",
            buttons=(CommandButton(title, "app", "orderList"),),
            private=True,
            form=form,  # type: ignore[arg-type]
        )
        assert check(dto) == dto
