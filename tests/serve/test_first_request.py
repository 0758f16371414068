"""The printed first request, sent for real to a server that speaks the protocol, with and without the gateway."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from serve_support import ALL_ENGINES, formats, gpu, job, model

from osllm.serve import build, gateway
from osllm.serve.container import Container
from osllm.serve.request import body, curl, first_request, messages, python

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
KEY = "0123456789abcdef" * 4


class Stub(BaseHTTPRequestHandler):
    """A chat completions endpoint that repeats what it was asked."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, content, kind="application/json"):
        data = content.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.reply(200, "ok 1\n" if self.path == "/metrics" else "{}")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, asked, self.headers.get("Authorization")))
        message = {"role": "assistant", "content": f"echo: {asked['messages'][-1]['content']}"}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": asked["model"], "choices": [choice]}
        self.reply(200, json.dumps(answer, ensure_ascii=False))


@contextmanager
def stub():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def a_job(key="vllm", port=None, **changes):
    fmt = next(f.key for f in formats().values() if key in f.engines and f.bits <= 16)
    return job(key, fmt, port=port, **changes)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_openai_sdk_gets_an_answer_from_the_printed_program(language, tmp_path):
    pytest.importorskip("openai", reason="openai is not installed")
    with stub() as server:
        one = a_job(port=server.server_port, answers_in=language)
        program = tmp_path / "first.py"
        program.write_text(python(one, build(one)), encoding="utf-8")
        done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=60, check=False,
                              env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"echo: {messages(one)[-1]['content']}"
    assert server.seen[0][:2] == ("/v1/chat/completions", body(one, build(one)))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_shell_gets_an_answer_from_the_printed_curl():
    with stub() as server:
        one = a_job(port=server.server_port, answers_in="ja")
        done = subprocess.run(["/bin/sh", "-c", f"{curl(one, build(one))} --silent"], capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["choices"][0]["message"]["content"] == f"echo: {messages(one)[-1]['content']}"


EVIL = "x'\"`touch hacked`$(touch hacked)\\;\n${HOME}日本語"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_evil_names_stay_words_in_shell_and_python(tmp_path):
    with stub() as server:
        one = a_job(port=server.server_port, model=model(id=EVIL, hub_id=f"org/{EVIL}"), artifact=None)
        plan = build(one)._replace(served_name=EVIL)
        done = subprocess.run(["/bin/sh", "-c", f"{curl(one, plan)} --silent"], capture_output=True, text=True, timeout=60, check=False,
                              cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert server.seen[0][1]["model"] == EVIL
    assert list(tmp_path.iterdir()) == []
    namespace = {}
    source = python(one, plan).split("client = ")[0] + f"model = {EVIL!r}\n"
    exec(compile(source.replace("from openai import OpenAI\n", ""), "first.py", "exec"), namespace)
    assert namespace["model"] == EVIL
    compile(python(one, plan), "first.py", "exec")
    compile(
        dict(build(a_job("transformers", model=model(hub_id=f"org/{EVIL}"), artifact=None)).files)["ask.py"],
        "ask.py",
        "exec",
    )


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_every_engine_has_a_first_request(key):
    one = a_job(key, card=gpu(vendor="apple", unified=True) if key == "mlx" else None)
    plan = build(one)
    first = first_request(one, plan)
    assert first["url"].startswith(f"http://127.0.0.1:{plan.port}/v1")
    assert first["health_url"].startswith(f"http://127.0.0.1:{plan.port}/")
    assert first["body"]["model"]
    compile(first["python"], "first.py", "exec")


def test_japanese_use_cases_ask_in_japanese_and_for_japanese():
    asked = messages(a_job(answers_in="ja"))
    assert [m["role"] for m in asked] == ["system", "user"]
    assert "日本語" in asked[0]["content"]
    assert [m["role"] for m in messages(a_job(answers_in="en", language="ja"))] == ["user"]
    assert "Python" in messages(a_job(use_case="coding"))[0]["content"]


@contextmanager
def running_gateway(port, tmp_path):
    engine = Container("m", "x", (), (), 0, "cpu", port, "/health", "/metrics", "/v1", 2, (), local=False)
    text = gateway.template(engine).replace("${API_KEY}", KEY)
    (tmp_path / "gateway.conf").write_text(text, encoding="utf-8")
    paths = "".join(f"{n}_temp_path {tmp_path}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {paths} access_log off; include {tmp_path}/gateway.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    process = subprocess.Popen([NGINX, "-c", str(tmp_path / "nginx.conf")], stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{gateway.PORT}/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{gateway.PORT}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def status(url, key=None, data=None):
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")
def test_the_gateway_lets_in_who_has_the_key(tmp_path):
    one = a_job()
    data = json.dumps(body(one, build(one))).encode()
    with stub() as server, running_gateway(server.server_port, tmp_path) as base:
        chat = f"{base}/v1/chat/completions"
        assert status(chat, KEY, data) == 200
        assert status(chat, None, data) == 401
        assert status(chat, "wrong", data) == 401
        assert status(chat, "", data) == 401
        assert status(f"{base}/health") == 200
        assert status(f"{base}/metrics", KEY) == 404
        assert status(f"http://127.0.0.1:{gateway.METRICS_PORT}/metrics") == 200
        assert status(f"http://127.0.0.1:{gateway.METRICS_PORT}/v1/models") == 404
        assert {status(chat, KEY, data) for _ in range(40)} == {200, 503}
    assert server.seen[0][2] is None


def test_every_connection_that_the_gateway_keeps_was_asked_for_in_http_1_1():
    # The engine closes one that was asked for in HTTP/1.0; kept for the next request it gives now and then a 502.
    engine = Container("m", "x", (), (), 0, "cpu", 8000, "/health", "/metrics", "/v1", 2, (), local=False)
    text = gateway.template(engine)
    assert text.count("proxy_pass http://engine") == 3
    assert text.count("proxy_http_version 1.1;") == text.count('proxy_set_header Connection "";') == 3
