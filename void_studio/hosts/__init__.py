"""Where a worker runs: this machine; and the doctor that says what it lacks."""
