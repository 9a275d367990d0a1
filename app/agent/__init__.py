"""MCP: an AI agent calls the same commands for a customer who has proven who they are, and confirms nothing alone."""
