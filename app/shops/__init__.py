"""A merchant's shop as we know it: its connection, its settings, and what the doctor says of them."""
