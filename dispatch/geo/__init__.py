"""Places: an offline gazetteer, map datums, road times."""
