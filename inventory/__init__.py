"""Products, the mirror of iTEP's test IDs, claims, uploads and reconciliation, stock."""
