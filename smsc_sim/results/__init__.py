"""Results of runs: measures, intervals, verdicts on targets, and the files that hold them."""
