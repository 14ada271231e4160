"""What people have learnt: their marks, and the completions that follow from them."""
