"""What the CreateModel API promises: shapes, rules and their sources. No I/O but pinned data."""
