"""One file for each thing that readers come for."""
