"""Warehouses (WMS): one port for commands, one adapter a provider. The facts: contracts of Sellmate and Fassto FMS."""
