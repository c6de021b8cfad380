"""
The Slack door, assembled: which conversation answers which thing that people do.

`build` makes the Bolt app; incoming.routes serves it over signed HTTP, socket.Socket over Socket Mode.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors.services import Services
from daypass.doors.slack import decisions, my_access, others_access, request_form, rules, rules_decisions, rules_form
from daypass.doors.slack.break_glass import CLOSE_CALLBACK, GlassReviews
from daypass.doors.slack.chat import Chat
from daypass.doors.slack.commands import Commands
from daypass.doors.slack.digest import Digests
from daypass.doors.slack.digest_card import SHOW
from daypass.doors.slack.error_log import log_failure
from daypass.doors.slack.form import Form
from daypass.doors.slack.freezes import CONFIRM, CONFIRM_FREEZE, Freezing
from daypass.doors.slack.home import HomeTab
from daypass.doors.slack.interaction import Interaction
from daypass.doors.slack.leavers import Changes
from daypass.doors.slack.listeners import Listeners
from daypass.doors.slack.lists import NEXT, OPEN, PREVIOUS, Lists
from daypass.doors.slack.login import LoginMessages
from daypass.doors.slack.outbound import OutboundMessages
from daypass.doors.slack.texts import refusals as sorry
from daypass.doors.slack.thread import Threads
from daypass.doors.slack.verbs import Verbs
from daypass.doors.slack.workspace import SlackSettings

COMMAND = "/daypass"
SHORTCUT = "request_access"

log = structlog.get_logger()


def build(
    services: Services, settings: SlackSettings, turns: Listeners, client: AsyncWebClient, digests: Digests
) -> AsyncApp:
    """Make the Bolt app. Nothing is asked of Slack before the first turn, so that a cold start acknowledges at once."""
    app = AsyncApp(
        name="daypass",
        logger=_framework_log(),
        client=client,
        signing_secret=settings.signing_secret,
        request_verification_enabled=False,  # by this machine's clock alone; `routes` does it
        authorize=_authorized(settings),
        process_before_response=True,  # a listener returns once it has acknowledged; else it would be polled for
        raise_error_for_unhandled_request=True,
    )
    counter = Verbs(services=services)
    home = HomeTab(counter=counter)
    form = Form(counter=counter)
    _listen_to_requests(app, turns, form, Commands(counter=counter, form=form, logins=LoginMessages(counter=counter)))
    _listen_to_reviews(app, turns, decisions.Reviews(counter=counter, home=home))
    _listen_to_owners(app, turns, my_access.MyAccess(counter=counter, home=home))
    _listen_to_rules(app, turns, counter)
    pages = Lists(counter=counter)
    app.action(OPEN)(turns.acting(pages.open))
    app.action(NEXT)(turns.acting(pages.turn))
    app.action(PREVIOUS)(turns.acting(pages.turn))
    theirs = others_access.OthersAccess(counter=counter, home=home)
    app.action("others.revoke")(turns.acting(theirs.ask))
    app.view(others_access.CALLBACK)(turns.filling(theirs.revoke))
    _listen_to_glass(app, turns, GlassReviews(counter=counter))
    app.action(CONFIRM)(turns.acting(Freezing(counter=counter).confirm))
    app.action(CONFIRM_FREEZE)(turns.acting(Freezing(counter=counter).confirm_freeze))
    app.action("login.confirm")(turns.acting(LoginMessages(counter=counter).confirm))
    app.action("login.reject")(turns.acting(LoginMessages(counter=counter).reject))
    app.action(SHOW)(turns.acting(digests.show))
    app.event("app_home_opened")(turns.acting(home.opened))
    app.event("user_change")(turns.hearing(Changes(services=services).heard))
    threads, chat = Threads(services=services), Chat(outgoing=OutboundMessages(client=client, clock=services.clock))

    async def message(body: Mapping[str, Any]) -> None:
        await chat.heard(body)
        await threads.heard(body)

    app.event("message")(turns.hearing(message))
    app.error(_unhandled)
    return app


def _listen_to_requests(app: AsyncApp, turns: Listeners, form: Form, commands: Commands) -> None:
    app.command(COMMAND)(turns.acting(commands.run))
    app.shortcut(SHORTCUT)(turns.acting(form.open))
    app.action("form.open")(turns.acting(form.open))
    app.action("form.urgent")(turns.acting(form.open))
    app.action("form.grant")(turns.acting(form.open_for_somebody))
    app.action(request_form.PREVIEW)(turns.acting(form.preview))
    app.options("resource")(turns.suggesting(form.suggest))
    app.view(request_form.CALLBACK)(turns.filling(form.submit))


def _listen_to_reviews(app: AsyncApp, turns: Listeners, review: decisions.Reviews) -> None:
    app.action("review.approve")(turns.acting(review.approve))
    app.action("review.deny")(turns.acting(review.ask_why_not))
    app.action("review.length")(turns.acting(review.pick))
    app.view(decisions.DENY_CALLBACK)(turns.filling(review.deny))
    app.view(decisions.CUSTOM_CALLBACK)(turns.filling(review.approve_custom))


def _listen_to_glass(app: AsyncApp, turns: Listeners, glass: GlassReviews) -> None:
    app.action("glass.review")(turns.acting(glass.open))
    app.action("glass.revoke")(turns.acting(glass.revoke))
    app.view(CLOSE_CALLBACK)(turns.filling(glass.close))


def _listen_to_owners(app: AsyncApp, turns: Listeners, own: my_access.MyAccess) -> None:
    app.action("mine.done")(turns.acting(own.done))
    app.action("mine.cancel")(turns.acting(own.cancel))
    app.action("mine.console")(turns.acting(own.console))
    app.action("mine.link")(turns.acting(own.link))
    app.action("mine.extend")(turns.acting(own.ask_extension))
    app.action("mine.opened")(turns.acting(_nothing))
    app.view(my_access.EXTEND_CALLBACK)(turns.filling(own.extend))
    app.view(my_access.LINK_CALLBACK)(turns.filling(own.link_to))


def _listen_to_rules(app: AsyncApp, turns: Listeners, counter: Verbs) -> None:
    door, deciding = rules.RulesDoor(counter=counter), rules_decisions.RulesDeciding(counter=counter)
    app.action("rules.edit")(turns.acting(door.edit))
    for sort in ("rule", "denial", "text"):
        app.action(f"rules.new.{sort}")(turns.acting(door.new))
    app.action("rules.text")(turns.acting(door.edit_text))
    app.action("rules.more")(turns.acting(door.more))
    app.action("rules.pause")(turns.acting(door.pause))
    app.view(rules_form.CALLBACK)(turns.filling(door.submit))
    app.action("rules.show")(turns.acting(deciding.show))
    app.action("rules.approve")(turns.acting(deciding.approve))
    app.action("rules.deny")(turns.acting(deciding.ask_why_not))
    app.view(rules_decisions.DENY_CALLBACK)(turns.filling(deciding.deny))
    app.action("rules.withdraw")(turns.acting(deciding.withdraw))
    app.action("rules.whole")(turns.acting(deciding.whole))
    app.action("rules.differences")(turns.acting(deciding.differences))


def _authorized(settings: SlackSettings) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Every payload is answered with our own bot token; whose payloads they are is checked at each turn."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=settings.bot_token)

    return authorize


async def _nothing(turn: Interaction) -> None:
    """Take note that a button with an address was pressed; the browser does the rest."""


async def _unhandled(error: Exception) -> BoltResponse:
    """Answer what nobody listens to. Bolt's own words for it would put the payload into the log."""
    if isinstance(error, BoltUnhandledRequestError):
        log.warning("slack.unhandled", kind=str(error.body.get("type", error.body.get("command", ""))))
        return BoltResponse(status=404, body=sorry.UNKNOWN)
    log_failure("slack.turn_failed", error)
    return BoltResponse(status=500, body="")


def _framework_log() -> logging.Logger:
    """Bolt's own log, quiet: its warnings repeat payloads, and the facts are logged here."""
    framework = logging.getLogger("daypass.slack")
    framework.setLevel(logging.ERROR)
    return framework
