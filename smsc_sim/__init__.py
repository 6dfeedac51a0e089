"""Event-driven simulator and capacity-planning tool for short message networks."""

__version__ = "0.1.0.dev0"
