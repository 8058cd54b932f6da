"""Losses and gradients of a checkpoint by PyTorch's autograd, in float64: what GradientTest compares with.

    gradients.py CHECKPOINT_FOLDER        reads and completes CHECKPOINT_FOLDER/gradients.json

The file holds tokens, targets (-1: none) and starts as TokenBatch does, and, for each layer to look at alone, its number.
The models are written out from their formulas (SambaY: arXiv 2507.06607, Llama: arXiv 2302.13971, Mistral: arXiv
2310.06825, Gemma: arXiv 2403.08295, Gemma 3: arXiv 2503.19786, Phi-3: arXiv 2404.14219), not taken from a library, so that
both sides say the same thing. A gradient is kept as 64 sums of its elements with random signs: they differ as much as the gradients
do (Johnson and Lindenstrauss), and fit into a small file. Signs and the inputs of single layers come from splitmix64.
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file


def differential_attention(w, name, i, x, keys_values, window, heads, kv_heads):
    hidden = x.shape[1]
    size = hidden // heads
    projected = x @ w[name + "Wqkv.weight"].T + w[name + "Wqkv.bias"]
    q = projected[:, : heads * size].view(-1, heads, size)
    if keys_values is None:
        k = projected[:, heads * size : (heads + kv_heads) * size].view(-1, kv_heads, size)
        v = projected[:, (heads + kv_heads) * size :].view(-1, kv_heads, size)
        keys_values = (k, v)
    k, v = keys_values
    n = x.shape[0]
    at = torch.arange(n)
    hidden_keys = (at[None, :] > at[:, None]) | (at[None, :] <= at[:, None] - window)
    inside = name + "inner_cross_attn."
    initial = 0.8 - 0.6 * math.exp(-0.3 * i)
    lam = (
        torch.exp((w[inside + "lambda_q1"] * w[inside + "lambda_k1"]).sum())
        - torch.exp((w[inside + "lambda_q2"] * w[inside + "lambda_k2"]).sum())
        + initial
    )
    outs = []
    for pair in range(heads // 2):
        group = pair * kv_heads // heads
        parts = []
        for j in range(2):
            scores = q[:, 2 * pair + j] @ k[:, 2 * group + j].T / math.sqrt(size)
            parts.append(torch.softmax(scores.masked_fill(hidden_keys, -math.inf), -1))
        values = torch.cat([v[:, 2 * group], v[:, 2 * group + 1]], -1)
        o = (parts[0] - lam * parts[1]) @ values
        o = o * torch.rsqrt(o.pow(2).mean(-1, keepdim=True) + 1e-5) * w[inside + "subln.weight"]
        outs.append(o * (1 - initial))
    return torch.cat(outs, -1) @ w[name + "out_proj.weight"].T + w[name + "out_proj.bias"], keys_values


def mamba(w, name, x):
    u, z = (x @ w[name + "in_proj.weight"].T).chunk(2, -1)
    taps = w[name + "conv1d.weight"]
    padded = F.pad(u.T[None], (taps.shape[-1] - 1, 0))
    v = F.silu(F.conv1d(padded, taps, w[name + "conv1d.bias"], groups=taps.shape[0])[0].T)
    a = -torch.exp(w[name + "A_log"])
    size = a.shape[1]
    low, b, c = (v @ w[name + "x_proj.weight"].T).split([w[name + "dt_proj.weight"].shape[1], size, size], -1)
    delta = F.softplus(low @ w[name + "dt_proj.weight"].T + w[name + "dt_proj.bias"])
    state = torch.zeros_like(a)
    rows = []
    for t in range(x.shape[0]):
        state = torch.exp(delta[t][:, None] * a) * state + (delta[t] * v[t])[:, None] * b[t][None, :]
        rows.append(state @ c[t])
    m = torch.stack(rows) + w[name + "D"] * v
    return (m * F.silu(z)) @ w[name + "out_proj.weight"].T, m


def sambay(w, config, tokens):
    layers = config["num_hidden_layers"]
    eps = config["layer_norm_eps"]
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)

    x = w["model.embed_tokens.weight"][tokens]
    memory = shared = None
    for i in range(layers):
        layer = f"model.layers.{i}."
        name = layer + "attn."
        n = norm(x, layer + "input_layernorm")
        if i % 2 == 0 and i <= layers // 2:
            y, m = mamba(w, name, n)
            memory = m if i == layers // 2 else memory
        elif i % 2 == 0:
            gate = F.silu(n @ w[name + "in_proj.weight"].T)
            y = (gate * memory) @ w[name + "out_proj.weight"].T
        else:
            window = config["sliding_window"] if i < layers // 2 else 1 << 30
            cross = i > layers // 2 + 1
            y, keys_values = differential_attention(
                w, name, i, n, shared if cross else None, window, heads, kv_heads)
            shared = keys_values if i == layers // 2 + 1 else shared
        x = x + y
        gate, up = (norm(x, layer + "post_attention_layernorm") @ w[layer + "mlp.fc1.weight"].T).chunk(2, -1)
        x = x + (F.silu(gate) * up) @ w[layer + "mlp.fc2.weight"].T
    return norm(x, "model.final_layernorm") @ w.get("lm_head.weight", w["model.embed_tokens.weight"]).T


def rotary(config, size, positions, base, scaling):
    """Cosines and sines, [positions, size / 2]."""
    n = int(size * config.get("partial_rotary_factor", 1)) // 2
    frequencies = base ** -(torch.arange(n, dtype=torch.float64) / n)
    magnitude = 1.0
    scaling = scaling or {}
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind == "linear":
        frequencies = frequencies / scaling["factor"]
    elif kind == "llama3":
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        wavelengths = 2 * math.pi / frequencies
        smooth = (scaling["original_max_position_embeddings"] / wavelengths - low) / (high - low)
        smooth = smooth.clamp(0, 1)
        frequencies = (1 - smooth) * frequencies / scaling["factor"] + smooth * frequencies
    elif kind == "longrope":
        original = config["original_max_position_embeddings"]
        factors = scaling["long_factor" if positions > original else "short_factor"]
        frequencies = frequencies / torch.tensor(factors, dtype=torch.float64)
        magnitude = math.sqrt(1 + math.log(config["max_position_embeddings"] / original) / math.log(original))
    angles = torch.arange(positions, dtype=torch.float64)[:, None] * frequencies[None, :]
    return torch.cos(angles) * magnitude, torch.sin(angles) * magnitude


def turn(x, angles):
    """x is [tokens, heads, size]; pairs are (i, i + n) of the first 2n elements."""
    cos, sin = angles[0][:, None, :], angles[1][:, None, :]
    n = cos.shape[-1]
    a, b, rest = x[..., :n], x[..., n : 2 * n], x[..., 2 * n :]
    return torch.cat([a * cos - b * sin, b * cos + a * sin, rest], -1)


def transformer(w, config, tokens):
    """Llama, Mistral, Gemma, Gemma 3 and Phi-3."""
    kind = config["model_type"]
    gemma = kind.startswith("gemma")
    hidden, heads, kv_heads = config["hidden_size"], config["num_attention_heads"], config["num_key_value_heads"]
    size = config.get("head_dim") or hidden // heads
    eps = config["rms_norm_eps"]
    n = len(tokens)
    at = torch.arange(n)

    def norm(x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * (w[name + ".weight"] + (1 if gemma else 0))

    def linear(x, name):
        return x @ w[name + ".weight"].T

    def activation(x):
        return F.gelu(x, approximate="tanh") if gemma else F.silu(x)

    x = w["model.embed_tokens.weight"][tokens] * (math.sqrt(hidden) if gemma else 1)
    for i in range(config["num_hidden_layers"]):
        layer = f"model.layers.{i}."
        attention, mlp = layer + "self_attn.", layer + "mlp."
        local = kind == "gemma3_text" and config["layer_types"][i] == "sliding_attention"
        y = norm(x, layer + "input_layernorm")
        if kind == "phi3":
            q, k, v = linear(y, attention + "qkv_proj").split([heads * size, kv_heads * size, kv_heads * size], -1)
        else:
            q, k, v = (linear(y, attention + part) for part in ("q_proj", "k_proj", "v_proj"))
        q, k, v = (part.view(n, -1, size) for part in (q, k, v))
        if kind == "gemma3_text":
            q, k = norm(q, attention + "q_norm"), norm(k, attention + "k_norm")
        base = config["rope_local_base_freq"] if local else config["rope_theta"]
        angles = rotary(config, size, n, base, None if local else config.get("rope_scaling"))
        q, k = turn(q, angles), turn(k, angles)
        window = config.get("sliding_window") if local or kind in ("mistral", "phi3") else None
        unseen = (at[None, :] > at[:, None]) | (at[None, :] <= at[:, None] - (window or n))
        scale = config["query_pre_attn_scalar"] if kind == "gemma3_text" else size
        outs = []
        for head in range(heads):
            group = head // (heads // kv_heads)
            scores = (q[:, head] @ k[:, group].T / math.sqrt(scale)).masked_fill(unseen, -math.inf)
            outs.append(torch.softmax(scores, -1) @ v[:, group])
        y = linear(torch.cat(outs, -1), attention + "o_proj")
        x = x + (norm(y, layer + "post_attention_layernorm") if kind == "gemma3_text" else y)
        before = "pre_feedforward_layernorm" if kind == "gemma3_text" else "post_attention_layernorm"
        y = norm(x, layer + before)
        if kind == "phi3":
            gate, up = linear(y, mlp + "gate_up_proj").chunk(2, -1)
        else:
            gate, up = linear(y, mlp + "gate_proj"), linear(y, mlp + "up_proj")
        y = linear(activation(gate) * up, mlp + "down_proj")
        x = x + (norm(y, layer + "post_feedforward_layernorm") if kind == "gemma3_text" else y)
    head = w["model.embed_tokens.weight"] if config.get("tie_word_embeddings", gemma) else w["lm_head.weight"]
    return norm(x, "model.norm") @ head.T


MODELS = {"phi4flash": sambay} | dict.fromkeys(["llama", "mistral", "gemma", "gemma3_text", "phi3"], transformer)


def splitmix64(n, seed):
    """Element i of the sequence is the mix of seed + i golden ratios (Steele, Lea and Flood, OOPSLA 2014)."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + (np.arange(n, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(rows, columns, seed):
    """Float32 values in [-1, 1), by the upper 24 bits."""
    bits = splitmix64(rows * columns, seed) >> np.uint64(40)
    values = bits.astype(np.float32) * np.float32(2.0**-23) - np.float32(1)
    return torch.from_numpy(values.reshape(rows, columns)).double().requires_grad_()


