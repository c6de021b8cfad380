"""The operator's hook for broken glass, from the settings: one small POST that follows nothing."""

from collections.abc import Mapping
from ipaddress import ip_address

import httpx2

from daypass.lifecycle.break_glass.hook import Hook
from daypass.model.errors import Misconfigured, Unavailable
from daypass.settings import Settings

_PATIENCE_S = 10.0


def glass_hook(settings: Settings) -> Hook | None:
    """The hook; None where none is set. Raises Misconfigured for one that would be called in the clear or unsigned."""
    url, secret = settings.glass.hook_url, settings.glass.hook_secret
    if not url:
        return None
    if not secret:
        raise Misconfigured("DAYPASS_GLASS_HOOK_URL is set; give DAYPASS_GLASS_HOOK_SECRET too: it signs the calls.")
    if not _is_safe(url):
        raise Misconfigured("DAYPASS_GLASS_HOOK_URL must begin with https:// (or be on 127.0.0.1).")
    return Hook(call=HookCall(url), secret=secret, public_url=settings.public_url)


class HookCall:
    """Posts to one address."""

    def __init__(self, url: str, *, patience_s: float = _PATIENCE_S) -> None:
        """Take the address; its path may be a secret, so that only its host is ever named."""
        self._url, self._patience_s = url, patience_s

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Post. Raises Unavailable unless it is answered with 2xx in time."""
        host = httpx2.URL(self._url).host
        try:
            with (
                httpx2.Client(timeout=self._patience_s, follow_redirects=False) as client,
                client.stream("POST", self._url, content=body, headers=dict(headers)) as answer,
            ):
                status = answer.status_code
        except (httpx2.HTTPError, OSError) as error:
            raise Unavailable(f"The hook at {host} does not answer.").because(type(error).__name__) from None
        if not httpx2.codes.is_success(status):
            raise Unavailable(f"The hook at {host} answers {status}.")


def _is_safe(url: str) -> bool:
    try:
        found = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        return False
    return bool(found.host) and (found.scheme == "https" or (found.scheme == "http" and _is_here(found.host)))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
