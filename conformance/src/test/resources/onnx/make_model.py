"""Writes model.onnx from the fixture mobilebert-noshare as PyTorch's exporter lays it out (onnx 1.23.2, numpy 2.4.6).

Only what a reader of initialisers sees is real: names, layouts and the nodes that use them. The graph does not compute a MobileBERT.
"""
import json, struct
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

path = "../fixtures/mobilebert-noshare/model.safetensors"
data = open(path, "rb").read()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + length])
header.pop("__metadata__")
weights = {n: np.frombuffer(data, "<f4", count=int(np.prod(h["shape"])), offset=8 + length + h["data_offsets"][0])
           .reshape(h["shape"]) for n, h in header.items()}

nodes, initialisers, seen = [], [], {}
for n, (name, value) in enumerate(weights.items()):
    linear = name.endswith(".weight") and value.ndim == 2 and name[:-6] + "bias" in weights and "LayerNorm" not in name
    if linear and name != "classifier.weight":
        module, stored = name[:-7], f"onnx::MatMul_{1000 + n}"
        initialisers.append(numpy_helper.from_array(np.ascontiguousarray(value.T), stored))
        scope = "/" + module.replace(".", "/")
        # Every third product has no scope in its name, as exporters before PyTorch 1.13 leave it.
        nodes.append(helper.make_node("MatMul", ["x", stored], [f"{scope}/MatMul_output_0"],
                                      name=f"MatMul_{n}" if n % 3 == 0 else f"{scope}/MatMul"))
        nodes.append(helper.make_node("Add", [module + ".bias", f"{scope}/MatMul_output_0"], [f"{scope}/Add_output_0"],
                                      name=f"{scope}/Add"))
        continue
    if name == "classifier.weight":
        nodes.append(helper.make_node("Gemm", ["y", name, "classifier.bias"], ["logits"], name="/classifier/Gemm", transB=1))
    key = value.tobytes()
    if key in seen:  # equal parameters are stored once
        nodes.append(helper.make_node("Identity", [seen[key]], [name], name=f"Identity_{n}"))
        continue
    seen[key] = name
    tensor = numpy_helper.from_array(value, name)
    if n % 5 == 0:  # both ways to store float32
        tensor = helper.make_tensor(name, TensorProto.FLOAT, value.shape, value.flatten().tolist())
    initialisers.append(tensor)
initialisers.append(numpy_helper.from_array(np.arange(8, dtype=np.int64), "onnx::Slice_7"))
graph = helper.make_graph(nodes, "main_graph", [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
                          [helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)], initialisers)
model = helper.make_model(graph, producer_name="pytorch", producer_version="2.5.0",
                          opset_imports=[helper.make_opsetid("", 17)])
onnx.save(model, "model.onnx")
