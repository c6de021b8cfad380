"""One rule of a text, changed by a form, with everything else left as it is."""
