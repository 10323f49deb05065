"""Storms of turns in processes that are killed: what was answered must be there afterwards."""
