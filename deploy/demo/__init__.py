"""The demonstration: the youth region Rijk van Nijmegen with fictional providers, its history and the loop live."""
