"""What each way of talking to Linli needs: payload to message, reply to payload."""
