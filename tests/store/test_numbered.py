import pytest

pytest.importorskip("asyncpg")

from app.store.postgres import numbered

CASES = [
    ("once", "SELECT :a", "SELECT $1", ("a",)),
    ("twice", "SELECT :a, :b, :a", "SELECT $1, $2, $1", ("a", "b")),
    ("cast", "SELECT :a::text, b::int", "SELECT $1::text, b::int", ("a",)),
    ("literal", "SELECT ':a', :b", "SELECT ':a', $1", ("b",)),
    ("quote in a literal", "SELECT 'it''s :a', :b", "SELECT 'it''s :a', $1", ("b",)),
    ("quoted name", 'SELECT ":a", :b', 'SELECT ":a", $1', ("b",)),
    ("comment", "SELECT :a -- :b\n, :c", "SELECT $1 -- :b\n, $2", ("a", "c")),
    ("block comment", "SELECT /* :a\n */ :b", "SELECT /* :a\n */ $1", ("b",)),
    ("prefix", "SELECT :mall, :mall_id", "SELECT $1, $2", ("mall", "mall_id")),
    ("slice", "SELECT x[1:2], :a", "SELECT x[1:2], $1", ("a",)),
    ("touching", "WHERE a=:a AND b>=:b", "WHERE a=$1 AND b>=$2", ("a", "b")),
]


@pytest.mark.parametrize(("_case", "sql", "text", "names"), CASES, ids=[case[0] for case in CASES])
def test_names_become_numbers(_case, sql, text, names):
    assert numbered(sql) == (text, names)
