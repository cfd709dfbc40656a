"""Holds this program against recorded results of the released VOID code.

``python -m void_studio.remove.void.golden DIR`` runs every case of a folder of such records and
compares every array of it. Lengths, sizes, seeds, steps and tolerances are the folder's: nothing
here knows a number of its own, so that a folder made with others is judged just as well.

A family of cases has a module: ``cases_preprocess``, ``cases_noise``, ``cases_model`` and
``cases_pipeline``; ``registry`` finds the one for a case, ``runner`` runs them.
"""
