"""A vector in the database is the one that was put there, on every machine."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.understand.vectors import DIMENSIONS, from_bytes, text_hash, to_bytes


@given(st.lists(st.floats(-1, 1, width=32), min_size=DIMENSIONS, max_size=DIMENSIONS))
def test_a_stored_vector_comes_back_as_it_was(values: list[float]) -> None:
    vector = np.array(values, np.float32)
    assert (from_bytes(to_bytes(vector)) == vector).all()


def test_a_stored_vector_is_little_endian_everywhere() -> None:
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[0] = 1
    assert to_bytes(vector)[:4] == b"\x00\x00\x80\x3f"
    assert len(to_bytes(vector)) == 1536
    assert to_bytes(vector.astype(">f4")) == to_bytes(vector)


@pytest.mark.parametrize(
    "stored", [b"", b"\0" * 1535, b"\0\0\xc0\x7f" * DIMENSIONS, b"\0\0\x80\x7f" * DIMENSIONS]
)
def test_something_else_than_a_vector_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="stored vector"):
        from_bytes(stored)


def test_a_vector_of_another_model_is_not_stored() -> None:
    with pytest.raises(ValueError, match="shape"):
        to_bytes(np.zeros(512, np.float32))


def test_the_key_of_a_text_is_its_sha256() -> None:
    assert text_hash("便民理发") == hashlib.sha256("便民理发".encode()).hexdigest()
