"""What do boards ask? One question each: a sheet of figures, with its definition."""
