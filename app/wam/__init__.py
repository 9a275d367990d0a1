"""The screens inside Channel Talk: renders any `Screen`; knows no command."""
