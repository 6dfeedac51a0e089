"""Interpreters of the rule book: they own the clock and the queues, never a rule."""
