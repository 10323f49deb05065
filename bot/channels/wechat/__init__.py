"""WeChat Official Accounts as a channel: signed pushes come in, answers go back in the same request."""
