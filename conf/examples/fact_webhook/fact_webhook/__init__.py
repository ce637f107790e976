"""Example of a plugin that consumes the community suite's public facts."""
