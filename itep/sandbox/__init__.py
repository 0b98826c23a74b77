"""A pretend iTEP: a program of its own, for practice and for tests. It knows nothing of the portal but the dialect."""
