"""The only door: channels, web server, clock, timetable, settings and wiring."""
