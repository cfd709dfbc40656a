"""The built-in remover: align the other frames, take what was never covered, invent the rest."""

from void_studio.remove.clean_plate.remover import CleanPlate
from void_studio.remove.clean_plate.settings import CleanPlateSettings

__all__ = ["CleanPlate", "CleanPlateSettings"]
