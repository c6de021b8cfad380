"""The operator's hook for broken glass, from the settings: one small POST that follows nothing."""

from collections.abc import Mapping

import httpx2

from daypass.lifecycle.break_glass.hook import Hook
from daypass.model.errors import Misconfigured, Unavailable
from daypass.settings import Settings
from daypass.sources.addresses import address_of, is_private_way
from daypass.sources.fetch import post

_PATIENCE_S = 10.0


def glass_hook(settings: Settings) -> Hook | None:
    """The hook; None where none is set. Raises Misconfigured for one that would be called in the clear or unsigned."""
    url, secret = settings.glass.hook_url, settings.glass.hook_secret
    if not url:
        return None
    if not secret:
        raise Misconfigured("DAYPASS_GLASS_HOOK_URL is set; give DAYPASS_GLASS_HOOK_SECRET too: it signs the calls.")
    address = address_of(url)
    if address is None or not is_private_way(address):
        raise Misconfigured("DAYPASS_GLASS_HOOK_URL must begin with https:// (or be on 127.0.0.1).")
    return Hook(call=HookCall(address), secret=secret, public_url=settings.public_url)


class HookCall:
    """Posts to one address."""

    def __init__(self, url: httpx2.URL, *, patience_s: float = _PATIENCE_S) -> None:
        """Take the address; its path may be a secret, so that only its host is ever named."""
        self._url, self._patience_s = url, patience_s

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Post. Raises Unavailable unless it is answered with 2xx in time."""
        status = post(self._url, body, headers=headers, patience_s=self._patience_s)
        if not httpx2.codes.is_success(status):
            raise Unavailable(f"The hook at {self._url.host} answers {status}.")
