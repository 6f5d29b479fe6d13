"""Where the values of each type come from, and who judges them."""
