"""
The console with a session's permissions: AWS's federation endpoint changes credentials into a sign-in address.

No SessionDuration is sent: without it the console lasts as long as the credentials; with it, it could outlive them, and
AWS refuses it for chained roles (IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url).
"""

import json
import urllib.error
import urllib.request
from urllib.parse import urlencode

from daypass.model.errors import Misconfigured, Unavailable
from daypass.ports import Credentials

_TIMEOUT_S = 10
_SERVER_ERROR = 500
_NO_PAGE = frozenset({404, 405})


def sign_in_address(credentials: Credentials, *, destination: str, issuer: str, endpoint: str) -> str:
    """
    Ask for a sign-in token and make the address of it: a secret, good for 15 minutes.

    `issuer` is where AWS sends people whose session is over. Raises Unavailable, Misconfigured.
    """
    session = {
        "sessionId": credentials.access_key_id,
        "sessionKey": credentials.secret_access_key,
        "sessionToken": credentials.session_token,
    }
    token = _ask(endpoint, {"Action": "getSigninToken", "Session": json.dumps(session)})
    asked = {"Action": "login", "Issuer": issuer, "Destination": destination, "SigninToken": token}
    return f"{endpoint}?{urlencode(asked)}"


def _ask(endpoint: str, asked: dict[str, str]) -> str:
    """POST, so that the credentials stand in no log of addresses."""
    if not endpoint.startswith(("https://", "http://")):
        raise Misconfigured(f"The sign-in endpoint “{endpoint}” is not an http address.")
    request = urllib.request.Request(endpoint, data=urlencode(asked).encode(), method="POST")  # noqa: S310 - checked
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - as above
            return str(json.load(answer)["SigninToken"])
    except urllib.error.HTTPError as error:
        error.close()
        if error.code >= _SERVER_ERROR:
            raise Unavailable("AWS's sign-in does not answer now.") from None
        if error.code in _NO_PAGE:
            raise Misconfigured(
                f"There is no sign-in page of the AWS console at {endpoint} (HTTP {error.code}): an AWS that is not "
                "Amazon's seldom has one. Use `daypass exec`."
            ) from None
        raise Misconfigured(f"AWS's sign-in refuses the session (HTTP {error.code}).") from None
    except (OSError, ValueError, KeyError):
        raise Unavailable("AWS's sign-in does not answer now.") from None
