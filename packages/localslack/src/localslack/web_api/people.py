"""users.* and usergroups.*: who is in the workspace."""

from localslack import payloads
from localslack.web_api.call import Call, method
from localslack.wire import Json, RefusedError
from localslack.workspace import Person

EMAIL_SCOPE = "users:read.email"


def _shown(call: Call, person: Person) -> Json:
    return payloads.user(call.world, person, with_email=EMAIL_SCOPE in call.world.app.manifest.bot_scopes)


@method("users.info", "users:read")
async def info(call: Call) -> Json:
    """Describe one person, time zone included; the e-mail only with its own scope."""
    return {"user": _shown(call, call.world.workspace.person(call.need("user")))}


@method("users.list", "users:read")
async def list_all(call: Call) -> Json:
    """List everyone, those who left included."""
    page, metadata = call.page([_shown(call, person) for person in call.world.workspace.people.values()])
    return {"members": page, "cache_ts": int(call.world.clock()), "response_metadata": metadata}


@method("users.lookupByEmail", EMAIL_SCOPE)
async def by_email(call: Call) -> Json:
    """Find the active person with exactly this address."""
    wanted = call.need("email").lower()
    for person in call.world.workspace.people.values():
        if person.email.lower() == wanted and not person.deleted:
            return {"user": _shown(call, person)}
    raise RefusedError("users_not_found")


@method("usergroups.list", "usergroups:read")
async def groups(call: Call) -> Json:
    """List the user groups."""
    wanted = [g for g in call.world.workspace.groups.values() if call.flag("include_disabled") or not g.disabled]
    with_users = call.flag("include_users")
    return {"usergroups": [payloads.user_group(call.world, group, with_users=with_users) for group in wanted]}


@method("usergroups.users.list", "usergroups:read")
async def members(call: Call) -> Json:
    """List who is in a user group; a disabled group only when asked for."""
    group = call.world.workspace.groups.get(call.need("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise RefusedError("no_such_subteam")
    return {"users": list(group.users)}
