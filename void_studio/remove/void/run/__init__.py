"""One removal from request to patches, stage by stage, resumable at every moment."""
