"""The Qt application: window, viewer, timeline, tools and panels."""
