"""A Cafe24 mall, simulated: `state` is the mall's truth, `resources` the wire, `errors` the envelopes."""
