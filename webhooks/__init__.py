"""The inbox: what iTEP posts is kept first, then judged."""
