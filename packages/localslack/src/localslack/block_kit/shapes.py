"""
Block Kit, written down as data: every block, element and composition object with its limits.

Sources: https://docs.slack.dev/reference/block-kit/blocks, .../block-elements and
.../composition-objects. What is missing here is refused as an unsupported type.
"""

from collections.abc import Mapping

from localslack.block_kit.specs import (
    EITHER,
    AnyBlock,
    Anything,
    Bool,
    Int,
    ListOf,
    Obj,
    OneOf,
    Shape,
    Spec,
    Str,
    Text,
    Typed,
)

_ACTION_ID = Str(255, least=1)
_URL = Str(3000, least=1, like=r"https?://\S+", called="url")
_LINK = Str(3000, least=1, like=r"[a-z][a-z0-9+.-]*:\S+", called="url")
_DATE = Str(10, like=r"\d{4}-\d{2}-\d{2}", called="date")
_TIME = Str(5, like=r"([01]\d|2[0-3]):[0-5]\d", called="time")
_NUMBER = Str(64, like=r"-?\d+(\.\d+)?", called="number")
_CONFIRM = Obj("confirm")
_OPTION, _MARKED_OPTION = Obj("option"), Obj("mrkdwn_option")
_DISPATCH = Obj("dispatch_action_config")
_PEOPLE = ListOf(Str(20), most=100)

_ACTION: Mapping[str, Spec] = {"action_id": _ACTION_ID, "confirm": _CONFIRM}
_PICK: Mapping[str, Spec] = {**_ACTION, "placeholder": Text(150), "focus_on_load": Bool()}
_MANY: Mapping[str, Spec] = {**_PICK, "max_selected_items": Int(least=1)}
_TYPED: Mapping[str, Spec] = {
    "action_id": _ACTION_ID,
    "placeholder": Text(150),
    "focus_on_load": Bool(),
    "dispatch_action_config": _DISPATCH,
}
_CHOICES: Mapping[str, Spec] = {
    "options": ListOf(_OPTION, most=100),
    "option_groups": ListOf(Obj("option_group"), most=100),
}
_FILTER: Mapping[str, Spec] = {
    "default_to_current_conversation": Bool(),
    "filter": Anything(),
    "response_url_enabled": Bool(),
}

_SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
)
_MULTI_SELECTS = tuple(f"multi_{name}" for name in _SELECTS)
_PICKERS = ("datepicker", "timepicker", "datetimepicker")
_CHECKS = ("checkboxes", "radio_buttons")
_INPUTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input")

ELEMENTS: Mapping[str, Shape] = {
    "button": Shape(
        required=("text",),
        fields={
            **_ACTION,
            "text": Text(75),
            "url": _LINK,
            "value": Str(2000),
            "style": OneOf(("primary", "danger")),
            "accessibility_label": Str(75),
        },
    ),
    "static_select": Shape(
        fields={**_PICK, **_CHOICES, "initial_option": _OPTION}, one_of=(("options", "option_groups"),)
    ),
    "external_select": Shape(fields={**_PICK, "initial_option": _OPTION, "min_query_length": Int()}),
    "users_select": Shape(fields={**_PICK, "initial_user": Str(20)}),
    "conversations_select": Shape(fields={**_PICK, **_FILTER, "initial_conversation": Str(20)}),
    "channels_select": Shape(fields={**_PICK, "initial_channel": Str(20), "response_url_enabled": Bool()}),
    "multi_static_select": Shape(
        fields={**_MANY, **_CHOICES, "initial_options": ListOf(_OPTION, most=100)},
        one_of=(("options", "option_groups"),),
    ),
    "multi_external_select": Shape(
        fields={**_MANY, "initial_options": ListOf(_OPTION, most=100), "min_query_length": Int()}
    ),
    "multi_users_select": Shape(fields={**_MANY, "initial_users": _PEOPLE}),
    "multi_conversations_select": Shape(fields={**_MANY, **_FILTER, "initial_conversations": _PEOPLE}),
    "multi_channels_select": Shape(fields={**_MANY, "initial_channels": _PEOPLE}),
    "overflow": Shape(required=("options",), fields={**_ACTION, "options": ListOf(Obj("overflow_option"), most=5)}),
    "datepicker": Shape(fields={**_PICK, "initial_date": _DATE}),
    "timepicker": Shape(fields={**_PICK, "initial_time": _TIME, "timezone": Str(64)}),
    "datetimepicker": Shape(fields={**_ACTION, "initial_date_time": Int(10**9, 10**10 - 1), "focus_on_load": Bool()}),
    "checkboxes": Shape(
        required=("options",),
        fields={
            **_ACTION,
            "focus_on_load": Bool(),
            "options": ListOf(_MARKED_OPTION, most=10),
            "initial_options": ListOf(_MARKED_OPTION, most=10),
        },
    ),
    "radio_buttons": Shape(
        required=("options",),
        fields={
            **_ACTION,
            "focus_on_load": Bool(),
            "options": ListOf(_MARKED_OPTION, most=10),
            "initial_option": _MARKED_OPTION,
        },
    ),
    "plain_text_input": Shape(
        fields={
            **_TYPED,
            "initial_value": Str(3000),
            "multiline": Bool(),
            "min_length": Int(0, 3000),
            "max_length": Int(1, 3000),
        }
    ),
    "email_text_input": Shape(fields={**_TYPED, "initial_value": Str(3000)}),
    "url_text_input": Shape(fields={**_TYPED, "initial_value": Str(3000)}),
    "number_input": Shape(
        required=("is_decimal_allowed",),
        fields={
            **_TYPED,
            "is_decimal_allowed": Bool(),
            "initial_value": _NUMBER,
            "min_value": _NUMBER,
            "max_value": _NUMBER,
        },
    ),
    "rich_text_input": Shape(fields={**_TYPED, "initial_value": Typed(("rich_text",))}),
    "file_input": Shape(
        fields={"action_id": _ACTION_ID, "filetypes": ListOf(Str(20), most=20), "max_files": Int(1, 10)}
    ),
}

