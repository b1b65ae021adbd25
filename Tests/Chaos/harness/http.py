"""Small HTTP calls that keep a connection open."""

from __future__ import annotations

import http.client
import json
from urllib.parse import quote, urlsplit


class Client:
    """One kept-alive connection to a base address such as `http://127.0.0.1:8080`."""

    def __init__(self, base: str, timeout: float = 30, token: str | None = None):
        self.base = base
        self._address = urlsplit(base).netloc
        self._timeout = timeout
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection: http.client.HTTPConnection | None = None

    def request(self, method: str, path: str, body: bytes | None = None, content_type: str = "application/json"):
        """Returns status and body; raises OSError or HTTPException when there was no answer."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._address, timeout=self._timeout)
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = content_type
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def json(self, path: str) -> dict:
        status, body = self.request("GET", path)
        if status != 200:
            raise ValueError(f"GET {path}: {status} {body[:200]!r}")
        return json.loads(body)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def segment(text: str) -> str:
    return quote(text, safe="")
