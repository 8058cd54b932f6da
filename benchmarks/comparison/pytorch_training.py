"""Training steps of a SambaY in PyTorch, float32: what benchmarks/training holds ours against.

    pytorch_training.py CONFIG.json SEQUENCES LENGTH THREADS SECONDS

prints tokens per second. The formulas are those of arXiv 2507.06607, on batches of equal lengths, so that nothing is padded; the
selective scan is a loop over tokens, as PyTorch has none of its own.
"""
import json
import math
import sys
import time

import torch
import torch.nn.functional as F


def parameters(c):
    h, inner, n, taps = c["hidden_size"], 2 * c["hidden_size"], 16, 4
    rank, half, layers = -(-h // 16), c["num_hidden_layers"] // 2, c["num_hidden_layers"]
    size = h // c["num_attention_heads"]
    kv = c["num_key_value_heads"] * size
    shapes = {"embed": (c["vocab_size"], h), "norm.w": (h,), "norm.b": (h,)}
    for i in range(layers):
        p = f"{i}."
        shapes |= {p + "n1.w": (h,), p + "n1.b": (h,), p + "n2.w": (h,), p + "n2.b": (h,)}
        shapes |= {p + "fc1": (2 * c["intermediate_size"], h), p + "fc2": (h, c["intermediate_size"])}
        if i % 2 == 0 and i <= half:
            shapes |= {p + "in": (2 * inner, h), p + "conv": (inner, 1, taps), p + "conv.b": (inner,)}
            shapes |= {p + "x": (rank + 2 * n, inner), p + "dt": (inner, rank), p + "dt.b": (inner,)}
            shapes |= {p + "a": (inner, n), p + "d": (inner,), p + "out": (h, inner)}
        elif i % 2 == 0:
            shapes |= {p + "in": (inner, h), p + "out": (h, inner)}
        else:
            width = h + (2 * kv if i <= half + 1 else 0)
            shapes |= {p + "qkv": (width, h), p + "qkv.b": (width,), p + "out": (h, h), p + "out.b": (h,)}
            shapes |= {p + "lambda": (4, size), p + "sub": (2 * size,)}
    torch.manual_seed(1)
    return {k: (torch.randn(s) / math.sqrt(s[-1]) if len(s) > 1 else torch.ones(s)).requires_grad_()
            for k, s in shapes.items()}


def mamba(w, p, x):
    u, z = F.linear(x, w[p + "in"]).chunk(2, -1)
    taps = w[p + "conv"]
    c = F.conv1d(F.pad(u.transpose(1, 2), (taps.shape[-1] - 1, 0)), taps, w[p + "conv.b"], groups=taps.shape[0])
    v = F.silu(c.transpose(1, 2))
    n = w[p + "a"].shape[1]
    low, b, c = F.linear(v, w[p + "x"]).split([w[p + "dt"].shape[1], n, n], -1)
    delta = F.softplus(F.linear(low, w[p + "dt"], w[p + "dt.b"]))
    decay = torch.exp(delta[..., None] * -torch.exp(w[p + "a"]))
    inputs = (delta * v)[..., None] * b[:, :, None, :]
    state, states = torch.zeros_like(inputs[:, 0]), []
    # Unbound once: the gradient of each index would be a tensor of the whole size.
    for decay_t, input_t in zip(decay.unbind(1), inputs.unbind(1)):
        state = decay_t * state + input_t
        states.append(state)
    m = (torch.stack(states, 1) * c[:, :, None, :]).sum(-1) + w[p + "d"] * v
    return F.linear(m * F.silu(z), w[p + "out"]), m


def attention(w, p, i, x, shared, window, heads, kv_heads):
    batch, length, h = x.shape
    size = h // heads
    projected = F.linear(x, w[p + "qkv"], w[p + "qkv.b"])
    q = projected[..., :h].view(batch, length, heads, size)
    if shared is None:
        k = projected[..., h : h + kv_heads * size].view(batch, length, kv_heads, size)
        v = projected[..., h + kv_heads * size :].view(batch, length, kv_heads, size)
        shared = (k, v)
    k, v = shared
    pairs, ratio = heads // 2, heads // kv_heads
    at = torch.arange(length)
    hidden = (at[None, :] > at[:, None]) | (at[None, :] <= at[:, None] - window)
    parts = []
    for j in range(2):
        keys = k[:, :, j::2].repeat_interleave(ratio, 2)
        scores = torch.einsum("btpd,bspd->bpts", q[:, :, j::2], keys) / math.sqrt(size)
        parts.append(torch.softmax(scores.masked_fill(hidden, -math.inf), -1))
    lam = w[p + "lambda"]
    initial = 0.8 - 0.6 * math.exp(-0.3 * i)
    factor = torch.exp((lam[0] * lam[1]).sum()) - torch.exp((lam[2] * lam[3]).sum()) + initial
    values = v.reshape(batch, length, kv_heads // 2, 2 * size).repeat_interleave(ratio, 2)
    o = torch.einsum("bpts,bspd->btpd", parts[0] - factor * parts[1], values)
    o = o * torch.rsqrt(o.pow(2).mean(-1, keepdim=True) + 1e-5) * w[p + "sub"] * (1 - initial)
    return F.linear(o.reshape(batch, length, pairs * 2 * size), w[p + "out"], w[p + "out.b"]), shared


def loss(w, c, tokens, targets):
    h, half = c["hidden_size"], c["num_hidden_layers"] // 2
    x = F.embedding(tokens, w["embed"])
    memory = shared = None
    for i in range(c["num_hidden_layers"]):
        p = f"{i}."
        n = F.layer_norm(x, (h,), w[p + "n1.w"], w[p + "n1.b"])
        if i % 2 == 0 and i <= half:
            y, m = mamba(w, p, n)
            memory = m if i == half else memory
        elif i % 2 == 0:
            y = F.linear(F.silu(F.linear(n, w[p + "in"])) * memory, w[p + "out"])
        else:
            y, made = attention(w, p, i, n, shared if i > half + 1 else None,
                                c["sliding_window"] if i < half else 1 << 30,
                                c["num_attention_heads"], c["num_key_value_heads"])
            shared = made if i == half + 1 else shared
        x = x + y
        gate, up = F.linear(F.layer_norm(x, (h,), w[p + "n2.w"], w[p + "n2.b"]), w[p + "fc1"]).chunk(2, -1)
        x = x + F.linear(F.silu(gate) * up, w[p + "fc2"])
    x = F.layer_norm(x, (h,), w["norm.w"], w["norm.b"])
    return F.cross_entropy(F.linear(x, w["embed"]).flatten(0, 1), targets.flatten())


def main():
    with open(sys.argv[1]) as file:
        c = json.load(file)
    sequences, length, threads, seconds = (int(a) for a in sys.argv[2:])
    torch.set_num_threads(threads)
    w = parameters(c)
    optimiser = torch.optim.AdamW(w.values(), lr=1e-3)
    tokens = torch.randint(c["vocab_size"], (sequences, length))
    targets = torch.randint(c["vocab_size"], (sequences, length))
    steps, started = -2, time.monotonic()
    while steps < 1 or time.monotonic() - started < seconds:
        if steps == 0:
            started = time.monotonic()
        optimiser.zero_grad()
        loss(w, c, tokens, targets).backward()
        optimiser.step()
        steps += 1
    print(f"{steps * sequences * length / (time.monotonic() - started):.1f}")


if __name__ == "__main__":
    main()
