"""Loss and gradients of a checkpoint by PyTorch's autograd, in float64: what GradientTest compares with.

    gradients.py CHECKPOINT_FOLDER BATCH.json OUT.safetensors

BATCH.json holds tokens, targets (-1: none) and starts as TokenBatch does. The model is written out from its formulas
(SambaY: arXiv 2507.06607, Llama: arXiv 2302.13971), not taken from a library, so that both sides say the same thing.
"""
import json
import math
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file


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


MODELS = {"phi4flash": sambay}


def main():
    folder, batch_file, out = sys.argv[1:]
    with open(folder + "/config.json") as file:
        config = json.load(file)
    with open(batch_file) as file:
        batch = json.load(file)
    w = {k: v.double().requires_grad_() for k, v in load_file(folder + "/model.safetensors").items()}
    loss = 0
    for start, end in zip(batch["starts"], batch["starts"][1:]):
        logits = MODELS[config["model_type"]](w, config, torch.tensor(batch["tokens"][start:end]))
        targets = torch.tensor(batch["targets"][start:end])
        loss = loss + F.cross_entropy(logits, targets, ignore_index=-1, reduction="sum")
    loss.backward()
    gradients = {k: v.grad.float().contiguous() for k, v in w.items() if v.grad is not None}
    gradients["loss"] = loss.detach().float().reshape(1)
    save_file(gradients, out)


if __name__ == "__main__":
    main()
