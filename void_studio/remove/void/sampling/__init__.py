"""From noise to latents: the schedule, the loop, its windows, and what a draft leaves out."""
