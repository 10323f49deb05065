"""The chat page and the health endpoints."""
