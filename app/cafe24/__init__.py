"""Cafe24: reading orders, connecting malls, and what the mall tells us. Facts: contracts/cafe24."""
