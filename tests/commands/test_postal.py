"""What customers type into an address form, member by member."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.kernel.address import Address
from commands.postal import AddressParams, address_params, read_address

GOOD = {
    "receiverName": "김수진",
    "cellphone": "010-1234-5678",
    "zipcode": "06236",
    "address1": "서울특별시 강남구 테헤란로 10",
    "address2": "3층",
}


def read(**different):
    return read_address(AddressParams.model_validate(GOOD | different))


def test_a_good_address_is_kept_as_typed():
    address, problems = read(message="문 앞에 놓아 주세요")
    assert problems == {}
    assert address == Address(*GOOD.values(), message="문 앞에 놓아 주세요")


@pytest.mark.parametrize(
    ("_case", "typed", "kept"),
    [
        ("전각 숫자", {"zipcode": "０６２３６"}, {"zipcode": "06236"}),
        ("붙여 쓴 번호", {"cellphone": "01012345678"}, {"cellphone": "010-1234-5678"}),
        ("국가번호", {"cellphone": "+82 10-1234-5678"}, {"cellphone": "010-1234-5678"}),
        ("여러 칸과 줄바꿈", {"address2": "  3층 \n  302호 "}, {"address2": "3층 302호"}),
        ("풀어쓴 한글", {"receiverName": "김수진"}, {"receiver_name": "김수진"}),
        ("집 전화", {"phone": "025551234"}, {"phone": "02-555-1234"}),
        ("안심번호", {"phone": "0504-1234-5678"}, {"phone": "0504-1234-5678"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tidied(_case, typed, kept):
    address, problems = read(**typed)
    assert problems == {}
    assert {name: getattr(address, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("_case", "typed", "code"),
    [
        ("이름 없음", {"receiverName": " "}, "missing"),
        ("상세주소 없음", {"address2": ""}, "missing"),
        ("300자", {"address1": "가" * 300}, "too_long"),
        ("이모지", {"address2": "3층 🏠"}, "odd_characters"),
        ("제어 문자", {"receiverName": "김\u0000수진"}, "odd_characters"),
        ("보이지 않는 문자", {"address2": "3\u202e층"}, "odd_characters"),
        ("여섯 자리 우편번호", {"zipcode": "135-080"}, "too_long"),
        ("없는 우편번호", {"zipcode": "00000"}, "not_a_postcode"),
        ("있을 수 없는 우편번호", {"zipcode": "99999"}, "not_a_postcode"),
        ("글자가 든 우편번호", {"zipcode": "0623A"}, "not_a_postcode"),
        ("해외 주소", {"address1": "1600 Amphitheatre Parkway"}, "not_korean"),
        ("해외 번호", {"cellphone": "+1 650-253-0000"}, "not_a_mobile"),
        ("집 전화를 휴대폰 칸에", {"cellphone": "02-555-1234"}, "not_a_mobile"),
        ("전화번호가 아님", {"phone": "전화 주세요"}, "not_a_number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused(_case, typed, code):
    address, problems = read(**typed)
    assert address is None
    assert problems == dict.fromkeys(typed, code)


def test_every_problem_is_named_at_once():
    _, problems = read(zipcode="1", cellphone="x", address1="")
    assert problems == {"zipcode": "not_a_postcode", "cellphone": "not_a_mobile", "address1": "missing"}


@given(st.dictionaries(st.sampled_from([*GOOD, "phone", "message"]), st.text(max_size=120)))
def test_whatever_is_typed_is_kept_clean_or_refused(typed):
    address, problems = read_address(AddressParams.model_validate(GOOD | typed))
    assert (address is None) == bool(problems)
    if address:
        again, _ = read_address(AddressParams.model_validate(address_params(address)))
        assert again == address
        assert all(c.isprintable() for value in address_params(address).values() for c in value)
