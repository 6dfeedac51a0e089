"""The rule book on arrays: what happens to a message, as pure functions that both engines call."""
