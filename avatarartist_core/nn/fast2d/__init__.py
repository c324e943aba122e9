"""Picture convolutions for inference on a CPU: fewer products, one pass over memory, same sums."""
