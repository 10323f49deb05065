"""The menu below the chat. WeChat switches the console's own off as soon as it pushes to us."""

from typing import Any

from messages.words import words


def menu() -> dict[str, Any]:
    """The body of `menu/create`, in Chinese: each button's key is what it says to Linli."""
    return {
        "button": [
            {"name": top["name"], "sub_button": [_button(each) for each in top["buttons"]]}
            for top in words("zh", "wechat")["menu"]
        ]
    }


def _button(said: dict[str, str]) -> dict[str, str]:
    return {"type": "click", "name": said["name"], "key": said["say"]}
