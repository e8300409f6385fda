"""What people hand in - catalogue, policy and tables - read safely and checked all at once."""

from recommender.inputs.workspace import (
    Inputs,
    Source,
    check_workspace,
    read_workspace,
    workspace_from,
)

__all__ = ["Inputs", "Source", "check_workspace", "read_workspace", "workspace_from"]
