"""From the model's picture back to the plate: size, colour, grain and edge."""
