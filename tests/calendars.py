"""Calendars that tests judge days by: the years whose notices are known, with the sample's school terms."""

from handlers.calendar_import import TERMS_FILE, read_calendar_file, seed_days
from messages.calendar import Calendar

YEARS, SPECIAL = seed_days()
TERMS = read_calendar_file(TERMS_FILE).terms
OFFICIAL = Calendar(SPECIAL, YEARS, TERMS)
