"""Telegram as a channel: all that knows python-telegram-bot, which carries and decides nothing."""
