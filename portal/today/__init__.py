"""Today: what can be given now, what is under way, what needs a person. Each part in a module of its own."""
