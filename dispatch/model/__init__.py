"""The nouns of the domain: standard library only, frozen, no input or output."""
