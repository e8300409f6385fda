"""What lies in a workspace beside what is read, and which tables were invented."""
