"""The language between student code and grader: does it carry plain data, and nothing else?"""

import json

import numpy as np
import pytest
from frames import is_plain
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.sandbox import protocol


@pytest.mark.parametrize("value", [
    None, True, 3, -2.5, "text", (1, [2, 3]), {"mode": "train", 4: (5,)}, float("inf"),
    np.arange(6, dtype=np.float32).reshape(2, 3), np.zeros((0, 3)), np.array(2.0), np.array([True, False]),
])
def test_plain_data_come_back_unchanged(value):
    """Does plain data come back as it was?"""
    back = protocol.as_plain(value)
    assert type(back) is type(value)
    np.testing.assert_equal(back, value)


def test_transposed_array_and_numpy_scalar_cross():
    """Do a transposed array and a numpy scalar cross?"""
    x = np.arange(6.0).reshape(2, 3).T
    np.testing.assert_array_equal(protocol.as_plain(x), x)
    assert protocol.as_plain(np.float32(2)).dtype == np.float32


def test_generator_continues_where_it_was():
    """Does a generator go on where it was?"""
    rng = np.random.default_rng(3)
    rng.random(5)
    assert protocol.as_plain(rng).random() == rng.random()


def test_subclass_loses_its_behaviour():
    """Is a subclass stripped of its behaviour?"""
    class Liar(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, bool)

    back = protocol.as_plain(np.zeros(3).view(Liar))
    assert type(back) is np.ndarray


@pytest.mark.parametrize("value", [object(), np.array([object()]), {1, 2}, lambda: 0, b"raw", 1j, np.array(["a"])])
def test_everything_else_is_refused(value):
    """Is everything else refused?"""
    with pytest.raises(protocol.WireError):
        protocol.as_plain(value)


def test_cycle_is_refused():
    """Is a cycle refused?"""
    loop = []
    loop.append(loop)
    with pytest.raises(protocol.WireError):
        protocol.as_plain(loop)


@pytest.mark.parametrize("tree", [
    {"a": ["float64", [-1], "C"]}, {"a": ["float64", [2**40], "C"]}, {"a": ["object", [1], "C"]},
    {"a": ["float64", [True], "C"]}, {"a": ["float64", [1] * 40, "C"]}, {"a": "float64"}, {"a": ["float64", [1], "K"]},
    {"a": [["float64"], [1], "C"]}, {"d": [[1]]}, {"d": [[[1], 2]]}, {"t": 3}, {"h": "1"}, {"x": 1}, {},
    {"g": {"bit_generator": "MT19937"}}, {"g": 7}, {"t": [1], "l": [2]}, [1],
    {"g": {"bit_generator": "PCG64", "state": {"state": -1, "inc": 3}, "has_uint32": 0, "uinteger": 0}},
])
def test_malformed_value_is_refused(tree):
    """Is a malformed value refused?"""
    with pytest.raises(protocol.WireError):
        protocol.decode(tree, protocol.Blob(b"\0" * 64))


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100000, b"3", b'{"value": ' + b"9" * 5000 + b"}", b"\xff\xfe"])
def test_malformed_frame_is_refused(body):
    """Is a malformed frame refused?"""
    with pytest.raises(protocol.WireError):
        protocol.unpack(body, b"")


def test_huge_frame_is_refused_before_it_is_read():
    """Is a huge frame refused before it is read?"""
    with pytest.raises(protocol.WireError):
        protocol.parse_header(protocol.HEADER.pack(2**32 - 1, 0))
    with pytest.raises(protocol.WireError):
        protocol.parse_header(protocol.HEADER.pack(10, protocol.MAX_FRAME))


TAGS = st.sampled_from(["a", "t", "l", "d", "g", "h", "c", "value"])
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TAGS, inner, max_size=2), max_leaves=20)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=3), st.binary(max_size=64))
@example({"value": {"t": [1.5, {"a": ["float64", [2, 2], "F"]}]}, "id": 3}, bytes(32))
def test_any_json_is_plain_data_or_a_protocol_error(tree, blob):
    """Does any JSON either hold plain data under the same names or fail as a wire error?"""
    try:
        message = protocol.unpack(json.dumps(tree).encode(), blob)
    except protocol.WireError:
        assert any(type(value) in (list, dict) for value in tree.values())
    else:
        assert message.keys() == tree.keys() and is_plain(message)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=200), st.binary(max_size=64))
@example(b'{"id": 2, "value": {"h": 0}}', b"")
def test_any_bytes_are_plain_data_or_a_protocol_error(body, blob):
    """Do any bytes either hold plain data or fail as a wire error?"""
    try:
        message = protocol.unpack(body, blob)
    except protocol.WireError:
        assert not body.startswith(b'{"id"')
    else:
        assert is_plain(message)


MANY = protocol.MAX_VALUES // protocol.ITEM_VALUES + 1


@pytest.mark.parametrize("value", [
    np.zeros(protocol.MAX_VALUES + 1, bool), [0] * MANY, [[0]] * (MANY // 2 + 1), {"a": (0,) * MANY},
    np.zeros((2**13, 0, 2**13)), [np.zeros((2**10, 0))] * 2**9, dict.fromkeys(range(MANY)),
], ids=["array", "list", "nested", "tuple", "empty array", "empty arrays", "dict"])
def test_more_values_than_may_cross_are_refused_on_both_sides(value, monkeypatch):
    """Is a value of too many numbers refused where it is sent, and also where it arrives from a worker that lies?"""
    with pytest.raises(protocol.TooMuch):
        protocol.pack({"value": value})
    with pytest.raises(protocol.TooMuch):
        protocol.as_plain(value)
    with monkeypatch.context() as patch:
        patch.setattr(protocol, "check_amount", lambda value: 0)
        frame = protocol.pack({"value": value})
    body, _ = protocol.parse_header(frame[:protocol.HEADER.size])
    with pytest.raises(protocol.TooMuch):
        protocol.unpack(frame[8:8 + body], frame[8 + body:])


def test_list_that_holds_itself_many_times_is_counted_in_no_time():
    """Does a list whose parts are the same list cost no more than what may cross?"""
    value = [0]
    for _ in range(11):
        value = [value] * 1000
    with pytest.raises(protocol.TooMuch):
        protocol.check_amount(value)
