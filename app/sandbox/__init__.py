"""The outside systems, simulated on loopback, so that the whole product runs with no account."""
