"""Channel's official extensions beside `command` and `hook`: thin faces over the five commands (CHANNEL.md §9–15)."""
