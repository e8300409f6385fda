"""Where names and rules become numbers, and numbers become a plan."""
