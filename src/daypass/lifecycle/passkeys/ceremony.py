"""
WebAuthn as the browser sees it: what it is asked, and whether its answer holds.

An answer holds when it is to this challenge, from a page of ours, by a passkey of this person, with their finger, face
or PIN (user verification), and counts further than the last one. What else the specification asks a relying party to
look at (W3C Web Authentication, level 3, sections 7.1 and 7.2) `webauthn` looks at, or the two lines below that say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict, parse_client_data_json
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from daypass.lifecycle.passkeys.relying_party import Site
from daypass.model.errors import DaypassError, NotYours
from daypass.model.passkey import Passkey
from daypass.model.principal import Principal, PrincipalId

Json = dict[str, Any]

_PATIENCE_MS = 120_000
_LONGEST_ID = 1023
"""Bytes of a credential's id, by the specification."""


def ask_to_prove(passkeys: Sequence[Passkey], challenge: bytes, at: Site) -> Json:
    """What `navigator.credentials.get` is given."""
    return options_to_json_dict(
        webauthn.generate_authentication_options(
            rp_id=at.id,
            challenge=challenge,
            timeout=_PATIENCE_MS,
            allow_credentials=_named(passkeys),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def ask_to_make(person: Principal, passkeys: Sequence[Passkey], challenge: bytes, at: Site) -> Json:
    """
    What `navigator.credentials.create` is given; a device that holds one of these makes no other.

    The new one can be found by the site alone, as it is where a stranger may not learn who has one (ending_session).
    """
    return options_to_json_dict(
        webauthn.generate_registration_options(
            rp_id=at.id,
            rp_name="Daypass",
            user_id=_handle(person.id),
            user_name=person.name or person.id,
            challenge=challenge,
            timeout=_PATIENCE_MS,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=_named(passkeys),
        )
    )


def proven(answer: Json, *, by: PrincipalId, passkeys: Sequence[Passkey], challenge: bytes, at: Site) -> Passkey:
    """Find the passkey that gave this answer, as it is to be kept now. Raises NotYours when it does not hold."""
    used = next((one for one in passkeys if one.credential_id == answer.get("id")), None)
    if used is None:
        raise _no_proof("it is by no passkey of this person")
    try:
        _refuse_elsewhere(answer, by)
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=at.id,
            expected_origin=at.origin,
            credential_public_key=base64url_to_bytes(used.public_key),
            credential_current_sign_count=used.sign_count,
            require_user_verification=True,
        )
    except DaypassError:
        raise
    # Bytes from outside go through three parsers; whatever they stumble over, it is no proof.
    except Exception as error:
        raise _no_proof(str(error)) from error
    return replace(used, sign_count=verified.new_sign_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that a browser has just made."""

    credential_id: str
    public_key: str
    sign_count: int


def made(answer: Json, *, by: PrincipalId, challenge: bytes, at: Site) -> NewKey:
    """Read the new key out of an answer. Raises NotYours when the answer does not hold."""
    try:
        _refuse_elsewhere(answer, by)
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=at.id,
            expected_origin=at.origin,
            require_user_verification=True,
        )
    except DaypassError:
        raise
    # As in `proven`.
    except Exception as error:
        raise _no_proof(str(error)) from error
    if len(verified.credential_id) > _LONGEST_ID:
        raise _no_proof("its id is too long")
    return NewKey(
        credential_id=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
    )


def _refuse_elsewhere(answer: Mapping[str, Any], by: PrincipalId) -> None:
    """Refuse what `webauthn` does not look at: a page within another's page, and another person's handle."""
    response = answer["response"]
    if parse_client_data_json(base64url_to_bytes(response["clientDataJSON"])).cross_origin:
        raise _no_proof("it is from a page within another's page")
    handle = response.get("userHandle")
    if handle and base64url_to_bytes(handle) != _handle(by):
        raise _no_proof("it is somebody else's")


def _named(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in passkeys]


def _handle(person: PrincipalId) -> bytes:
    """What a passkey calls its person: the same for all of theirs, and not their id (section 14.6.1)."""
    return sha256(f"daypass passkeys {person}".encode()).digest()


def _no_proof(why: str) -> NotYours:
    sentence = "Your passkey's answer does not hold here. Press the button again, and use a passkey of your own."
    return NotYours(sentence, field="second_factor").because(why[:200])
