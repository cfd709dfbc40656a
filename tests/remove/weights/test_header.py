"""Reading headers: what is whole, and everything else that lies where weights should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save

from tests.remove.void.tiny import VOID_REPOSITORY
from void_studio.remove.weights.header import BadFile, Tensor, read_header

WHOLE = save({"a": torch.zeros(2, 3), "b.c": torch.zeros(4, dtype=torch.bfloat16)}, {"k": "v"})


def read(folder: Path, data: bytes) -> dict[str, Tensor]:
    path = folder / "file.safetensors"
    path.write_bytes(data)
    return read_header(path)


def raw(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_a_whole_file_tells_names_dtypes_and_shapes(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == {"a": Tensor("F32", (2, 3)), "b.c": Tensor("BF16", (4,))}


def test_all_tensors_of_a_tiny_model_are_told(tiny: Path) -> None:
    tensors = read_header(tiny / VOID_REPOSITORY / "void_pass1.safetensors")
    assert len(tensors) == 64
    assert {tensor.dtype for tensor in tensors.values()} == {"BF16"}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (WHOLE[:-1], f"truncated: {len(WHOLE) - 1} of {len(WHOLE)} bytes"),
        (WHOLE[:40], "truncated: 40 bytes, and its header alone has"),
        (WHOLE + b"x", "too long"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 11143026048\n",
            "Git LFS pointer, not the weights: 74 bytes instead of 11,143,026,048",
        ),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (b"\n<!DOCTYPE html><title>Not found", "web page"),
        (b"<?xml version='1.0'?><Error>", "web page"),
        (b"PK\x03\x04rest of a zip", "PyTorch file"),
        (b"\x80\x02}q\x00rest of a pickle", "PyTorch file"),
        (b"1234", "not a safetensors file: it has 4 bytes"),
        (b"\xff" * 100, "not a safetensors file"),
        (b"\xff" * 7 + b"\x7f{" + b"\0" * 50, "not a safetensors file"),
        (raw(b"{not json}"), "header is damaged"),
        (raw(b"{" + b'"a":{' * 5000), "header is damaged"),
        (raw({"a": 1}), "header is damaged"),
        (raw({"a": {"dtype": "F32", "shape": [1]}}), "header is damaged"),
        (raw({"a": {"dtype": "X9", "shape": [1], "data_offsets": [0, 4]}}, b"1234"), "damaged"),
        (raw({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, b"1234"), "damaged"),
        (raw({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}, b"1234"), "damaged"),
        (raw({"a": {"dtype": "U8", "shape": [1], "data_offsets": [3, 4]}}, b"1234"), "gaps"),
        (raw(b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{}}'), "damaged"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, data: bytes, problem: str) -> None:
    with pytest.raises(BadFile) as caught:
        read(tmp_path, data)
    assert problem in str(caught.value)


def test_a_header_is_never_larger_than_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.safetensors"
    with open(path, "wb") as stream:
        stream.write((2**30).to_bytes(8, "little") + b"{")
        stream.truncate(2**31)
    with pytest.raises(BadFile, match="not a safetensors file"):
        read_header(path)


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_no_changed_byte_leads_to_anything_but_an_answer(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
) -> None:
    data = bytearray(WHOLE)
    data[place] = value
    try:
        tensors = read(tmp_path_factory.getbasetemp(), bytes(data))
    except BadFile:
        return
    assert len(tensors) == 2
