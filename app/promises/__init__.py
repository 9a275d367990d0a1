"""Ship dates that customers were told: kept, looked at again, and told once when the day becomes another."""
