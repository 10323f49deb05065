"""The only memory: SQL on two engines behind small typed functions."""
