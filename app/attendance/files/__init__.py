"""What registers give to other programs, and take from them."""
