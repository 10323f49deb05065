"""What a sentence is about, where that is no thing of the directory."""

# It goes on about what was spoken of; it is about a place, or all that is there; it is about nothing here.
IT, PLACE, ELSE = "it", "place", "else"
