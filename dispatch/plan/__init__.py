"""From what the solver found to named people and seats, the bundle on disk, its audit and its history."""
