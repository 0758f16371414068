"""Start a real llama-server with the command that osllm prints, and send it the first request that osllm prints.

An extra check, because it compiles: it needs cmake, a C++ compiler, curl and some twenty minutes of one core.

    python scripts/run_llama_server.py                     # build llama-server from the source package of llama-cpp-python
    python scripts/run_llama_server.py --server PATH       # use one that is there

The weights are random numbers in the shape of a very small Llama: what it says is noise, but that it loads, listens and
answers is real. They stand under the file name that the command asks for.
"""

from __future__ import annotations

import argparse
import json
import random
import shlex
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osllm import api

SOURCE = "llama-cpp-python==0.3.36"  # holds llama.cpp 0c1e57098, whose flags the catalog lists
MODEL = "qwen3-0.6b"
OPTIONS: dict[str, Any] = {
    "engine": "llama.cpp", "gpu": "cpu", "ram": "8gb", "quant": "BF16", "context": 2048, "use_case": "ja-chat", "lang": "en",
}  # fmt: skip
LAYERS, WIDTH, HEADS, KV_HEADS, FEED_FORWARD = 2, 64, 4, 2, 128
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
# Types of GGUF metadata, gguf-py/gguf/constants.py: uint32, int32, float32, string, array.
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9
PACKED = {UINT32: "<I", INT32: "<i", FLOAT32: "<f"}
ALIGNMENT = 32


def text(value: str) -> bytes:
    """A string as GGUF holds it."""
    data = value.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def scalar(kind: int, value: object) -> bytes:
    """One value of a kind."""
    return text(str(value)) if kind == STRING else struct.pack(PACKED[kind], value)


def entry(key: str, kind: int, value: object) -> bytes:
    """One line of metadata."""
    return text(key) + struct.pack("<I", kind) + scalar(kind, value)


def listing(key: str, kind: int, values: Sequence[object]) -> bytes:
    """One line of metadata whose value is a list of values of a kind."""
    return text(key) + struct.pack("<IIQ", ARRAY, kind, len(values)) + b"".join(scalar(kind, one) for one in values)


def vocabulary() -> tuple[list[str], list[int]]:
    """Unknown, begin, end and one token a byte, with their types (2 unknown, 3 control, 6 byte, 1 normal)."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581"]
    return tokens, [2, 3, 3, *([6] * 256), 1]


def metadata() -> list[bytes]:
    """What llama.cpp must know of the model."""
    tokens, kinds = vocabulary()
    sizes = {
        "llama.context_length": 4096, "llama.embedding_length": WIDTH, "llama.block_count": LAYERS,
        "llama.feed_forward_length": FEED_FORWARD, "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KV_HEADS, "llama.rope.dimension_count": WIDTH // HEADS,
        "llama.vocab_size": len(tokens), "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
    }  # fmt: skip
    return [
        entry("general.architecture", STRING, "llama"),
        entry("general.name", STRING, "random"),
        *(entry(key, UINT32, value) for key, value in sizes.items()),
        entry("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5),
        entry("tokenizer.ggml.model", STRING, "llama"),
        listing("tokenizer.ggml.tokens", STRING, tokens),
        listing("tokenizer.ggml.scores", FLOAT32, [0.0] * len(tokens)),
        listing("tokenizer.ggml.token_type", INT32, kinds),
        entry("tokenizer.chat_template", STRING, TEMPLATE),
    ]


def shapes() -> list[tuple[str, tuple[int, ...]]]:
    """The tensors of a Llama, innermost dimension first."""
    kv = WIDTH // HEADS * KV_HEADS
    found: list[tuple[str, tuple[int, ...]]] = [("token_embd.weight", (WIDTH, len(vocabulary()[0])))]
    for layer in range(LAYERS):
        block = {
            "attn_norm": (WIDTH,), "attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH, kv), "attn_v": (WIDTH, kv),
            "attn_output": (WIDTH, WIDTH), "ffn_norm": (WIDTH,), "ffn_gate": (WIDTH, FEED_FORWARD),
            "ffn_up": (WIDTH, FEED_FORWARD), "ffn_down": (FEED_FORWARD, WIDTH),
        }  # fmt: skip
        found += [(f"blk.{layer}.{name}.weight", shape) for name, shape in block.items()]
    return [*found, ("output_norm.weight", (WIDTH,)), ("output.weight", (WIDTH, len(vocabulary()[0])))]


def write_gguf(path: Path) -> None:
    """A GGUF file (version 3) of random 32-bit numbers."""
    numbers = random.Random(0)
    infos, data = [], b""
    for name, shape in shapes():
        count = 1
        for size in shape:
            count *= size
        infos.append(text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data)))
        data += array("f", (numbers.gauss(0, 0.05) for _ in range(count))).tobytes()
        data += b"\0" * (-len(data) % ALIGNMENT)
    lines = metadata()
    head = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(lines)) + b"".join(lines) + b"".join(infos)
    path.write_bytes(head + b"\0" * (-len(head) % ALIGNMENT) + data)


def build(folder: Path) -> Path:
    """Build llama-server from the source package."""
    fetch = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-binary",
        "llama-cpp-python",
        SOURCE,
        "-d",
        str(folder),
    ]
    subprocess.run(fetch, check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    source = next(folder.glob("*/vendor/llama.cpp"))
    off = ("LLAMA_BUILD_TESTS", "LLAMA_BUILD_EXAMPLES", "LLAMA_OPENSSL", "LLAMA_USE_PREBUILT_UI", "BUILD_SHARED_LIBS")
    options = ["-DCMAKE_BUILD_TYPE=Release", *(f"-D{name}=OFF" for name in off)]
    subprocess.run(["cmake", "-S", str(source), "-B", str(folder / "build"), *options], check=True)
    subprocess.run(["cmake", "--build", str(folder / "build"), "--target", "llama-server", "-j", "2"], check=True)
    return folder / "build" / "bin" / "llama-server"


def wait(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Until the server says that it is ready; SystemExit when it ends or takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise SystemExit(f"llama-server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} did not answer")


def check(program: Path, folder: Path) -> str:
    """Start it as printed, ask as printed, and return what it says."""
    answer = api.serve(MODEL, **OPTIONS).to_dict()
    command = answer["command"]
    write_gguf(folder / command[command.index("--model") + 1])
    print("$", shlex.join(command))
    first = answer["first_request"]
    server = subprocess.Popen(
        [str(program), *command[1:]], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        wait(first["health_url"], server)
        done = subprocess.run(
            ["/bin/sh", "-c", f"{first['curl']} --silent --show-error"], capture_output=True, text=True, check=True
        )
    finally:
        server.terminate()
        server.wait(timeout=30)
    said = json.loads(done.stdout)
    return str(said["choices"][0]["message"]["content"])


def main() -> None:
    """Build if needed, then check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, help="a llama-server that is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        said = check(given.server.resolve() if given.server else build(folder), folder)
    print(f"answered with {len(said)} characters")


if __name__ == "__main__":
    main()
