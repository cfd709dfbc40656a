"""The document of an artist's work: plate, objects, masks, takes and their undo, in one folder."""
