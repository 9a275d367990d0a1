"""What the shop promises: the commands, with no web and no database."""
