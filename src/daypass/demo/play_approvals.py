"""The story's chapters on who decides: two people in turn, an emergency, and rules that change by the rules."""

import re
from collections.abc import Callable

from daypass.demo.company import Company
from daypass.demo.inbox import seen, told
from daypass.demo.observe import held
from daypass.demo.story import DoesNotHoldError, Telling, wait_for
from daypass.demo.world import APPROVALS
from localslack import BlockingActor, Message, View

CHANNEL = "C0GENERAL"
_PATIENCE_S = 20


class Deciding:
    """Told with the people, the page and the questions to AWS of the whole story."""

    def __init__(self, company: Company, tell: Telling, ask: Callable[[str], Message]) -> None:
        """Go on with a story; `ask` lets Alice ask in Slack, and gives the question as Bob finds it."""
        self.company, self.tell, self.ask = company, tell, ask
        self.alice, self.bob, self.carol = (company.person(one) for one in ("U0ALICE", "U0BOB", "U0CAROL"))

    def stages(self) -> None:
        """Deleting takes a lead and then security; nobody counts twice."""
        tell = self.tell
        tell.chapter("4. Two people decide, one after the other")
        question = self.ask('s3 delete acme-uploads/inbox/readme.txt --for 10m --as policy --reason "INC-45"')
        tell.does("Bob", "clicks Approve")
        self.bob.click(question, "review.approve")
        half = self.bob.wait_for_change(question, "security", within=_PATIENCE_S)
        tell.sees("Carol", half.visible_text)
        tell.claim("One of two approvals puts nothing into AWS.", not self._in_aws(question))
        self.bob.choose(half, "review.length", "300s")
        refused = self._clicks(self.bob, "Bob", half, "review.approve", "picks 5 minutes and clicks Approve once more")
        tell.claim("Nobody counts for two stages.", refused and not self._in_aws(question))
        tell.does("Carol", "clicks Approve")
        self.carol.click(half, "review.approve")
        tell.claim("With the second one it is in AWS.", wait_for(lambda: self._in_aws(question)))
        self._alice_is_done(question)

    def emergency(self) -> None:
        """At once and loudly; somebody else looks at what was done."""
        tell, asked = self.tell, 's3 read acme-reports/2026/ --for 5m --as policy --reason "INC-46" --urgent'
        tell.chapter("5. An emergency: at once, loudly, and looked at afterwards")
        tell.does("Alice", f"types: /daypass request {asked}")
        self.alice.command("/daypass", f"request {asked}", channel=CHANNEL)
        alarm = self.bob.wait_for_message("Emergency access was used", channel=APPROVALS, within=_PATIENCE_S)
        tell.sees("everyone", alarm.visible_text)
        tell.claim("It is in AWS at once, and nobody was asked.", wait_for(lambda: self._in_aws(alarm)))
        refused = self._clicks(self.alice, "Alice", alarm, "glass.review", "clicks Review")
        tell.claim("Whoever broke the glass does not review it.", "yourself" in refused)
        self._alice_is_done(alarm)
        tell.does("Bob", "clicks Review, and writes what he found")
        self.bob.click(alarm, "glass.review")
        form = self.bob.wait_for_modal("Review", within=_PATIENCE_S)
        self.bob.submit(form, {"reason": "The export had failed; Alice read what it needed."})
        closed = self.bob.wait_for_change(alarm, "Reviewed by", within=_PATIENCE_S)
        tell.claim("The review is closed, by name and in the journal.", "<@U0BOB>" in closed.visible_text)

    def rules(self) -> None:
        """One owner proposes with the effect in front of them, another one agrees, and it counts at the next ask."""
        tell = self.tell
        tell.chapter("6. The rules change by the rules")
        tell.does("Bob", "types: /daypass rules, clicks Edit, and writes 4h for 8h")
        effect = self._effect_of({"longest": "4h", "note": "Four hours are enough."})
        effects = [words for words in _words(effect) if " lose" in words]
        tell.sees("Bob", next(iter(effects), _words(effect)[0]))
        tell.claim("What it would do is shown before anything is proposed.", bool(effects))
        tell.does("Bob", "clicks Propose")
        self.bob.submit(effect)
        card = self.carol.wait_for_message("Four hours are enough.", channel=APPROVALS, within=_PATIENCE_S)
        refused = self._clicks(self.bob, "Bob", card, "rules.approve", "clicks Approve under his own change")
        tell.claim("Nobody agrees to their own change.", "another owner" in refused)
        tell.does("Carol", "clicks Approve")
        self.carol.click(card, "rules.approve")
        changed = self.carol.wait_for_change(card, "in force as version 2", within=_PATIENCE_S)
        tell.sees("everyone", changed.visible_text.splitlines()[-2])
        known = seen(self.alice)
        tell.does("Alice", "types: /daypass request s3 read acme-reports/2026/ --for 6h --reason INC-47")
        self.alice.command("/daypass", "request s3 read acme-reports/2026/ --for 6h --reason INC-47", channel=CHANNEL)
        answer = told(self.alice, known).visible_text
        tell.sees("Alice", answer)
        tell.claim("The new rule counts at once.", "at most 4h" in answer)

    def _effect_of(self, values: dict[str, str]) -> View:
        """Edit the first rule as Bob, up to the page that says what it would do."""
        known = seen(self.bob)
        self.bob.command("/daypass", "rules", channel=CHANNEL)
        self.bob.click(told(self.bob, known), "rules.edit", block_id="rule:reports")
        form = self.bob.wait_for_modal("Change a rule", within=_PATIENCE_S)
        self.bob.submit(form, values)
        shown = wait_for(lambda: _with(self.bob.modal(), "would be decided"))
        if shown is None:
            raise DoesNotHoldError("the effect of the change is shown")
        return shown

    def _clicks(self, person: BlockingActor, name: str, on: Message, action: str, what: str) -> str:
        """Click what is not theirs to click; what they are told."""
        known = seen(person)
        self.tell.does(name, what)
        person.click(on, action)
        said = told(person, known).visible_text
        self.tell.sees(name, said)
        return said

    def _alice_is_done(self, about: Message) -> None:
        self.tell.does("Alice", "clicks I'm done")
        self.alice.click(self.alice.wait_for_message(_id(about), within=_PATIENCE_S), "mine.done")
        self.tell.claim("Nothing of it is left in AWS.", wait_for(lambda: not self._in_aws(about)))

    def _in_aws(self, about: Message) -> bool:
        """Whether AWS holds anything of the grant that a message is about: names in AWS derive from its id."""
        return _id(about) in str(held(self.company.aws))


def _id(message: Message) -> str:
    found = re.search(r"Id `([a-z0-9]{12})`", message.visible_text)
    if found is None:
        raise DoesNotHoldError("a message says which request it is about")
    return found[1]


def _words(view: View) -> list[str]:
    return [block["text"]["text"] for block in view.blocks if block["type"] == "section"]


def _with(view: View | None, words: str) -> View | None:
    return view if view is not None and words in str(view.blocks) else None
