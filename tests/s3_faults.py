"""A proxy in front of the S3 test server that breaks chosen requests."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code>'
    "<Message>{code}</Message></Error>"
)


@dataclass(frozen=True)
class Request:
    """What passes: method, path with query, and headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Fault:
    """What happens to a request instead.

    Parameters
    ----------
    status, code : int, str
        An answer of S3 with this error; with status 0 none is given.
    after : int or None
        Let so many bytes of the true answer pass, then cut the connection.
    swallowed : bool
        Let the request reach the server, but cut the connection before its answer.
    """

    status: int = 0
    code: str = ""
    after: int | None = None
    swallowed: bool = False
    headers: tuple[tuple[str, str], ...] = ()


THROTTLED = Fault(503, "SlowDown")
EXPIRED = Fault(400, "ExpiredToken")
DENIED = Fault(403, "AccessDenied")
CUT = Fault()


@dataclass
class Proxy:
    """Passes requests on; ``faults`` decide for each, and are asked in order."""

    target: str
    faults: list[Callable[[Request], Fault | None]] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def break_next(self, fault: Fault, *, times: int = 1, method: str = "", part: str = "") -> None:
        """Break the next requests of a method whose path holds a text."""
        left = [times]

        def decide(request: Request) -> Fault | None:
            fits = (not method or request.method == method) and part in request.path
            if not fits or not left[0]:
                return None
            left[0] -= 1
            return fault

        self.faults.append(decide)

    def count(self, method: str, part: str = "") -> int:
        with self.lock:
            return sum(one.method == method and part in one.path for one in self.seen)

    def decide(self, request: Request) -> Fault | None:
        with self.lock:
            self.seen.append(request)
            return next((one for one in (f(request) for f in self.faults) if one), None)


class _Handler(BaseHTTPRequestHandler):
    """Passes one request on, or breaks it."""

    proxy: Proxy
    protocol_version = "HTTP/1.1"  # else clients wait a second for leave to send a body

    def log_message(self, *_: object) -> None:
        pass

    def _handle(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        headers = {key.lower(): one for key, one in self.headers.items()}
        fault = self.proxy.decide(Request(self.command, self.path, headers))
        if fault is None or fault.swallowed or fault.after is not None:
            self._pass_on(self.rfile.read(size), fault)
        else:
            if fault.status:
                self._refuse(fault)
            self._cut()

    def _refuse(self, fault: Fault) -> None:
        text = ERROR.format(code=fault.code)
        if self.command == "POST" and self.path == "/":  # another service than S3
            text = f"<ErrorResponse>{text.partition('?>')[2]}</ErrorResponse>"
        body = b"" if self.command == "HEAD" else text.encode()
        self.send_response(fault.status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml")
        for key, one in fault.headers:
            self.send_header(key, one)
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def _pass_on(self, body: bytes, fault: Fault | None) -> None:
        where = urlsplit(self.proxy.target)
        headers = {key: one for key, one in self.headers.items() if key.lower() != "expect"}
        # closed whatever happens: a socket that is only dropped fails the test that runs then
        with closing(
            http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        ) as onward:
            onward.request(self.command, self.path, body=body, headers=headers)
            answer = onward.getresponse()
            data = answer.read()
        if fault is not None and fault.swallowed:
            self._cut()
            return
        self.send_response_only(answer.status, answer.reason)
        for key, one in answer.getheaders():
            if key.lower() not in ("connection", "transfer-encoding"):
                self.send_header(key, one)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data if fault is None else data[: fault.after])
        if fault is not None:
            self._cut()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _handle


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # broken connections are the point


@contextmanager
def proxied(target: str) -> Iterator[Proxy]:
    """Run a proxy while the block runs."""
    proxy = Proxy(target)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
