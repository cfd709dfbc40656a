"""VOID, the model of Netflix: what is made ready for it."""
