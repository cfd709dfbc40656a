"""Where the weights are while they are used, what that takes, and what is done about too little."""
