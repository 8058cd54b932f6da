"""Writes the GGUF files of this folder with gguf-py (gguf 0.19.0, numpy 2.4.6), and what is in them as JSON."""
import hashlib, json
import numpy as np
import gguf
from gguf import GGMLQuantizationType as T, GGUFValueType as V

rng = np.random.default_rng(7)


def every_type():
    """One tensor of each type, 2 rows of 256, bytes below 120 so that every scale is finite; metadata of each value type."""
    w = gguf.GGUFWriter("every-type.gguf", "odd")
    w.add_custom_alignment(64)
    w.add_uint8("t.uint8", 255)
    w.add_int8("t.int8", -128)
    w.add_uint16("t.uint16", 65535)
    w.add_int16("t.int16", -32768)
    w.add_uint32("t.uint32", 4294967295)
    w.add_int32("t.int32", -2147483648)
    w.add_float32("t.float32", 0.1)
    w.add_bool("t.true", True)
    w.add_bool("t.false", False)
    w.add_string("t.string", "naïve 漢字 🙂\n")
    w.add_string("t.long", "0123456789" * 2000)
    w.add_uint64("t.uint64", 2**63 - 1)
    w.add_int64("t.int64", -(2**63))
    w.add_float64("t.float64", 1e-300)
    w.add_array("t.strings", ["", "a", "ü", "▁the", "x" * 300])
    w.add_array("t.ints", [1, -2, 2147483647])
    w.add_array("t.floats", [0.5, -1.25, 3e38])
    w.add_array("t.bools", [True, False, True])
    expected = {}
    for t in [T.F32, T.F16, T.BF16, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0, T.Q2_K, T.Q3_K, T.Q4_K, T.Q5_K,
              T.Q6_K, T.IQ4_NL, T.MXFP4]:
        block, size = gguf.GGML_QUANT_SIZES[t]
        data = rng.integers(0, 120, (2, 256 // block * size), dtype=np.uint8)
        if t in (T.F32, T.F16):
            data = rng.standard_normal((2, 256)).astype(np.float32 if t == T.F32 else np.float16)
            w.add_tensor(f"{t.name.lower()}.weight", data)
        else:
            w.add_tensor(f"{t.name.lower()}.weight", data, raw_dtype=t)
        expected[f"{t.name.lower()}.weight"] = {
            "format": t.name, "shape": [2, 256], "sha256": hashlib.sha256(data.tobytes()).hexdigest()}
    for name, shape in [("vector", (5,)), ("cube", (2, 3, 4)), ("four", (2, 1, 3, 5))]:
        data = rng.standard_normal(shape).astype(np.float32)
        w.add_tensor(name, data)
        expected[name] = {"format": "F32", "shape": list(shape), "sha256": hashlib.sha256(data.tobytes()).hexdigest()}
    finish(w)
    json.dump(expected, open("every-type.json", "w"), indent=1)


def finish(w):
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def llama():
    """A two-layer Llama with llama3 frequency factors as llama.cpp's converter writes it."""
    w = gguf.GGUFWriter("llama.gguf", "llama")
    w.add_context_length(128)
    w.add_embedding_length(32)
    w.add_block_count(2)
    w.add_feed_forward_length(48)
    w.add_head_count(4)
    w.add_head_count_kv(2)
    w.add_rope_freq_base(500000.0)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_vocab_size(10)
    w.add_rope_dimension_count(8)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("llama-bpe")
    w.add_token_list([f"t{i}" for i in range(10)])
    w.add_token_types([1] * 10)
    w.add_token_merges(["a b", "c d"])
    w.add_bos_token_id(8)
    w.add_eos_token_id(9)
    w.add_eot_token_id(7)
    f = lambda *s: rng.standard_normal(s).astype(np.float32)
    w.add_tensor("rope_freqs.weight", np.array([1, 1.5, 4, 8], np.float32))
    w.add_tensor("token_embd.weight", f(10, 32))
    w.add_tensor("output_norm.weight", f(32))
    for i in range(2):
        for n, s in {"attn_norm": (32,), "attn_q": (32, 32), "attn_k": (16, 32), "attn_v": (16, 32),
                     "attn_output": (32, 32), "ffn_norm": (32,), "ffn_gate": (48, 32), "ffn_up": (48, 32),
                     "ffn_down": (32, 48)}.items():
            w.add_tensor(f"blk.{i}.{n}.weight", f(*s).astype(np.float32 if len(s) == 1 else np.float16))
    finish(w)


def gemma3():
    """Metadata of a Gemma 3 of 7 layers as llama.cpp's converter writes it, and one tensor."""
    w = gguf.GGUFWriter("gemma3.gguf", "gemma3")
    w.add_context_length(32768)
    w.add_embedding_length(64)
    w.add_block_count(7)
    w.add_feed_forward_length(160)
    w.add_head_count(4)
    w.add_head_count_kv(1)
    w.add_layer_norm_rms_eps(1e-6)
    w.add_key_length(32)
    w.add_value_length(32)
    w.add_rope_freq_base(1000000.0)
    w.add_sliding_window(512)
    w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
    w.add_rope_scaling_factor(8.0)
    w.add_tensor("token_embd.weight", np.zeros((12, 64), np.float16))
    finish(w)


def phi3():
    """Metadata of a Phi-3 with LongRoPE as llama.cpp's converter writes it, and three tensors."""
    w = gguf.GGUFWriter("phi3.gguf", "phi3")
    w.add_context_length(131072)
    w.add_rope_scaling_orig_ctx_len(4096)
    w.add_embedding_length(64)
    w.add_feed_forward_length(160)
    w.add_block_count(1)
    w.add_head_count(4)
    w.add_head_count_kv(2)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_rope_dimension_count(12)
    w.add_rope_freq_base(10000.0)
    w.add_sliding_window(0)
    w.add_rope_scaling_attn_factors(1.1902380952)
    w.add_tensor("rope_factors_long.weight", np.array([1, 1.6, 2.5, 4.1, 7.3, 12.5], np.float32))
    w.add_tensor("rope_factors_short.weight", np.array([1, 1.1, 1.25, 1.4, 1.6, 1.8], np.float32))
    w.add_tensor("token_embd.weight", np.zeros((12, 64), np.float16))
    w.add_tensor("output.weight", np.zeros((12, 64), np.float16))
    finish(w)


every_type()
llama()
gemma3()
phi3()
