"""The nginx in front of an engine: API key, rate limit, streaming, health without a key, metrics on a port of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from osllm.serve.container import Container

IMAGE: Final = "nginx:1.27-alpine"
PORT: Final = 8088  # no engine's default
METRICS_PORT: Final = 9091
TEMPLATE: Final = "nginx/templates/default.conf.template"
TLS: Final = "nginx/tls.conf.example"

# ${API_KEY} is filled in by the image's start script (NGINX_ENVSUBST_FILTER keeps it from touching $host and the like).
_TEMPLATE: Final = """# The key comes from the environment; this file holds none.
map_hash_bucket_size 256;
map $http_authorization $authorised {{
    default 0;
    "Bearer ${{API_KEY}}" 1;
}}
limit_req_zone $http_authorization zone=requests:1m rate={rate}r/s;
limit_conn_zone $server_name zone=connections:1m;

upstream engine {{
    server 127.0.0.1:{port};
    keepalive 16;
    # Shorter than the 5 s after which the engines' servers close an idle connection (uvicorn's timeout_keep_alive).
    keepalive_timeout 4s;
}}

server {{
    listen {listen};
    server_tokens off;
    client_max_body_size 32m;

    location = /health {{
        access_log off;
        proxy_pass http://engine{health};
        # A connection asked for in HTTP/1.0 is closed by the engine, and may not be kept for the next request.
        proxy_http_version 1.1;
        proxy_set_header Connection "";
    }}

    location {api}/ {{
        if ($authorised = 0) {{
            return 401;
        }}
        limit_req zone=requests burst={burst} nodelay;
        limit_conn connections {connections};
        proxy_pass http://engine;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header Authorization "";
        # Tokens are passed on as they come.
        proxy_buffering off;
        proxy_cache off;
        proxy_read_timeout 600s;
        proxy_send_timeout 600s;
    }}

    location / {{
        return 404;
    }}
}}
"""
_METRICS: Final = """
server {{
    listen {listen};
    location = /metrics {{
        access_log off;
        proxy_pass http://engine{metrics};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
    }}
    location / {{
        return 404;
    }}
}}
"""
_TLS: Final = """# To open the gateway: put fullchain.pem and privkey.pem into ./nginx/certs, mount that folder at /etc/nginx/certs,
# copy this file to nginx/templates/tls.conf.template and publish port 8443 in place of {port}.
server {{
    listen 8443 ssl;
    server_tokens off;
    client_max_body_size 32m;
    ssl_certificate /etc/nginx/certs/fullchain.pem;
    ssl_certificate_key /etc/nginx/certs/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;

    location / {{
        proxy_pass http://127.0.0.1:{port};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_buffering off;
        proxy_read_timeout 600s;
    }}
}}
"""


def template(engine: Container) -> str:
    """The configuration, for the planned number of users: as many connections, four times as many may queue."""
    words = {
        "port": engine.port,
        "listen": PORT,
        "health": engine.health,
        "api": engine.api.rstrip("/"),
        "rate": max(5, engine.users),
        "burst": 4 * engine.users,
        "connections": 4 * engine.users,
    }
    metrics = "" if engine.metrics is None else _METRICS.format(listen=METRICS_PORT, metrics=engine.metrics)
    return _TEMPLATE.format(**words) + metrics


def tls_example() -> str:
    """A second server with TLS, to be switched on by copying it."""
    return _TLS.format(port=PORT)
