"""Trust and dialogue: the data contract, privacy, the audit log, documents and what people said."""
