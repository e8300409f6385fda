"""Risk models: features, fitting, cross-fitting, calibration and their spread."""
