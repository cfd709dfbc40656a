"""The noise of Pass 2, which moves with the picture."""
