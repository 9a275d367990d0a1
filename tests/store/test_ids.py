import uuid
from datetime import timedelta

from app.ids import new_id

from .given import NOON


def test_ids_sort_by_when_and_in_which_order_they_were_made():
    ids = [new_id(NOON) for _ in range(2000)] + [new_id(NOON + timedelta(milliseconds=1))]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_ids_are_uuid_7():
    made = uuid.UUID(new_id(NOON))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == int(NOON.timestamp() * 1000)


def test_a_clock_that_goes_back_makes_new_ids_too():
    assert new_id(NOON) != new_id(NOON - timedelta(days=1)) != new_id(NOON)


def test_ids_of_one_moment_keep_their_order_whatever_is_made_between():
    moment, other = NOON, NOON + timedelta(seconds=5)
    made = []
    for _ in range(50):
        made.append(new_id(moment))
        new_id(other)
    assert made == sorted(made)
