"""What `make check` runs: each check is small, tells in one line what it holds, and can be run alone."""
