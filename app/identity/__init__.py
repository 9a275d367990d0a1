"""Who is asking: phone codes, phone sessions and the accounts behind a number (DESIGN §4)."""