def short(value):
    return float(f"{value:.9g}")


def lines(value):
    """JSON with a line for each member of an object."""
    if not isinstance(value, dict):
        return json.dumps(value)
    return "{\n" + ",\n".join(f"{json.dumps(k)}: {lines(v)}" for k, v in value.items()) + "}"


def sketch(gradient):
    flat = gradient.detach().double().numpy().ravel()
    bits = splitmix64(flat.size, 0)
    return [short(((1.0 - 2.0 * ((bits >> np.uint64(j)) & np.uint64(1)).astype(np.float64)) * flat).sum())
            for j in range(64)]


def sequences(batch):
    return list(zip(batch["starts"], batch["starts"][1:]))


def sketches(w):
    found = {k: sketch(v.grad) for k, v in w.items() if v.grad is not None}
    for v in w.values():
        v.grad = None
    return found


def layer(w, config, batch, i):
    """Gradients of one SambaY mixer for random inputs x (seed 1) and gradients of its output (seed 2).

    Layers that read another's memory or keys and values get random ones (seed 3) [tokens, E] or [tokens, 2 nk D].
    """
    count = batch["starts"][-1]
    hidden, half = config["hidden_size"], config["num_hidden_layers"] // 2
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    name = f"model.layers.{i}.attn."
    x, y_gradient = uniform(count, hidden, 1), uniform(count, hidden, 2)
    width = config.get("mamba_expand", 2) * hidden if i % 2 == 0 else 2 * kv_heads * (hidden // heads)
    other = uniform(count, width, 3)
    outs = []
    for start, end in sequences(batch):
        n, o = x[start:end], other[start:end]
        if i % 2 == 0:
            outs.append(mamba(w, name, n)[0] if i <= half
                        else (F.silu(n @ w[name + "in_proj.weight"].T) * o) @ w[name + "out_proj.weight"].T)
        else:
            shared = tuple(part.view(end - start, kv_heads, -1) for part in o.chunk(2, -1)) if i > half + 1 else None
            window = config["sliding_window"] if i < half else 1 << 30
            outs.append(differential_attention(w, name, i, n, shared, window, heads, kv_heads)[0])
    (torch.cat(outs) * y_gradient).sum().backward()
    found = sketches(w)
    found["x"] = sketch(x.grad)
    if other.grad is not None:
        found["other"] = sketch(other.grad)
    return found


def main():
    folder = sys.argv[1]
    with open(folder + "/config.json") as file:
        config = json.load(file)
    with open(folder + "/gradients.json") as file:
        batch = json.load(file)
    w = {k: v.double().requires_grad_() for k, v in load_file(folder + "/model.safetensors").items()}
    loss = 0
    for start, end in sequences(batch):
        logits = MODELS[config["model_type"]](w, config, torch.tensor(batch["tokens"][start:end]))
        targets = torch.tensor(batch["targets"][start:end])
        loss = loss + F.cross_entropy(logits, targets, ignore_index=-1, reduction="sum")
    loss.backward()
    batch["loss"] = loss.item()
    batch["gradients"] = sketches(w)
    batch["layers"] = {str(i): layer(w, config, batch, int(i)) for i in batch.get("layers", {})}
    with open(folder + "/gradients.json", "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {lines(v)}" for k, v in batch.items()) + "\n}\n")


if __name__ == "__main__":
    main()
