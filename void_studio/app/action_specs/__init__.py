"""What every menu holds, a module for each."""
