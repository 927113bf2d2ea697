"""Many machines: deliveries in a queue on PostgreSQL, workers that assess them, and a store where the reports lie until they are
signed, by a process that is no worker.
"""
