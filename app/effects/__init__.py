"""Plans that customers confirm, carried out once: keeper (the commands' port), carrying and telling (jobs)."""
