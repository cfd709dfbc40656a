"""The process that does the work: jobs as directories, a service, and the lanes it runs them in."""
