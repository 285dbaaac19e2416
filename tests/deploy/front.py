"""nginx with the files of deploy/nginx, on loopback addresses in the place of theirs."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "nginx"
SECONDS_TO_START = 30
MAIN = """
{modules}
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 2;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/newsroom.conf;
}}
"""
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


class Nginx:
    """A running nginx whose site is ``https://localhost:PORT``."""

    def __init__(self, folder: Path, upstreams: list[int]) -> None:
        if not shutil.which("nginx"):
            pytest.skip("nginx is not installed: apt-get install nginx")
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.site_url = f"https://localhost:{self.port}"
        self.files = folder / "files"  # in the place of /srv/newsroom
        for name in ("static", "media", "originals", "cache", "acme"):
            (self.files / name).mkdir(parents=True)
        make_certificate(folder)
        for path in SHIPPED.glob("*.conf"):
            (folder / path.name).write_text(self.on_loopback(path.read_text()))
        if not BROTLI.exists():
            (folder / "newsroom-brotli.conf").unlink()
        self.name_upstreams(upstreams)
        modules = f"load_module {BROTLI};" if BROTLI.exists() else ""
        user = "user root;" if os.getuid() == 0 else ""  # the test's folder is private
        main = MAIN.format(folder=folder, modules=modules, user=user)
        (folder / "nginx.conf").write_text(main)
        self.command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        checked = subprocess.run(
            [*self.command, "-t"], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stderr
        self.warnings = [line for line in checked.stderr.splitlines() if "[" in line]
        self.process = subprocess.Popen(self.command)
        wait_for_port(self.port, self.process)

    def on_loopback(self, text: str) -> str:
        """Return a shipped file with its addresses and folders replaced by the test's."""
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        for old, new in {
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "news.example.org": "localhost",
            "/etc/newsroom/tls": str(self.folder),
            "/var/cache/nginx/newsroom": f"{self.files}/cache",
            "/var/log/nginx": str(self.folder),
            "/var/www/acme": f"{self.files}/acme",
            "/srv/newsroom": str(self.files),
        }.items():
            text = text.replace(old, new)
        return text

    def name_upstreams(self, ports: list[int]) -> None:
        line = "server 127.0.0.1:8000"
        shipped = (SHIPPED / "newsroom-upstream.conf").read_text()
        (one,) = re.findall(rf"^{line}.*;", shipped, re.MULTILINE)
        lines = [one.replace(line, f"server 127.0.0.1:{port}") for port in ports]
        (self.folder / "newsroom-upstream.conf").write_text("\n".join(lines))

    def open(self, address: str = "127.0.0.1") -> HTTPSConnection:
        """Return a connection from ``address``, any one of loopback, to close after use."""
        context = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        return HTTPSConnection(
            "localhost",
            self.port,
            timeout=60,
            context=context,
            source_address=(address, 0),
        )

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        address: str = "127.0.0.1",
        **headers: str,
    ) -> Answer:
        connection = self.open(address)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def ask_plainly(self, path: str, host: str = "localhost") -> Answer:
        connection = HTTPConnection("127.0.0.1", self.plain_port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Answer:
    """What came back: read to its end, unpacked if it is packed in gzip."""

    def __init__(self, response: Any) -> None:
        self.status, self.headers = response.status, response.headers
        self.body = response.read()
        if self.headers["Content-Encoding"] == "gzip":
            self.body = gzip.decompress(self.body)
        self.text = self.body.decode(errors="replace")


class Stub:
    """An app server that answers as it is told, and remembers what it was asked."""

    def __init__(self, name: str = "one") -> None:
        self.name, self.asked = name, []
        self.headers = {"Cache-Control": "public, max-age=0, s-maxage=1"}
        self.status, self.delay, self.hangs_up = 200, 0.0, False
        self.body = b"page"
        self.server: ThreadingHTTPServer | None = None
        self.port = free_port()
        self.start()

    def start(self) -> None:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                stub.asked.append(
                    {
                        "method": self.command,
                        "path": self.path,
                        "headers": {k.lower(): v for k, v in self.headers.items()},
                        "length": len(body),
                    }
                )
                time.sleep(stub.delay)
                if stub.hangs_up:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(stub.status)
                for name, value in stub.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(stub.body)))
                self.end_headers()
                self.wfile.write(stub.body)

            do_GET = do_POST = do_HEAD = answer  # noqa: N815  # as the base class asks

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *words: object) -> None:
                """Say nothing: some tests hang up."""

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,)).start()

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def paths(self, method: str = "GET") -> list[str]:
        return [one["path"] for one in self.asked if one["method"] == method]


def make_certificate(folder: Path) -> None:
    """Write a certificate for localhost and its key, good for two days."""
    words = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
        f" -keyout {folder}/privkey.pem -out {folder}/fullchain.pem"
    )
    subprocess.run(words.split(), capture_output=True, check=True)


def wait_for_port(port: int, process: subprocess.Popen[Any]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail(f"{process.args} does not listen on {port}.")
