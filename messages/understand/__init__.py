"""From a sentence to what was meant."""
