"""The plan as tables with its proof."""
