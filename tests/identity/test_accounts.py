"""Which accounts are offered, and what is shown of them."""

import pytest

from app.identity.accounts import Offer, labels, masked_id, offered

from .given import accounts


@pytest.mark.parametrize(
    ("_case", "found", "signed", "offer"),
    [
        ("none", [], None, Offer((), guest_orders=True)),
        ("two", accounts("a", "b"), None, Offer(tuple(accounts("a", "b")), guest_orders=True)),
        ("one twice", accounts("a", "a"), None, Offer(tuple(accounts("a")), guest_orders=True)),
        ("10 unchecked", accounts(*"abcdefghij", full_match=False), None,
         Offer(tuple(accounts(*"abcdefghij", full_match=False)), guest_orders=True)),
        ("11 unchecked", accounts(*"abcdefghijk", full_match=False), None,
         Offer((), guest_orders=True, too_many=True)),
        ("11 checked", accounts(*"abcdefghijk"), None, Offer(tuple(accounts(*"abcdefghijk")), guest_orders=True)),
        ("a login proves itself", accounts("a", "b"), "b", Offer(tuple(accounts("b")), guest_orders=False)),
        ("a login with another number", accounts("a"), "c", Offer((), guest_orders=False)),
    ],
)  # fmt: skip
def test_offers(_case, found, signed, offer):
    assert offered(found, signed) == offer


def test_labels_hide_and_differ():
    assert masked_id("mina") == "mi***"
    assert masked_id("ab") == "a***"
    assert labels(["mina", "mijin", "sol"]) == ("mi*** (1)", "mi*** (2)", "so***")
