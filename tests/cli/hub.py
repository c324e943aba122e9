"""A hub on this machine: as much of its interface as fetching a snapshot needs."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(repository: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve a folder as a repository; yields the address, and the files it has sent so far."""
    sent: list[str] = []
    names = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(head=True)

        def do_GET(self) -> None:
            self._answer(head=False)

        def _answer(self, *, head: bool) -> None:
            path = self.path.partition("?")[0]
            if path.startswith(f"/api/models/{repository}/tree/"):
                listed = [
                    {"type": "file", "path": n, "size": size(n), "oid": digest(n)} for n in names
                ]
                self._send(200, json.dumps(listed).encode(), head=head)
            elif path.startswith(f"/api/models/{repository}"):
                siblings = [{"rfilename": name, "size": size(name)} for name in names]
                info = {"id": repository, "sha": COMMIT, "siblings": siblings, "tags": []}
                self._send(200, json.dumps(info).encode(), head=head)
            elif path.startswith(f"/{repository}/resolve/{COMMIT}/"):
                name = path.rpartition(f"/resolve/{COMMIT}/")[2]
                sent.append(name)
                self._send(200, (folder / name).read_bytes(), head=head, etag=digest(name))
            else:
                self._send(404, b"{}", head=head)

        def _send(self, code: int, body: bytes, *, head: bool, etag: str = "") -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Repo-Commit", COMMIT)
            if code == 404:
                self.send_header("X-Error-Code", "RepoNotFound")
            if etag:
                self.send_header("ETag", f'"{etag}"')
            self.end_headers()
            if not head:
                self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            return None

    def size(name: str) -> int:
        return (folder / name).stat().st_size

    def digest(name: str) -> str:
        return hashlib.sha1((folder / name).read_bytes()).hexdigest()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
