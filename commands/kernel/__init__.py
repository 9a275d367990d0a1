"""Values and ports that commands share. Standard library only."""
