"""What an ask would come to, for whoever only looks: who would be asked, by which rule, and the exact text for AWS."""

from daypass.doors.slack.blocks import Note, context, escape, preformatted, section
from daypass.doors.slack.names import in_private
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.model.request import Ask
from daypass.rules.approval.preview import preview


async def previewed(counter: Verbs, ask: Ask) -> Note:
    """Rehearse it. Raises what filing it would raise."""
    seen = await counter.preview(ask)
    papers = [part for paper in seen.dry_run.papers for part in preformatted(f"{paper.place}\n{paper.text}")]
    notes = [context(escape(note)) for note in seen.dry_run.notes]
    text = texts.previewed(seen.request, at_once=seen.decision.at_once)
    asked = preview(seen.decision.stages)
    naming = await in_thread(lambda: in_private(counter.services, asked))
    order = [context(naming.sentence(one)) for one in asked]
    return Note(text=text, blocks=(section(text), *order, *papers, *notes))
