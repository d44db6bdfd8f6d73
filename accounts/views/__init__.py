"""Pages of accounts: signing in, one's own affairs, the administrators' pages."""
