"""The model files that removers need: what they are, where they are, and whether they are whole.

Nothing in here loads a model library: the window and the command line ask it.
"""
