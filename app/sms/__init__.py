"""Text messages: one adapter a provider, and the choice between them."""
