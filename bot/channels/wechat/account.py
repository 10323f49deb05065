"""The Official Account as the settings describe it."""

from starlette.routing import BaseRoute

from bot.channels.wechat.gate import Gate
from bot.channels.wechat.route import WeChatRoute
from bot.channels.wechat.seal import Seal, is_aes_key
from bot.linli import Linli
from bot.settings import Settings, SettingsError


def gate_of(settings: Settings) -> Gate | None:
    """None where no account is set. Raises SettingsError naming what is missing for the mode."""
    if settings.wechat_token is None:
        return None
    if settings.wechat_mode == "plain":
        return Gate(settings.wechat_token.get_secret_value(), "plain", None)
    aes_key = settings.wechat_aes_key.get_secret_value() if settings.wechat_aes_key else ""
    if not is_aes_key(aes_key) or settings.wechat_appid is None:
        raise SettingsError(
            "LINLI_WECHAT_MODE: with compat and safe, LINLI_WECHAT_AES_KEY (43 letters and digits) and "
            "LINLI_WECHAT_APPID are needed"
        )
    seal = Seal(aes_key, settings.wechat_appid)
    return Gate(settings.wechat_token.get_secret_value(), settings.wechat_mode, seal)


def wechat_routes(linli: Linli) -> list[BaseRoute]:
    """The address that WeChat pushes to; none where no account is set."""
    gate = gate_of(linli.settings)
    return [*WeChatRoute(linli, gate).routes()] if gate else []
