"""Places by words, for whoever types an address: asked of an endpoint that the operator runs."""
