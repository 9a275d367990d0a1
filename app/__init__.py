"""The webhook app: everything that does I/O."""
