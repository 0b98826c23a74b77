"""Who may do what: users, roles, payers, API clients, audit trail, problem details, idempotency."""
