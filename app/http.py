"""The one HTTP client. All outgoing calls go through here, so that changing the library is one import."""

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.errors import Misconfigured

Response = httpx.Response
Client = httpx.AsyncClient
ConnectFailed = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
TimedOut = httpx.TimeoutException
TransportFailed = httpx.TransportError

_HOST_LABEL = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_LOOPBACK_NAMES = frozenset({"localhost"})


def new_client(**options: Any) -> Client:
    """One per process: a new client costs tens of milliseconds. Redirects are never followed."""
    settings: dict[str, Any] = {
        "timeout": httpx.Timeout(8.0, connect=3.0),
        "follow_redirects": False,
        "limits": httpx.Limits(max_connections=200, max_keepalive_connections=50),
        "trust_env": False,
    }
    return httpx.AsyncClient(**(settings | options))


def is_host_label(text: str) -> bool:
    """Fit to stand in a host name: a mall id, a WMS domain. Checked on input and again on use."""
    return _HOST_LABEL.fullmatch(text) is not None


def outside_url(template: str, **labels: str) -> str:
    """The base URL of an outside system: https, or plain http to loopback only. Raises `Misconfigured`."""
    for name, label in labels.items():
        if not is_host_label(label):
            raise Misconfigured(f"{name} cannot stand in a host name")
    url = template.format_map(labels).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return url
    raise Misconfigured("an outside URL needs https (plain http only to loopback)")


def _is_loopback(host: str) -> bool:
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
