"""Every command there is: one line each."""

from commands import order_list
from commands.kernel.spec import CommandSpec

COMMANDS: tuple[CommandSpec, ...] = (order_list.SPEC,)
