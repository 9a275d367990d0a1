"""Everything besides orders: settings, store, operators, members, products, shipping, pictures."""

from xml.etree import ElementTree as ET

import pytest


async def test_order_settings_are_under_the_key_order(get):
    setting = (await get("/orders/setting")).json()["order"]
    assert "cancel_N20" in setting["claim_request_button_exposure"]
    assert setting["stock_recover_individual"]["cancel_return"] == "M"
    assert (await get("/orders/status")).json()["status"][0]["basic_name"] == "입금전"


async def test_the_coupon_restore_setting_is_nested(get):
    coupon = (await get("/coupons/setting")).json()["coupon"]
    assert coupon["recover_coupon_setting"]["part"] == "F"


async def test_settings_are_per_shop(get, empty_mall):
    first = (await get("/orders/setting", at=empty_mall)).json()["order"]
    second = (await get("/orders/setting", at=empty_mall, shop_no=2)).json()["order"]
    assert (first["exchange_shipping_fee"], second["exchange_shipping_fee"]) == ("6000.00", "20.00")
    assert first["claim_request"] == second["claim_request"] == "F"


async def test_a_mall_lists_all_its_shops(get, empty_mall):
    shops = (await get("/shops", at=empty_mall)).json()["shops"]
    assert [(shop["shop_no"], shop["default"], shop["active"], shop["currency_code"]) for shop in shops] == [
        (1, "T", "T", "KRW"),
        (2, "F", "F", "USD"),
    ]
    assert (await get("/shops/2", at=empty_mall)).json()["shop"]["shop_name"] == "Byeol Global"
    assert (await get("/shops/3", at=empty_mall)).status_code == 404
    assert (await get("/store", at=empty_mall, shop_no=2)).json()["store"]["shop_name"] == "Byeol Global"


async def test_operators_are_representative_or_sub(get):
    users = (await get("/users")).json()["users"]
    assert [(user["user_id"], user["admin_type"]) for user in users] == [("hanokmall", "P"), ("hanokcs", "A")]
    assert "available" not in users[0]
    assert (await get("/users", admin_type="A")).json()["users"][0]["user_id"] == "hanokcs"
    assert (await get("/users/hanokcs")).json()["user"]["available"] == "T"
    assert (await get("/users/nobody")).status_code == 404


async def test_the_app_can_see_its_own_entry(get, mall):
    assert (await get("/apps")).json()["app"]["version"] == "2026-03-01"
    assert (await get("/webhooks/setting")).json()["webhook"]["reception_status"] == "T"


async def test_members_are_found_by_id_or_whole_number_without_personal_data(get):
    """Two accounts share one phone, and the answer says neither name nor number."""
    answer = await get("/customers", cellphone="01023456789")
    assert [row["member_id"] for row in answer.json()["customers"]] == ["sora", "sora2"]
    assert "소라" not in answer.text
    assert "6789" not in answer.text
    both = (await get("/customers", member_id="minji,haru,nobody")).json()["customers"]
    assert [row["member_id"] for row in both] == ["minji", "haru"]
    assert (await get("/customers", cellphone="0102345678")).json() == {"customers": []}


@pytest.mark.parametrize("query", [{}, {"cellphone": ""}, {"name": "김민지"}])
async def test_a_member_search_without_id_or_number_is_422(get, query):
    assert (await get("/customers", **query)).status_code == 422


@pytest.mark.parametrize(("form", "digits", "hyphens"), [("any", 2, 2), ("digits", 2, 0), ("hyphens", 0, 2)])
async def test_which_form_of_a_number_works_can_be_chosen(get, mall, form, digits, hyphens):
    """The real mall's taste is unknown, so a client has to try both."""
    mall.customer_phone_form = form
    assert len((await get("/customers", cellphone="01023456789")).json()["customers"]) == digits
    assert len((await get("/customers", cellphone="010-2345-6789")).json()["customers"]) == hyphens


async def test_personal_data_has_its_own_endpoint(get):
    found = (await get("/customersprivacy", search_field="hp", keyword="01023456789")).json()[
        "customersprivacy"
    ]
    assert [(row["member_id"], row["name"]) for row in found] == [("sora", "박소라"), ("sora2", "박소라")]
    assert (await get("/customersprivacy/minji")).json()["customersprivacy"]["cellphone"] == "010-0000-1001"
    assert (await get("/customersprivacy/nobody")).status_code == 404
    paged = (await get("/customersprivacy", limit=2)).json()
    assert len(paged["customersprivacy"]) == 2
    assert paged["links"][0]["rel"] == "next"


async def test_products_come_in_one_batch_with_pictures_of_their_own(get, http):
    answer = (await get("/products", product_no="12,16", fields="product_no,list_image")).json()["products"]
    assert [product["product_no"] for product in answer] == [12, 16]
    assert set(answer[0]) == {"product_no", "list_image"}
    picture = await http.get(answer[0]["list_image"])
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "누비 조끼" in ET.fromstring(picture.text).attrib["aria-label"]
    assert (await http.get("/hanokmall/pictures/999.svg")).status_code == 404


@pytest.mark.parametrize(("limit", "status"), [(100, 200), (101, 422), (0, 422)])
async def test_at_most_a_hundred_products_a_call(get, limit, status):
    assert (await get("/products", limit=limit)).status_code == status


async def test_variants_tell_options_surcharge_and_stock(get):
    variants = (await get("/products/11/variants", embed="inventories")).json()["variants"]
    assert len(variants) == 6
    codes = {variant["variant_code"] for variant in variants}
    assert len(codes) == 6
    assert all(len(code) == 12 for code in codes)
    sold_out = variants[0]
    assert sold_out["options"] == [{"name": "색상", "value": "아이보리"}, {"name": "사이즈", "value": "S"}]
    assert (sold_out["quantity"], sold_out["inventories"]["quantity"]) == (0, 0)
    assert variants[5]["additional_amount"] == "2000.00"
    embedded = (await get("/products", product_no="11", embed="variants,inventories")).json()["products"][0]
    assert embedded["variants"] == variants
    assert "variants" not in (await get("/products", product_no="11")).json()["products"][0]
    assert (await get("/products/999/variants")).status_code == 404
    assert (await get("/products/x/variants")).status_code == 404


async def test_shipping_carriers_and_surcharges(get, empty_mall):
    carriers = (await get("/carriers")).json()["carriers"]
    assert [carrier["shipping_carrier_code"] for carrier in carriers] == ["0006", "0012", "0004"]
    assert carriers[2]["track_shipment_url"] is None
    zones = (await get("/regionalsurcharges")).json()["regionalsurcharge"]
    assert (zones["region_setting_type"], len(zones["regional_surcharge_list"])) == ("Z", 2)
    simple = (await get("/regionalsurcharges", at=empty_mall)).json()["regionalsurcharge"]
    assert (simple["regional_surcharge_list"], simple["jeju_surcharge_amount"]) == (None, 3000)
    assert (await get("/shipping")).json()["shipping"]["return_address"]["zipcode"] == "10881"
