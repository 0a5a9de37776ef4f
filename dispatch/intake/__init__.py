"""Files to domain objects and notices: nothing is dropped in silence, everything wrong is said at once."""
