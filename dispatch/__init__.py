"""Plan point-to-point transport of migrant workers from the home door to the factory door."""

__version__ = "0.1.0"
