"""What `bench/reconcile.py` measures against each other."""
