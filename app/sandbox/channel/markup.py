"""The text markup of messages, read into a tree that a page can show without ever parsing HTML."""

from __future__ import annotations

import html
import re
from typing import Any

from app.sandbox.channel.errors import invalid

Node = dict[str, Any]

_TOKEN = re.compile(r"<[^<>]*>|[^<>]+|[<>]")
_LINK = re.compile(r'<link type="(url|manager|team)" value="([^"<>]*)">')
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|#39);)")
_VARIABLE = re.compile(r"\$\{[^|{}]*(?:\|([^{}]*))?\}")


def tree(markup: str) -> list[Node]:
    """Nodes `{"text"}`, `{"b": [..]}`, `{"i": [..]}`, `{"link", "value", "nodes"}`; refuses bare `<` and `&`."""
    if _ENTITY.search(markup):
        raise invalid("text block: & must be escaped")
    root: list[Node] = []
    open_tags: list[tuple[str, list[Node]]] = [("", root)]
    for token in _TOKEN.findall(markup):
        here = open_tags[-1][1]
        if token[0] not in "<>":
            here.append({"text": _plain(token)})
        elif token in {"<b>", "<i>"}:
            inside: list[Node] = []
            here.append({token[1]: inside})
            open_tags.append((f"</{token[1]}>", inside))
        elif match := _LINK.fullmatch(token):
            inside = []
            here.append({"link": match[1], "value": _address(match[1], match[2]), "nodes": inside})
            open_tags.append(("</link>", inside))
        elif token == open_tags[-1][0]:
            open_tags.pop()
        else:
            raise invalid(f"text block: {token!r} is no markup here; escape < and >")
    if len(open_tags) > 1:
        raise invalid(f"text block: {open_tags[-1][0]} is missing")
    return root


def _plain(text: str) -> str:
    """Variables show their fallback, because nothing here fills them in."""
    return html.unescape(_VARIABLE.sub(lambda match: match[1] or "", text))


def _address(kind: str, value: str) -> str:
    address = html.unescape(value)
    if kind == "url" and not address.startswith(("https://", "http://")):
        raise invalid("text block: a link needs an http address")
    return address
