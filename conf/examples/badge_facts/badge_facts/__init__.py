"""Example of a bridge between the community suite's facts and credentials' badges."""
