"""Words that never change: titles, buttons, labels, hints."""

from daypass.model.grant import Delivery

PRODUCT = "Daypass"
CLOSE, LEAVE = "Close", "Cancel"
FORM_TITLE = "Request access"
FORM_SUBMIT = "Ask"
WHO_DECIDES = "Who would decide?"
FORM_INTRO = "Access to AWS that ends by itself. A colleague decides; you hear from me in a direct message."
SHOW_REQUEST = "Decide …"
OPEN_FORM = "Open the form"
REQUEST_BUTTON = "Request access"
GRANT_BUTTON, GLASS_BUTTON = "Ask for somebody else", "Break glass"
URGENT_TITLE, URGENT_SUBMIT = "Break glass", "Break glass"
URGENT_INTRO = (
    "*Emergency.* You get this at once and nobody is asked; your colleagues are told loudly, and somebody else reviews "
    "what you did. Only for what a rule names for it."
)
WHOM_LABEL, WHOM_HINT = "For whom", "They will have the access. Neither of you decides on it."
AGAIN_LABEL, AGAIN_YES = "Asked a moment ago", "File another one"
EVERY_LABEL = "Again and again"
EVERY_HINT = "Such as “weekdays 09:00-10:00”. “For how long” then says for how long that goes on, such as 2w."
APPROVE, DENY, CANCEL = "Approve", "Deny", "Cancel the request"
DONE, EXTEND, NO_MORE = "I'm done", "Extend", "Stop the schedule"
CONSOLE, MAKE_LINK, OPEN_CONSOLE = "AWS console", "Make a link", "Sign in to AWS"
CONFIRM_LOGIN = "Yes, that is me"
ONE_MOMENT = "One moment …"
STUCK = "AWS has not let me finish this yet. I keep trying, and whoever runs Daypass has been told."
STILL_WORKING = "This takes longer than usual. You can close this; I will tell you in a direct message what came of it."
SETTLED = "Done. You can close this."
NOT_OPENED = "Slack opened nothing, or too late. Please do it once more."
CLICK_AGAIN = "The link could not be shown in time. Please press the button again."
REJECT_LOGIN = "No, that was not me"
LOGIN_REJECTED = (
    "That login has ended and got no access. If somebody sent you the code, tell your security team: they tried to log "
    "in as you."
)
LOGIN_DONE = "Confirmed. The command line is logged in as you; `daypass logout` there ends it."
LOGIN_WARNING = "Confirm only if you have just run `daypass login` yourself and your own screen shows this code."
SHOW_ALL, NEXT, PREVIOUS = "Show all", "Next", "Previous"
REVOKE = "End it"
AHEAD = "Approved in advance"
REVOKE_LABEL = "Why? The person reads it."
HOME_HELP = "How it works"
HOME_EXPLAINED = (
    'Ask with `/daypass request s3 read acme-reports/2026/ --for 2h --reason "INC-42"`, or with the button above. '
    "A colleague sets how long and approves. AWS itself ends the access at the promised second.\n"
    "`/daypass help` lists the other commands."
)

DELIVERIES = {
    Delivery.SESSION: ("AWS session", "For the command line and the console"),
    Delivery.POLICY: ("Your own AWS identity", "Your own keys may do it for that time"),
    Delivery.LINK: ("Links", "For a browser, no AWS account needed"),
}
THEIRS = DELIVERIES | {Delivery.POLICY: ("Their own AWS identity", "Their own keys may do it for that time")}
"""The same to somebody who asks for another, or writes a rule."""
LEVEL_LABEL, WHERE_LABEL, LENGTH_LABEL = "Level of access", "Where", "For how long"
REASON_LABEL, DELIVERY_LABEL, START_LABEL, WHAT_LABEL = "Why", "How it reaches you", "Not before", "What"
EXTRAS_LABEL = "Besides"
EXTRAS = {"versions": "Old versions of the objects", "tags": "The objects' tags"}
WHAT = {"s3": "Amazon S3"}
"""What kinds are called that have a name besides what they are."""
WHERE_HINT = "A bucket, a prefix that ends in /, or one object. Type to search what you may ask for."
WHERE_PLACEHOLDER = "acme-reports/2026/"
AS_TYPED = "As you typed it: "
TOO_LONG_TO_CHOOSE = "Too long for this list. Type /daypass request s3 read WHERE instead."
LENGTH_HINT = "Such as 90m, 2h, 1d, or until 18:00. Left empty: what the rule gives."
START_HINT = "Such as tomorrow 09:00. Left empty: as soon as it is approved."
REASON_HINT = "Your approvers read it."
NOTE_LABEL, NOTE_HINT = "Note to the approvers", "What is no reason: a link, whom to call. No rule reads it."
DENY_LABEL = "Why not? The requestor reads it."
CUSTOM_LABEL = "For how long"
CUSTOM_OPTION = "Another length …"
EXTEND_INTRO = "This files a new request, whose time counts from its approval. What you have stays as it is meanwhile."
EXTEND_HINT = "Such as 90m, 2h, 1d, or until 18:00. Left empty: as long as what you have was given for."
CUSTOM_HINT = "Such as 30m or 2h; not more than the rule allows."
KEY_LABEL = "Which object"
KEY_HINT = "Its whole key. Whoever has the link can open the object while your access lives."
PANIC = "End everything"
FREEZE = "Freeze"
