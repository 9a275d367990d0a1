"""Markup becomes a tree; text in it is text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.channel.errors import NativeRefused
from app.sandbox.channel.markup import tree

CASES = [
    ("plain", "주문", [{"text": "주문"}]),
    ("escaped", "a &lt;b&gt; &amp; &quot;c&quot;", [{"text": 'a <b> & "c"'}]),
    (
        "bold in text",
        "a <b>b <i>c</i></b>",
        [{"text": "a "}, {"b": [{"text": "b "}, {"i": [{"text": "c"}]}]}],
    ),
    (
        "link",
        '<link type="url" value="https://x.example/?a=1&amp;b=2">열기</link>',
        [{"link": "url", "value": "https://x.example/?a=1&b=2", "nodes": [{"text": "열기"}]}],
    ),
    (
        "mention",
        '<link type="manager" value="m1">@지우</link>',
        [{"link": "manager", "value": "m1", "nodes": [{"text": "@지우"}]}],
    ),
    ("variable", "${user.name|고객}님 ${x}", [{"text": "고객님 "}]),
]


@pytest.mark.parametrize(("_case", "markup", "want"), CASES)
def test_markup(_case, markup, want):
    assert tree(markup) == want


@pytest.mark.parametrize(
    "bad", ["<", "a>b", "<b>", "</b>", "<b><i></b></i>", "<img src=x>", "&nbsp;", "<B>x</B>"]
)
def test_anything_else_is_refused(bad):
    with pytest.raises(NativeRefused):
        tree(bad)


@given(st.text().filter(lambda text: "${" not in text))
def test_escaped_text_comes_back_as_it_was(text):
    markup = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert "".join(node["text"] for node in tree(markup)) == text
