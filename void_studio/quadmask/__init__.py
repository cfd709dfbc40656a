"""The mask as data: bits, levels, the VOID grid, painting, history, tracks and mask videos."""
