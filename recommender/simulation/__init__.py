"""An invented region with known truth: pupils in families, history, notes, staff, running help."""

from recommender.simulation.files import write_simulation
from recommender.simulation.region import Simulation, simulate, simulate_regions

__all__ = ["Simulation", "simulate", "simulate_regions", "write_simulation"]
