"""Pages of giving tests."""
