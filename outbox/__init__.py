"""What must still happen: entries, leases, retries, the sweeper; and the ways out."""
