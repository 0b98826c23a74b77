"""Mails to candidates as texts: shipped, or an administrator's own, with a fixed set of placeholders and no logic."""
