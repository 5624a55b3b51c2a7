"""What the rules find again of what was planted: generated data, and tables of what came out."""
