"""Documents about a plan and its models, and the facts they rest on."""