_IMAGE: Mapping[str, Spec] = {"image_url": _URL, "alt_text": Str(2000, least=1), "slack_file": Anything()}
_RICH = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")

BLOCKS: Mapping[str, Shape] = {
    "section": Shape(
        one_of=(("text", "fields"),),
        fields={
            "text": Text(3000, EITHER),
            "fields": ListOf(Text(2000, EITHER), most=10),
            "accessory": Typed((*(name for name in ELEMENTS if name not in _INPUTS), "image")),
            "expand": Bool(),
        },
    ),
    "header": Shape(required=("text",), fields={"text": Text(150)}),
    "divider": Shape(fields={}),
    "image": Shape(
        required=("alt_text",), fields={**_IMAGE, "title": Text(2000)}, one_of=(("image_url", "slack_file"),)
    ),
    "context": Shape(required=("elements",), fields={"elements": ListOf(Typed((*EITHER, "image")), most=10)}),
    "actions": Shape(
        required=("elements",),
        fields={
            "elements": ListOf(Typed(("button", "overflow", *_SELECTS, *_MULTI_SELECTS, *_PICKERS, *_CHECKS)), most=25)
        },
    ),
    "input": Shape(
        required=("label", "element"),
        fields={
            "label": Text(2000),
            "hint": Text(2000),
            "optional": Bool(),
            "dispatch_action": Bool(),
            "element": Typed((*_INPUTS, *_SELECTS, *_MULTI_SELECTS, *_PICKERS, *_CHECKS)),
        },
    ),
    "rich_text": Shape(required=("elements",), fields={"elements": ListOf(Typed(_RICH), most=100, least=0)}),
    "markdown": Shape(required=("text",), fields={"text": Str(12000, least=1)}),
}

_RICH_PARTS = ListOf(Anything(), most=1000, least=0)

PARTS: Mapping[str, Shape] = {
    "image": Shape(required=("alt_text",), fields=_IMAGE, one_of=(("image_url", "slack_file"),)),
    "plain_text": Shape(required=("text",), fields={"text": Str(3000, least=1), "emoji": Bool()}),
    "mrkdwn": Shape(required=("text",), fields={"text": Str(3000, least=1), "verbatim": Bool()}),
    "confirm": Shape(
        required=("title", "text", "confirm", "deny"),
        fields={
            "title": Text(100),
            "text": Text(300, EITHER),
            "confirm": Text(30),
            "deny": Text(30),
            "style": OneOf(("primary", "danger")),
        },
    ),
    "option": Shape(
        required=("text", "value"),
        fields={"text": Text(75), "value": Str(150, least=1), "description": Text(75)},
    ),
    "overflow_option": Shape(
        required=("text", "value"),
        fields={"text": Text(75), "value": Str(150, least=1), "description": Text(75), "url": _URL},
    ),
    "mrkdwn_option": Shape(
        required=("text", "value"),
        fields={"text": Text(75, EITHER), "value": Str(150, least=1), "description": Text(75, EITHER)},
    ),
    "option_group": Shape(
        required=("label", "options"), fields={"label": Text(75), "options": ListOf(_OPTION, most=100)}
    ),
    "dispatch_action_config": Shape(
        fields={"trigger_actions_on": ListOf(OneOf(("on_enter_pressed", "on_character_entered")), most=2)}
    ),
    "rich_text_section": Shape(required=("elements",), fields={"elements": _RICH_PARTS}),
    "rich_text_preformatted": Shape(
        required=("elements",), fields={"elements": _RICH_PARTS, "border": Int(0, 1), "language": Str(50)}
    ),
    "rich_text_quote": Shape(required=("elements",), fields={"elements": _RICH_PARTS, "border": Int(0, 1)}),
    "rich_text_list": Shape(
        required=("elements", "style"),
        fields={
            "elements": ListOf(Typed(("rich_text_section",)), most=1000, least=0),
            "style": OneOf(("bullet", "ordered")),
            "indent": Int(0, 8),
            "offset": Int(),
            "border": Int(0, 1),
        },
    ),
}

_VIEW: Mapping[str, Spec] = {
    "type": OneOf(("modal", "home")),
    "blocks": ListOf(AnyBlock(), most=100, least=0),
    "private_metadata": Str(3000),
    "callback_id": Str(255),
    "external_id": Str(255),
}

SURFACES: Mapping[str, Shape] = {
    "message": Shape(fields={"blocks": ListOf(AnyBlock(), most=50, least=0)}),
    "home": Shape(required=("type", "blocks"), fields=_VIEW),
    "modal": Shape(
        required=("type", "title", "blocks"),
        fields={
            **_VIEW,
            "title": Text(24),
            "submit": Text(24),
            "close": Text(24),
            "clear_on_close": Bool(),
            "notify_on_close": Bool(),
        },
    ),
    "suggestions": Shape(
        fields={
            "options": ListOf(_OPTION, most=100, least=0),
            "option_groups": ListOf(Obj("option_group"), most=100, least=0),
        }
    ),
}
