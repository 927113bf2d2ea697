"""Secrets in text: detect-secrets' detectors under settings of ours, and what a find is worth. It runs beside hostile input."""
