"""One HTTP request to a server that may be busy or gone: tried again with growing pauses, never led elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException, HTTPMessage
from ipaddress import ip_address
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

Sleep = Callable[[float], None]

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0
TOO_BUSY = frozenset({408, 429})
REASON_MOST = 4_000  # bytes of a refusal that are read


class Refused(Exception):  # noqa: N818 - an answer, which the caller may be able to use
    """The server understood and said no: ``status`` 300 to 499 and what it said."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.body = status, body


class Unanswered(Exception):  # noqa: N818
    """Every try ended in a broken connection, a time-out or the server's own failure; the text is the last reason."""


def fetch(url: str, body: bytes | None, *, timeout_s: float, retries: int, sleep: Sleep) -> bytes:
    """The body of the answer to a GET, or to a POST of the JSON ``body``; raises ``Refused`` or ``Unanswered``."""
    opener = _opener(url)
    reason = ""
    for attempt in range(retries + 1):
        if attempt:
            sleep(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1)))
        try:
            with opener.open(_request(url, body), timeout=timeout_s) as answer:
                content: bytes = answer.read()
                return content
        except HTTPError as error:
            with error:
                if error.code < 500 and error.code not in TOO_BUSY:
                    raise Refused(error.code, error.read(REASON_MOST)) from error
            reason = f"HTTP {error.code}"
        except (OSError, HTTPException) as error:
            reason = str(error.reason if isinstance(error, URLError) else error) or type(error).__name__
    raise Unanswered(reason)


def _request(url: str, body: bytes | None) -> Request:
    return Request(url, body, {"Content-Type": "application/json", "User-Agent": "dispatch"})


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: coordinates go to the server that the user named, and to no other."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def _opener(url: str) -> OpenerDirector:
    """A proxy of the environment is for other machines, not for a server on this one."""
    return build_opener(_Stay, *([ProxyHandler({})] if _is_here(urlsplit(url).hostname or "") else []))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
