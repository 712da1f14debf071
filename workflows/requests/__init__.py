"""The promise to decide on a request that is decided on as a whole (317; 315 without a product)."""
