"""Which customers has the demo firm? ``firm.customers`` makes them; all names and numbers are invented."""
