"""Writes <FORMAT>.golden: what llama.cpp's own reader (gguf-py, `pip install gguf`) makes of random blocks.

Layout, little-endian: int32 blocks, then the blocks' bytes, then their elements as float32.
Quants and sub-block scales are uniform random bytes; f16 scales cycle through ordinary values and the
extremes (0, -0, least subnormal, largest finite, negative). Run: python golden-blocks.py
"""
import struct

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import quants

# name: (elements, bytes, offsets of f16 scales)
FORMATS = {
    "F16": (1, 2, [0]), "BF16": (1, 2, []),
    "Q4_0": (32, 18, [0]), "Q4_1": (32, 20, [0, 2]), "Q5_0": (32, 22, [0]), "Q5_1": (32, 24, [0, 2]),
    "Q8_0": (32, 34, [0]), "Q2_K": (256, 84, [80, 82]), "Q3_K": (256, 110, [108]),
    "Q4_K": (256, 144, [0, 2]), "Q5_K": (256, 176, [0, 2]), "Q6_K": (256, 210, [208]),
    "IQ4_NL": (32, 18, [0]), "MXFP4": (32, 17, []),
}
EXTREMES = np.array([0.0, -0.0, 2.0 ** -24, 65504.0, -65504.0, 2.0 ** -14], dtype=np.float16)

rng = np.random.default_rng(20261122)
for name, (elements, size, scales) in FORMATS.items():
    count = 512 if elements == 1 else 24 if elements == 32 else 8
    blocks = rng.integers(0, 256, (count, size), dtype=np.uint8)
    for k, at in enumerate(scales):
        values = rng.normal(0, 0.05, count).astype(np.float16)
        edge = min(count // 2, len(EXTREMES))
        values[:edge] = EXTREMES[(np.arange(edge) + k) % len(EXTREMES)]
        blocks[:, at:at + 2] = values.view(np.uint8).reshape(count, 2)
    if name == "BF16":
        floats = rng.normal(0, 1e3, count).astype(np.float32)
        blocks = floats.view(np.uint8).reshape(count, 4)[:, 2:].copy()
    if name == "MXFP4":
        blocks[:5, 0] = [0, 1, 2, 127, 252]
        blocks[5:, 0] = rng.integers(100, 140, count - 5)
    if name == "F16":
        out = blocks.view(np.float16).astype(np.float32)
    else:
        out = quants.dequantize(blocks.reshape(1, -1), T[name]).astype(np.float32)
    with open(name + ".golden", "wb") as f:
        f.write(struct.pack("<i", count) + blocks.tobytes() + out.reshape(-1).astype("<f4").tobytes())
