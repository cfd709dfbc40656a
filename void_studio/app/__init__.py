"""The Qt application: window, viewer, timeline, tools and panels."""

from void_studio.app.singletons import keep_singletons

keep_singletons()
