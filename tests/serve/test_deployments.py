"""Whole deployments: every file parses, real tools accept them where they are installed, and nothing is left open."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import yaml
from serve_support import ALL_ENGINES, architecture, artifact, engine, formats, gpu, job, model

from osllm.domain.plan import EngineOptions, Placement
from osllm.domain.units import GIB
from osllm.errors import CatalogError, RequestError
from osllm.serve import build, compose, dashboard, gateway, kubernetes, systemd
from osllm.serve.container import container, dns_label, safe_path

H100 = gpu(key="h100-sxm", form="sxm", compute_capability="9.0", memory_bytes=80 * GIB, memory_type="HBM3")
WITH_IMAGE = tuple(key for key in ALL_ENGINES if engine(key)["images"])
# Words that mean something to a shell, YAML, nginx, systemd, Python, Compose or Kubernetes.
EVIL = "x'\"`$(id)${HOME}$(API_KEY)\\;{}#: %n\n- y: |\r\t]>&*!@日本語\x1b[31m"


def a_format(key):
    return next(f.key for f in formats().values() if key in f.engines and f.bits <= 16 and f.key not in ("FP32",))


def a_job(key, **changes):
    return job(key, a_format(key), card=H100, users=8, options=EngineOptions(slots=8), **changes)


def composed(key, **changes):
    one = a_job(key, **changes)
    return compose.files(one, build(one))[0]


def manifests(key, gpus=1, **changes):
    place = Placement(gpus, min(gpus, 8), max(1, gpus // 8), 36)
    one = a_job(key, number=gpus, place=place, **changes)
    return kubernetes.files(one, build(one), 30 * GIB, 2)[0]


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_compose_files_parse_and_name_each_other(key):
    files = composed(key)
    project = yaml.safe_load(files["compose.yaml"])
    mounted = [v for s in project["services"].values() for v in s.get("volumes", ())]
    for mount in mounted:
        source = mount.split(":")[0]
        if source.startswith("./"):
            assert any(name == source[2:] or name.startswith(source[2:] + "/") for name in files), mount
        else:
            assert source in project["volumes"]
    for name, text in files.items():
        if name.endswith((".yml", ".yaml")):
            assert yaml.safe_load(text)
        if name.endswith(".json"):
            assert json.loads(text)


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_compose_obeys_its_specification(key):
    import jsonschema
    from serve_support import ROOT

    schema = json.loads((ROOT / "tests" / "serve" / "schemas" / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(yaml.safe_load(composed(key)["compose.yaml"]))


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_only_the_gateway_and_grafana_are_published_and_only_here(key):
    services = yaml.safe_load(composed(key)["compose.yaml"])["services"]
    ports = {name: s["ports"] for name, s in services.items() if "ports" in s}
    assert set(ports) <= {"gateway", "grafana"}
    assert all(p.startswith("127.0.0.1:") for published in ports.values() for p in published)
    assert services["engine"]["network_mode"] == "service:gateway"
    assert "API_KEY" in services["gateway"]["environment"]


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_no_engine_listens_to_the_world(key):
    for text in (*composed(key).values(), *manifests(key).values()):
        assert "0.0.0.0" not in text


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_every_engine_is_told_to_listen_here_only(key):
    service = yaml.safe_load(composed(key)["compose.yaml"])["services"]["engine"]
    told = {*service["entrypoint"], service["environment"]["OLLAMA_HOST"].partition(":")[0]}
    assert "127.0.0.1" in told
    if key != "ollama":
        assert "127.0.0.1" in service["entrypoint"]


def test_weights_of_ones_own_making_are_mounted():
    compose_file = yaml.safe_load(composed("vllm", artifact=None)["compose.yaml"])
    made = job("vllm", "AWQ", card=H100, artifact=None)
    service = yaml.safe_load(compose.files(made, build(made))[0]["compose.yaml"])["services"]["engine"]
    assert "/weights/qwen3-4b-AWQ" in service["entrypoint"]
    assert "./weights:/weights:ro" in service["volumes"]
    assert "./weights:/weights:ro" not in compose_file["services"]["engine"]["volumes"]
    documents = yaml.safe_load_all(kubernetes.files(made, build(made), GIB)[0]["manifest.yaml"])
    found = next(d for d in documents if d["kind"] == "Deployment")
    mounts = {m["mountPath"]: m for c in found["spec"]["template"]["spec"]["containers"] for m in c["volumeMounts"]}
    assert mounts["/weights"] == {"name": "models", "mountPath": "/weights", "subPath": "weights"}


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_no_secret_is_written(key):
    for name, text in (*composed(key).items(), *manifests(key).items()):
        for line in text.splitlines():
            if re.match(r"^(API_KEY|HF_TOKEN|GRAFANA_PASSWORD)=", line):
                assert name.endswith(".env.example")
                assert line.endswith("=")
    assert composed(key)[".gitignore"] == ".env\n"


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_gpus_are_reserved_and_images_pinned(key):
    services = yaml.safe_load(composed(key, number=2)["compose.yaml"])["services"]
    cards = services["engine"]["deploy"]["resources"]["reservations"]["devices"]
    assert cards == [{"driver": "nvidia", "count": 2, "capabilities": ["gpu"]}]
    assert services["engine"]["image"] == engine(key)["images"]["cuda"]
    assert all(re.search(r":.*\d", s["image"]) and "latest" not in s["image"] for s in services.values())


def test_amd_cards_come_through_device_files():
    one = job("llama.cpp", card=gpu(vendor="amd", compute_capability="gfx1100"))
    services = yaml.safe_load(compose.files(one, build(one))[0]["compose.yaml"])["services"]
    assert services["engine"]["devices"] == ["/dev/kfd", "/dev/dri"]
    assert "rocm" in services["engine"]["image"]


@pytest.mark.parametrize("key", [key for key in ALL_ENGINES if not engine(key)["images"]])
def test_engines_without_an_image_say_so(key):
    one = job(key, a_format(key))
    for target in (compose.files, lambda j, p: kubernetes.files(j, p, GIB)):
        with pytest.raises(RequestError) as caught:
            target(one, build(one))
        assert caught.value.code == "no-image"


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_panels_show_only_metrics_that_the_engine_exports(key):
    roles = (engine(key).get("metrics") or {}).get("roles") or {}
    exported = {entry["name"] for entry in roles.values()}
    exported |= {f"{e['name']}_bucket" for e in roles.values() if e["type"] == "histogram"}
    files = composed(key)
    if not roles:
        assert "prometheus.yml" not in files
        return
    board = json.loads(files["grafana/dashboards/engine.json"])
    queries = [t["expr"] for p in board["panels"] for t in p["targets"]]
    shown = {n for query in queries for n in re.findall(r"[a-z][a-z0-9_:]+(?=[)\[])", query)} - {"le"}
    assert shown
    assert shown <= exported


@pytest.mark.parametrize("key", [k for k in ALL_ENGINES if engine(k).get("metrics")])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_grafana_s_own_types_read_the_dashboard_and_lose_nothing(key, lang):
    """The models of Grafana's Foundation SDK are generated from Grafana's schema of a dashboard."""
    sdk = pytest.importorskip("grafana_foundation_sdk.models.dashboard")
    encoder = pytest.importorskip("grafana_foundation_sdk.cog.encoder")
    ours = json.loads(dashboard.dashboard(engine(key), "qwen3-4b", lang))
    theirs = json.loads(encoder.JSONEncoder().encode(sdk.Dashboard.from_json(ours)))
    assert covers(theirs, ours)


def covers(whole, part):
    """Whether everything of a JSON value stands in another."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and covers(whole[k], v) for k, v in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(covers, whole, part))
    return whole == part


