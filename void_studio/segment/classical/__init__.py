"""The built-in segmenter: colours, dense flow and minimum cuts; no weights, no GPU."""
