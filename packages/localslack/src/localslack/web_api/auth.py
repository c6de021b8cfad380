"""auth.*, apps.*, api.test, team.info, bots.info: who the app is."""

from localslack.installation import TokenKind
from localslack.web_api.call import Call, method
from localslack.wire import Json, RefusedError


@method("auth.test")
async def test(call: Call) -> Json:
    """Say whose token this is."""
    world = call.world
    return {
        "url": f"{world.base_url}/",
        "team": world.workspace.name,
        "user": world.workspace.person(world.app.bot_user_id).name,
        "team_id": world.workspace.team_id,
        "user_id": world.app.bot_user_id,
        "bot_id": world.app.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": world.workspace.enterprise_id} if world.workspace.enterprise_id else {}),
    }


@method("api.test")
async def api_test(call: Call) -> Json:
    """Say that Slack is there."""
    return {"args": call.arguments}


@method("apps.connections.open", token=TokenKind.APP)
async def open_connection(call: Call) -> Json:
    """Stand in the register; the gate itself answers, as it alone knows the sockets."""
    raise RefusedError("internal_error", method=call.text("method"))


@method("team.info", "team:read")
async def team_info(call: Call) -> Json:
    """Describe the workspace."""
    workspace = call.world.workspace
    return {"team": {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain}}


@method("bots.info", "users:read")
async def bot_info(call: Call) -> Json:
    """Describe the app's bot."""
    app = call.world.app
    if call.text("bot") != app.bot_id:
        raise RefusedError("bot_not_found")
    bot = {
        "id": app.bot_id,
        "deleted": False,
        "name": app.manifest.name,
        "user_id": app.bot_user_id,
        "app_id": app.app_id,
    }
    return {"bot": bot}
