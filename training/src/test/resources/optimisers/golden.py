"""Writes golden.json: six steps of torch.optim.AdamW and torch.optim.Muon in double precision.

Muon iterates in bfloat16, whatever its parameters are; here torch.bfloat16 stands for float64 while
it does, so that the numbers are those of its formula. Made with PyTorch 2.15.

    python golden.py > golden.json
"""

import json

import torch

STEPS = 6
RATES = [0.01, 0.02, 0.03, 0.02, 0.01, 0.005]


def number(seed, i):
    """The same formula as the test's: small whole numbers, exact in float32."""
    return ((seed * 7919 + i * 104729) % 257 - 128) / 64


def tensor(seed, *shape):
    size = 1
    for extent in shape:
        size *= extent
    return torch.tensor([number(seed, i) for i in range(size)], dtype=torch.float64).reshape(shape)


def run(parameter, optimiser, first_seed):
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = RATES[step]
        parameter.grad = tensor(first_seed + step, *parameter.shape)
        optimiser.step()
    return parameter.detach().flatten().tolist()


def adamw(decay, *shape):
    parameter = torch.nn.Parameter(tensor(1, *shape))
    optimiser = torch.optim.AdamW(
        [parameter], betas=(0.9, 0.95), eps=1e-8, weight_decay=decay, foreach=False
    )
    return run(parameter, optimiser, 2)


def muon(adjust, *shape):
    torch.bfloat16 = torch.float64
    parameter = torch.nn.Parameter(tensor(1, *shape))
    optimiser = torch.optim.Muon(
        [parameter], weight_decay=0.1, momentum=0.95, adjust_lr_fn=adjust
    )
    return run(parameter, optimiser, 2)


print(
    json.dumps(
        {
            "adamwMatrix": adamw(0.1, 3, 5),
            "adamwVector": adamw(0.0, 7),
            "muonTall": muon("match_rms_adamw", 9, 4),
            "muonWide": muon("match_rms_adamw", 4, 9),
            "muonTallOriginal": muon("original", 9, 4),
        },
        indent=1,
    )
)
