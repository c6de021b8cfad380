"""
The verbs as the Slack door calls them: in a thread, with the collaborators of the doors.

The verbs are plain functions that wait for a database and for AWS; Slack's conversations run on an event loop, which
must never wait.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from daypass.doors.services import Services
from daypass.lifecycle import login
from daypass.lifecycle.approval.decide import approve, deny
from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.end.end import drop, revoke
from daypass.lifecycle.extend import MoreTime, extend
from daypass.lifecycle.handout import links
from daypass.lifecycle.submit import Preview, preview, submit
from daypass.lifecycle.visibility import concealed
from daypass.model.errors import Refusal
from daypass.model.grant import Grant, GrantId
from daypass.model.login import Login
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Ask, Request
from daypass.views.request import RequestView, request_view, viewer, visible_view

T = TypeVar("T")

_THREADS = ThreadPoolExecutor(12, thread_name_prefix="slack")
"""For what people do: enough to wait for AWS side by side, few enough that acknowledging goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """What a person can have done. Every method raises what its verb raises."""

    services: Services

    async def file(self, ask: Ask) -> Request:
        """File a request."""
        return await in_thread(lambda: submit(ask, judge=self.services.judge, now=self.services.clock()))

    async def preview(self, ask: Ask) -> Preview:
        """Say what filing it would do."""
        return await in_thread(lambda: preview(ask, judge=self.services.judge, now=self.services.clock()))

    async def approve(self, request_id: GrantId, *, by: PrincipalId, length: timedelta | None) -> Grant | None:
        """Approve a request, for `length` or as it was asked; None while others must approve it too."""
        services = self.services
        return await in_thread(
            lambda: approve(request_id, by=by, length=length, judge=services.judge, now=services.clock())
        )

    async def deny(self, request_id: GrantId, *, by: PrincipalId, reason: str) -> Request:
        """Turn a request down."""
        services = self.services
        return await in_thread(
            lambda: deny(request_id, by=by, reason=reason, enders=services.enders, now=services.clock())
        )

    async def revoke(self, grant_id: GrantId, *, by: PrincipalId, reason: str) -> Grant:
        """End somebody's grant."""
        services = self.services
        return await in_thread(
            lambda: revoke(grant_id, by=by, reason=reason, enders=services.enders, now=services.clock())
        )

    async def cancel(self, request_id: GrantId, *, by: PrincipalId) -> Request:
        """Take a request back."""
        return await in_thread(
            lambda: cancel(request_id, by=by, ledger=self.services.ledger, now=self.services.clock())
        )

    async def drop(self, grant_id: GrantId, *, by: PrincipalId) -> Grant:
        """End one's own grant."""
        return await in_thread(lambda: drop(grant_id, by=by, ledger=self.services.ledger, now=self.services.clock()))

    async def extend(self, wanted: MoreTime) -> Request:
        """Ask for more time."""
        return await in_thread(lambda: extend(wanted, judge=self.services.judge, now=self.services.clock()))

    async def console(self, grant_id: GrantId, *, by: PrincipalId) -> str:
        """Make a console sign-in address: a secret."""
        services = self.services
        return await in_thread(lambda: services.handout.console(grant_id, by=by))

    async def link(self, grant_id: GrantId, key: str, *, by: PrincipalId) -> str:
        """Make the address of a Daypass link: a secret."""
        services = self.services
        token = await in_thread(lambda: links.make(grant_id, key, by=by, ledger=services.ledger, now=services.clock()))
        return f"{services.public_url}/l/{token}"

    async def waiting_login(self, user_code: str) -> Login:
        """Find the command line that waits with a code."""
        services = self.services
        return await in_thread(lambda: login.waiting(user_code, logins=services.logins, now=services.clock()))

    async def confirm_login(self, user_code: str, *, by: PrincipalId) -> Login:
        """Make a waiting command line one's own."""
        services = self.services
        return await in_thread(
            lambda: login.confirm(
                user_code, by=by, logins=services.logins, ledger=services.ledger, now=services.clock()
            )
        )

    async def reject_login(self, user_code: str, *, by: PrincipalId) -> Login:
        """End a waiting command line that is not one's own."""
        services = self.services
        return await in_thread(
            lambda: login.reject(user_code, by=by, logins=services.logins, ledger=services.ledger, now=services.clock())
        )

    async def person(self, principal_id: PrincipalId) -> Principal:
        """Read one person."""
        return await in_thread(lambda: self.services.directory.principal(principal_id))

    async def request_view(self, subject: GrantId, *, by: PrincipalId) -> RequestView:
        """Read a request and its grant, for somebody who may see it. Raises NotFound for anybody else."""
        return await in_thread(lambda: self.view_for(subject, by))

    async def concealed(self, error: Refusal, subject: GrantId, *, by: PrincipalId) -> Refusal:
        """A refusal that is about a request, as this person may read it."""
        judge, now = self.services.judge, self.services.clock()
        return await in_thread(lambda: concealed(error, subject, lambda: viewer(by, judge=judge), judge=judge, now=now))

    def view_for(self, subject: GrantId, by: PrincipalId) -> RequestView:
        """The same for somebody who may see it, in the thread one is in. Raises NotFound for anybody else."""
        return visible_view(subject, by=by, judge=self.services.judge, now=self.services.clock())

    def view(self, subject: GrantId) -> RequestView:
        """Read a request and its grant, in the thread one is in. Raises NotFound."""
        return request_view(subject, ledger=self.services.ledger)


async def in_thread(work: Callable[[], T]) -> T:
    """Run something that waits, beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, copy_context().run, work)
