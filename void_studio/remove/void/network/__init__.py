"""VOID's networks, the transformer, the video autoencoder and the text encoder, and their calls."""
