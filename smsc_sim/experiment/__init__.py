"""Experiments: many independent replications of one scenario, side by side, resumable."""
