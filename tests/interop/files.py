"""Reads and writes the package's files with the reference implementation, the `safetensors` package, and numpy."""

import json
import sys
import zlib

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

KEY = "base_model.model.linear.lora_{}.weight"


def metadata_of(path):
    with safe_open(path, framework="np") as file:
        return file.metadata()


def checksum(metadata, tensors):
    """As docs/saving.md says it."""
    total = 0
    for key in sorted(metadata):
        if key != "checksum":
            total = zlib.crc32(f"{key}\0{metadata[key]}\0".encode(), total)
    names = {"float64": "F64", "float32": "F32", "int64": "I64", "uint8": "U8"}
    for name in sorted(tensors):
        tensor = tensors[name]
        shape = ",".join(map(str, tensor.shape))
        total = zlib.crc32(f"{name}\0{names[str(tensor.dtype)]}\0{shape}\0".encode(), total)
        total = zlib.crc32(tensor.tobytes(), total)
    return f"{total:08x}"


def describe(path):
    """Everything that a file says."""
    tensors = load_file(path)
    said = {name: [str(t.dtype), list(t.shape), t.tobytes().hex()] for name, t in tensors.items()}
    metadata = metadata_of(path)
    print(json.dumps({"metadata": metadata, "tensors": said, "checksum": checksum(metadata, tensors)}))


def resave(source, target):
    save_file(load_file(source), target, metadata_of(source))


def make(path, dim):
    """An adapter that numpy has made, and what it answers."""
    dim = int(dim)
    rng = np.random.default_rng(1)
    a = rng.standard_normal((2, dim)).astype(np.float32) / np.float32(np.sqrt(dim))
    b = rng.standard_normal((dim, 2)).astype(np.float32)
    x = rng.standard_normal(dim).astype(np.float32)

    def gram(rows):
        g = rows.astype(np.float64) @ rows.T.astype(np.float64)
        return [g[0, 0], g[0, 1], g[1, 1], g[0, 0] + g[1, 1]]

    metadata = {"class": "WasmMicroLoRA", "format_version": "1", "dim": str(dim), "alpha": "0.5"}
    metadata |= {"learning_rate": "0.25", "initial_learning_rate": "0.25", "freeze_a": "false", "category_fallback": "true"}
    tensors = {
        KEY.format("A"): a,
        KEY.format("B"): b,
        "state.gram": np.array([[gram(a), gram(b.T)]]),
        "state.steps": np.array([1]),
        "state.counts": np.array([[1, 1]]),
        "state.known_as_of": np.zeros((1, 2), np.int64),
        "state.known": np.zeros((1, 2, 3), np.float32),
        "state.context_of": np.array([0]),
        "state.contexts": x.reshape(1, dim),
        "state.input": x,
        "state.output": x,
    }
    metadata["checksum"] = checksum(metadata, tensors)
    save_file(tensors, path, metadata)
    y = x + 0.5 * (x.astype(np.float64) @ a.T) @ b.T
    print(json.dumps({"x": x.tolist(), "y": y.tolist()}))


def delta(path):
    tensors = load_file(path)
    alpha = float(metadata_of(path)["alpha"])
    return alpha * tensors[KEY.format("A")].T.astype(np.float64) @ tensors[KEY.format("B")].T.astype(np.float64)


def merged(job):
    """How far a merged file is from the best rank-2 approximation of what it should be, and what that drops."""
    with open(job) as file:
        job = json.load(file)
    weights = np.array(job["weights"]) / np.sum(job["weights"])
    exact = sum(weight * delta(path) for weight, path in zip(weights, job["files"]))
    u, s, vt = np.linalg.svd(exact)
    best = (u[:, :2] * s[:2]) @ vt[:2]
    energy = np.sum(s**2)
    found = delta(job["merged"])
    size = np.linalg.norm(exact)
    print(json.dumps({
        "from_best": np.linalg.norm(found - best) / size,
        "from_exact": np.linalg.norm(found - exact) / size,
        "best_from_exact": np.linalg.norm(best - exact) / size,
        "dropped": np.sum(s[2:] ** 2) / energy,
        "gap": s[1] / s[2] if len(s) > 2 and s[2] > 0 else 1e300,
    }))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
