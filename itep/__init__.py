"""What iTEP says, as code: words, payloads, dialect, client, and the sandbox that plays iTEP."""
