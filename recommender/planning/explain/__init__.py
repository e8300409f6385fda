"""Why this, why not that, and the smallest change that would do: local problems solved again."""
