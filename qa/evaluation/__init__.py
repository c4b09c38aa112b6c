"""The evaluators' room: question sets, metrics, calibration. A client of `Assistant` like any other."""
