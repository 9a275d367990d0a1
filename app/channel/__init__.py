"""Channel Talk: signed Functions in, native calls out (CHANNEL.md)."""
