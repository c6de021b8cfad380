"""
views.*: modals and App Homes.

https://docs.slack.dev/reference/methods/views.open and its neighbours.
"""

import json
from typing import Any

from localslack import payloads
from localslack.block_kit.check import complaints_about_view
from localslack.block_kit.finish import finished
from localslack.surfaces import View
from localslack.web_api.call import Call, method
from localslack.wire import Json, RefusedError, faulty_arguments
from localslack.world import World

LARGEST_VIEW = 250_000


def accepted_view(view: Any, *allowed: str) -> Json:
    """Give a view as Slack stores it. Raises RefusedError invalid_arguments or view_too_large."""
    if view is None:
        raise faulty_arguments("missing required field: view")
    if len(json.dumps(view)) > LARGEST_VIEW:
        raise RefusedError("view_too_large")
    if complaints := complaints_about_view(view, allowed=allowed or ("modal",)):
        raise faulty_arguments(*complaints)
    return {**view, "blocks": finished(view["blocks"])}


def _shown(world: World, view: View) -> Json:
    return {"view": payloads.view(world, view)}


@method("views.open")
async def open_view(call: Call) -> Json:
    """Open a modal for the person whose trigger this is."""
    view = accepted_view(call.json("view"))
    trigger = call.world.tickets.exchange(call.need("trigger_id"))
    return _shown(call.world, call.world.surfaces.open(trigger.person, view))


@method("views.push")
async def push(call: Call) -> Json:
    """Lay a modal on top of the one the trigger came from."""
    view = accepted_view(call.json("view"))
    trigger = call.world.tickets.exchange(call.need("trigger_id"))
    if trigger.from_view is None:
        raise RefusedError("not_found")
    return _shown(call.world, call.world.surfaces.push(trigger.person, view))


@method("views.update")
async def update(call: Call) -> Json:
    """Change a view that is still open."""
    surfaces = call.world.surfaces
    found = surfaces.find(view_id=call.text("view_id"), external_id=call.text("external_id"))
    view = accepted_view(call.json("view"), found.type)
    return _shown(call.world, surfaces.update(found, view, expected_hash=call.text("hash")))


@method("views.publish")
async def publish(call: Call) -> Json:
    """Set a person's App Home."""
    world = call.world
    if not world.app.manifest.home_tab:
        raise RefusedError("not_enabled")
    person = world.workspace.person(call.need("user_id"))
    view = accepted_view(call.json("view"), "home")
    return _shown(world, world.surfaces.publish(person.id, view, expected_hash=call.text("hash")))
