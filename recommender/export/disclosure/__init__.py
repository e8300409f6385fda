"""What anyone may read: small counts hidden, numbers rounded."""
