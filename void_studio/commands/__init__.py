"""What each command of ``void-studio`` does; ``void_studio.cli`` reads the command line.

A command is a function from the parsed options to an ``Outcome``. Its module is imported when the
command is called, so that none waits for what only another one needs.
"""
