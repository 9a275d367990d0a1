"""Channel Talk, simulated from the contract: an AppStore that the app calls, and that calls the app."""
