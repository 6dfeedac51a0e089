"""What a scenario asks of its elements by theory, how large they must be, and when they run out."""
