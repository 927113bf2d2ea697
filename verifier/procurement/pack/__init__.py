"""The audit pack: all that is known of one contract in one zip, which is verified years later with nothing else."""
