"""The only language, both ways: what residents and offices write, and what we say back."""
