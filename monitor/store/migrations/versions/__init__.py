"""The steps, in order. Never edited once released."""