def test_a_dashboard_says_what_was_asked_for():
    board = json.loads(dashboard.dashboard(engine("vllm"), "qwen3-4b", "ja"))
    titles = [p["title"] for p in board["panels"]]
    assert {"トークン/秒", "最初のトークンまでの時間", "処理中・待機中のリクエスト", "KVキャッシュ使用率"} <= set(
        titles
    )
    assert len({(p["gridPos"]["x"], p["gridPos"]["y"]) for p in board["panels"]}) == len(board["panels"])
    assert all(p["datasource"]["uid"] == "prometheus" for p in board["panels"])
    assert yaml.safe_load(dashboard.datasource())["datasources"][0]["uid"] == "prometheus"


def run(*command, cwd):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def nginx_configuration(text, tmp_path):
    """What the image makes of the template, inside a configuration that needs no rights."""
    (tmp_path / "gateway.conf").write_text(text.replace("${API_KEY}", "f" * 64), encoding="utf-8")
    paths = "".join(f"{n}_temp_path {tmp_path}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {paths} access_log off; include {tmp_path}/gateway.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    return tmp_path / "nginx.conf"


NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")
@pytest.mark.parametrize("key", WITH_IMAGE)
def test_nginx_accepts_the_gateway(key, tmp_path):
    done = run(
        NGINX, "-t", "-q", "-c", str(nginx_configuration(composed(key)[gateway.TEMPLATE], tmp_path)), cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(NGINX is None or shutil.which("openssl") is None, reason="nginx or openssl is not installed")
def test_nginx_accepts_the_tls_example(tmp_path):
    made = run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=x", "-days", "1",
               cwd=tmp_path)  # fmt: skip
    assert made.returncode == 0, made.stderr
    text = gateway.tls_example().replace("/etc/nginx/certs/fullchain.pem", f"{tmp_path}/c.pem")
    text = text.replace("/etc/nginx/certs/privkey.pem", f"{tmp_path}/k.pem")
    done = run(NGINX, "-t", "-q", "-c", str(nginx_configuration(text, tmp_path)), cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
def test_prometheus_accepts_its_configuration(tmp_path):
    (tmp_path / "prometheus.yml").write_text(dashboard.prometheus(), encoding="utf-8")
    done = run("promtool", "check", "config", "prometheus.yml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
@pytest.mark.parametrize("key", [k for k in WITH_IMAGE if engine(k).get("metrics")])
def test_prometheus_accepts_the_panels_queries(key, tmp_path):
    panels = dashboard.panels(engine(key)["metrics"]["roles"], "en")
    rules = [{"record": f"r{i}", "expr": e} for i, e in enumerate(t["expr"] for p in panels for t in p["targets"])]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}), encoding="utf-8")
    done = run("promtool", "check", "rules", "rules.yml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_kubernetes_accepts_the_manifests(key):
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for document in yaml.safe_load_all(manifests(key)["manifest.yaml"]):
        validate.validate(document, "1.31", strict=True)


def test_one_machine_gets_a_deployment_with_all_that_belongs_to_it():
    kinds = [d["kind"] for d in yaml.safe_load_all(manifests("vllm")["manifest.yaml"])]
    assert kinds == ["ConfigMap", "PersistentVolumeClaim", "Service", "Deployment", "HorizontalPodAutoscaler"]
    documents = {d["kind"]: d for d in yaml.safe_load_all(manifests("vllm")["manifest.yaml"])}
    assert documents["PersistentVolumeClaim"]["spec"]["resources"]["requests"]["storage"] == "37Gi"
    containers = {c["name"]: c for c in documents["Deployment"]["spec"]["template"]["spec"]["containers"]}
    assert containers["engine"]["resources"]["limits"] == {"nvidia.com/gpu": 1}
    assert documents["Deployment"]["spec"]["replicas"] == 2
    scaled = documents["HorizontalPodAutoscaler"]["spec"]["metrics"][0]["pods"]["metric"]["name"]
    assert scaled == "vllm_num_requests_waiting"


def test_what_outgrows_one_machine_gets_a_group_of_pods():
    files = manifests("vllm", gpus=16)
    group = next(d for d in yaml.safe_load_all(files["manifest.yaml"]) if d["kind"] == "LeaderWorkerSet")
    template = group["spec"]["leaderWorkerTemplate"]
    assert template["size"] == 2
    leader = {c["name"]: c for c in template["leaderTemplate"]["spec"]["containers"]}["engine"]["command"]
    worker = template["workerTemplate"]["spec"]["containers"][0]["command"]
    assert leader[leader.index("--tensor-parallel-size") + 1] == "8"
    assert leader[leader.index("--pipeline-parallel-size") + 1] == "2"
    assert worker[-1] == "--headless"
    assert "--headless" not in leader
    flags = {w for w in (*leader, *worker) if w.startswith("--")}
    assert flags <= set(engine("vllm")["flags"])
    ray, policy = yaml.safe_load_all(files["alternatives/ray-service.yaml"])
    config = yaml.safe_load(ray["spec"]["serveConfigV2"])["applications"][0]["args"]["llm_configs"][0]
    assert config["engine_kwargs"]["tensor_parallel_size"] == 8
    assert not {"host", "port"} & set(config["engine_kwargs"])
    assert policy["kind"] == "NetworkPolicy"
    kserve = yaml.safe_load(files["alternatives/kserve.yaml"])
    assert kserve["spec"]["parallelism"] == {"tensor": 8, "pipeline": 2}


@pytest.mark.parametrize(
    ("gpus", "cut", "expected"),
    [
        (16, (16, 1), (8, 2)),
        (16, (8, 2), (8, 2)),
        (8, (8, 1), (8, 1)),
        (24, (8, 3), (8, 3)),
        (9, (9, 1), (9, 1)),
        (0, (1, 1), (1, 1)),
    ],
)
def test_layers_are_cut_inside_a_machine_only(gpus, cut, expected):
    found = kubernetes.across_nodes(Placement(gpus, *cut))
    assert (found.tensor_parallel, found.pipeline_parallel) == expected


def test_an_engine_of_one_machine_says_that_it_is_outgrown():
    with pytest.raises(RequestError) as caught:
        manifests("sglang", gpus=16)
    assert caught.value.code == "no-multi-node"


# --- nothing that comes from outside is interpreted -------------------------------------------------------------------


def evil_job(key, **changes):
    subject = model(id=f"m{EVIL}", hub_id=f"org/{EVIL}", architecture=architecture())
    return a_job(key, model=subject, artifact=artifact(a_format(key), f"org/{EVIL}"), **changes)


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_compose_takes_evil_names_as_they_are(key):
    one = evil_job(key)
    plan = build(one)
    project = yaml.safe_load(compose.files(one, plan)[0]["compose.yaml"])
    words = project["services"]["engine"]["entrypoint"]
    expected = container(one, plan, "compose").command
    assert tuple(word.replace("$$", "$") for word in words) == expected
    assert not re.search(r"(?<!\$)(\$\$)*\$(?!\$)", "".join(words).replace("$$", ""))
    assert re.fullmatch(r"[a-z0-9-]+", project["name"])


@pytest.mark.parametrize("key", WITH_IMAGE)
def test_kubernetes_takes_evil_names_as_they_are(key):
    one = evil_job(key)
    plan = build(one)
    documents = list(yaml.safe_load_all(kubernetes.files(one, plan, GIB)[0]["manifest.yaml"]))
    found = next(d for d in documents if d["kind"] == "Deployment")
    command = next(c for c in found["spec"]["template"]["spec"]["containers"] if c["name"] == "engine")["command"]
    assert tuple(w.replace("$$(", "$(") for w in command) == container(one, plan, "kubernetes").command
    assert not re.search(r"(?<!\$)\$\(", "".join(command))
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", d["metadata"]["name"]) for d in documents)


def systemd_words(line):
    """How systemd reads a line of double-quoted words: C escapes, then `$$` and `%%`."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    decoded = [
        re.sub(rb"\\x([0-9a-f]{2})|\\(.)", lambda m: bytes([int(m[1], 16)]) if m[1] else m[2], w.encode()).decode()
        for w in words
    ]
    return [w.replace("$$", "$").replace("%%", "%") for w in decoded]


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_systemd_takes_evil_names_as_they_are(key):
    one = evil_job(key)
    plan = build(one)
    files, _ = systemd.files(one, plan)
    unit = next(text for name, text in files.items() if name.endswith(".service"))
    starts = [line for line in unit.split("\n") if line.startswith("ExecStart=")]
    expected = ("ollama", "serve") if key == "ollama" else plan.command
    assert len(starts) == 1
    assert tuple(systemd_words(starts[0])) == ("/usr/bin/env", *expected)
    assert all(re.match(r"^(\[[A-Z][a-z]+\]|[A-Z][A-Za-z]+=.*|)$", line) for line in unit.split("\n"))


def test_names_become_dns_labels():
    assert dns_label("Qwen2.5-72B_Instruct") == "qwen2-5-72b-instruct"
    assert dns_label("日本語") == "model"
    assert len(dns_label("x" * 300)) <= 40


@pytest.mark.parametrize("path", ["/health;", "/ {", "health", "/a b", "/$x", "/a\n", ""])
def test_paths_for_nginx_are_paths(path):
    with pytest.raises(CatalogError):
        safe_path(path)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_unit(tmp_path):
    one = a_job("vllm")
    files, _ = systemd.files(one, build(one))
    name, text = next((n, t) for n, t in files.items() if n.endswith(".service"))
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("systemd-analyze", "verify", str(tmp_path / name), cwd=tmp_path)
    assert "Unknown" not in done.stderr
