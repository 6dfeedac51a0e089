"""Closed forms with their sources: what a simulated network must agree with."""
