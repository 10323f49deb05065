"""The pages of the desk: server-rendered, for staff who are signed in."""
