"""Adapters of a Llama checkpoint and its logits with them, by Hugging Face's PEFT: what PeftFolderTest compares with.

    peft_adapters.py make BASE_FOLDER OUT_FOLDER      writes an adapter of random factors, as PEFT saves it
    peft_adapters.py golden BASE_FOLDER FOLDER        writes golden.json: the logits with the adapter in a folder

Written with peft 0.21 and transformers 5.24. PeftFolderTest leaves the folder that Candor writes in
conformance/target/candor-llama3; its golden.json is made by the second form.
"""
import json
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TOKENS = [(37 * i * i + 11 * i + 5) % 512 for i in range(40)]


def load(base):
    return AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)


def make(base, out):
    torch.manual_seed(7)
    config = LoraConfig(r=6, lora_alpha=9, use_rslora=True, target_modules=TARGETS, task_type="CAUSAL_LM")
    model = get_peft_model(load(base), config)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    model.peft_config["default"].base_model_name_or_path = "llama3-tiny"
    model.save_pretrained(out)


def golden(base, folder):
    model = PeftModel.from_pretrained(load(base), folder)
    model.eval()
    with torch.no_grad():
        adapted = model(torch.tensor([TOKENS])).logits[0, -1]
        with model.disable_adapter():
            plain = model(torch.tensor([TOKENS])).logits[0, -1]
    print("the adapter changes a logit by up to", float((adapted - plain).abs().max()))
    with open(folder + "/golden.json", "w") as file:
        json.dump({"tokens": TOKENS, "logits": [round(float(x), 6) for x in adapted]}, file)
        file.write("\n")


if __name__ == "__main__":
    {"make": make, "golden": golden}[sys.argv[1]](*sys.argv[2:])
